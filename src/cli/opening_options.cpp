#include "cli/opening_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <utility>

#include "cli/confine.hpp"

namespace rdptriage::cli {

namespace {

void add_password_option(CLI::App& command, std::string& file) {
  command
      .add_option("--password-file", file,
                  "file with the passwords of encrypted zip files, one a line")
      ->type_name("FILE")
      ->group("Case");
}

// CLI11 takes "-1" for the largest number that there is, and a larger one than that as well.
std::string why_no_size(const std::string& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, bytes);
  if (digits != 0 && error == std::errc()) return {};
  return fmt::format("takes a number of bytes below 2^64 or one like 16GiB, not '{}'", text);
}

void add_limit_options(CLI::App& command, Limits& limits) {
  const CLI::Validator size([](std::string& text) { return why_no_size(text); }, "");

  command.add_option("--max-depth", limits.max_depth, "bundles inside bundles")
      ->capture_default_str()
      ->group("Limits");
  command.add_option("--max-entries", limits.max_entries, "files in a case")
      ->capture_default_str()
      ->group("Limits");
  command
      .add_option("--max-expanded", limits.max_expanded_bytes,
                  "bytes read out of bundles, e.g. 16GiB")
      ->transform(CLI::AsSizeValue(false))
      ->transform(size)  // runs before the one above
      ->capture_default_str()
      ->group("Limits");
  command.add_option("--max-ratio", limits.max_ratio, "expanded : packed, above 64 MiB")
      ->capture_default_str()
      ->group("Limits");
  command.add_option("--max-line", limits.max_line_bytes, "bytes in one line of text")
      ->transform(CLI::AsSizeValue(false))
      ->transform(size)  // runs before the one above
      ->capture_default_str()
      ->group("Limits");
}

}  // namespace

void add_opening_options(CLI::App& command, OpeningOptions& options, Limits& limits) {
  add_sandbox_option(command, options.sandbox);
  add_password_option(command, options.password_file);
  add_limit_options(command, limits);
}

Result<Case> open_case(const std::vector<std::string>& paths, CaseOptions input,
                       const OpeningOptions& options,
                       std::span<const std::filesystem::path> outputs) {
  RDPTRIAGE_CHECK(read_passwords(options.password_file, input.passwords));
  RDPTRIAGE_CHECK(confine(options.sandbox, outputs));
  Case opened(std::move(input));
  for (const std::string& path : paths) RDPTRIAGE_CHECK(opened.add_path(path));
  return opened;
}

Result<void> read_passwords(const std::string& file, std::vector<std::string>& out) {
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  const auto unreadable = [&file] {
    return fail("PASSWORD_FILE", "cannot be read", file, "give a file with one password a line");
  };
  if (!in) return unreadable();
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) out.push_back(line);
  }
  if (in.bad()) return unreadable();
  return {};
}

}  // namespace rdptriage::cli
