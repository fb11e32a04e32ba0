#include "cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>

#include "rdptriage/suggest.hpp"

namespace rdptriage::cli {

namespace {

Result<FormatInfo> find_format(const std::string& name) {
  std::vector<std::string> known;
  for (const FormatInfo& format : report_formats()) {
    if (format.name == name) return format;
    known.emplace_back(format.name);
  }
  const std::string near = suggest(name, known);
  return fail("FORMAT_UNKNOWN", fmt::format("there is no output format '{}'", name), {},
              near.empty() ? fmt::format("use one of: {}", fmt::join(known, ", "))
                           : fmt::format("did you mean '{}'?", near));
}

bool is_folder(const std::string& target) {
  std::error_code error;
  return target.back() == '/' || std::filesystem::is_directory(target, error);
}

// The file is made beside its final name and renamed, so nobody ever sees half a report.
Result<void> write_file(const Report& report, const Output& output, Existing existing,
                        WriteOptions options) {
  options.color = false;
  std::error_code error;
  if (existing == Existing::keep && std::filesystem::exists(output.file, error)) {
    return fail("OUTPUT_EXISTS", "the output file is there already", output.file.string(),
                "use --force to replace it");
  }
  if (output.file.has_parent_path())
    std::filesystem::create_directories(output.file.parent_path(), error);
  std::filesystem::path draft = output.file;
  draft += fmt::format(".{}.tmp", getpid());
  std::ofstream file(draft, std::ios::binary);
  if (!file) {
    return fail("OUTPUT_NOT_WRITTEN",
                fmt::format("the output file cannot be made: {}", std::strerror(errno)),
                output.file.string());
  }
  RDPTRIAGE_CHECK(write_report(report, output.format, file, options));
  file.close();
  if (file) std::filesystem::rename(draft, output.file, error);
  if (!file || error) {
    std::filesystem::remove(draft, error);
    return fail("OUTPUT_NOT_WRITTEN", "the output file could not be written whole",
                output.file.string(), "is the disk full?");
  }
  return {};
}

}  // namespace

Result<std::vector<Output>> plan_outputs(const std::vector<std::string>& formats,
                                         const std::string& target) {
  std::vector<Output> outputs;
  const bool folder = !target.empty() && target != "-" && is_folder(target);
  for (const std::string& text : formats) {
    const auto equals = text.find('=');
    RDPTRIAGE_TRY(const FormatInfo format, find_format(text.substr(0, equals)));
    Output output{std::string(format.name), {}};
    if (equals != std::string::npos) {
      output.file = text.substr(equals + 1);
    } else if (folder) {
      output.file = std::filesystem::path(target) / fmt::format("report.{}", format.extension);
    } else if (!target.empty() && target != "-") {
      output.file = target;
    }
    if (output.file == "-") output.file.clear();
    outputs.push_back(output);
  }
  std::set<std::filesystem::path> places;
  for (const Output& output : outputs) {
    if (!places.insert(output.file).second) {
      return fail("OUTPUT_TWICE",
                  fmt::format("two formats would go to {}",
                              output.file.empty() ? "standard output" : output.file.string()),
                  {}, "give each its file: --format json=report.json");
    }
  }
  return outputs;
}

Result<void> write_output(const Report& report, const Output& output, Existing existing,
                          const WriteOptions& options) {
  if (!output.file.empty()) return write_file(report, output, existing, options);
  return write_report(report, output.format, std::cout, options);
}

}  // namespace rdptriage::cli
