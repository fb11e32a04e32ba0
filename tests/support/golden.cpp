#include "support/golden.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace rdptriage::test {

namespace fs = std::filesystem;

namespace {
std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string first_difference(const std::string& wanted, std::string_view actual) {
  std::istringstream old_lines(wanted), new_lines{std::string(actual)};
  std::string old_line, new_line;
  for (unsigned line = 1;; ++line) {
    const bool more_old = static_cast<bool>(std::getline(old_lines, old_line));
    const bool more_new = static_cast<bool>(std::getline(new_lines, new_line));
    if (!more_old && !more_new) return "line ends differ";
    if (more_old && more_new && old_line == new_line) continue;
    return fmt::format("line {}\n  kept: {}\n  now:  {}", line, more_old ? old_line : "(end)",
                       more_new ? new_line : "(end)");
  }
}
}  // namespace

std::string compare_golden(const fs::path& file, std::string_view actual) {
  const char* update = std::getenv("RDPTRIAGE_UPDATE_GOLDENS");
  if (update != nullptr && std::string_view(update) == "1") {
    fs::create_directories(file.parent_path());
    if (read(file) == actual && fs::exists(file)) return {};
    std::ofstream out(file, std::ios::binary);
    out.write(actual.data(), static_cast<std::streamsize>(actual.size()));
    return out ? std::string() : fmt::format("{} cannot be written", file.string());
  }
  if (!fs::exists(file)) {
    return fmt::format("{} is not there; make it with RDPTRIAGE_UPDATE_GOLDENS=1 ctest -R golden",
                       file.string());
  }
  const std::string wanted = read(file);
  if (wanted == actual) return {};
  return fmt::format(
      "{} differs, {}\n  if the change is right: RDPTRIAGE_UPDATE_GOLDENS=1 ctest -R golden",
      file.string(), first_difference(wanted, actual));
}

}  // namespace rdptriage::test
