#include "cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "rdptriage/suggest.hpp"

namespace rdptriage::cli {

namespace {

bool is_folder(const std::string& target) {
  std::error_code error;
  return target.back() == '/' || std::filesystem::is_directory(target, error);
}

}  // namespace

Result<FormatInfo> find_format(const std::string& name, const std::vector<FormatInfo>& known) {
  std::vector<std::string> names;
  for (const FormatInfo& format : known) {
    if (format.name == name) return format;
    names.emplace_back(format.name);
  }
  const std::string near = suggest(name, names);
  return fail("FORMAT_UNKNOWN", fmt::format("there is no output format '{}'", name), {},
              near.empty() ? fmt::format("use one of: {}", fmt::join(names, ", "))
                           : fmt::format("did you mean '{}'?", near));
}

Result<std::vector<Output>> plan_outputs(const std::vector<std::string>& formats,
                                         const std::string& target,
                                         const std::vector<FormatInfo>& known,
                                         std::string_view stem) {
  std::vector<Output> outputs;
  const bool folder = !target.empty() && target != "-" && is_folder(target);
  for (const std::string& text : formats) {
    const auto equals = text.find('=');
    RDPTRIAGE_TRY(const FormatInfo format, find_format(text.substr(0, equals), known));
    Output output{std::string(format.name), {}};
    if (equals != std::string::npos) {
      output.file = text.substr(equals + 1);
    } else if (folder) {
      output.file = std::filesystem::path(target) / fmt::format("{}.{}", stem, format.extension);
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

// The file is made beside its final name and renamed, so nobody ever sees half a report.
Result<void> write_whole(const std::filesystem::path& target, Existing existing,
                         FunctionRef<Result<void>(std::ostream&)> write) {
  if (target.empty() || target == "-") {
    RDPTRIAGE_CHECK(write(std::cout));
    std::cout.flush();
    return {};
  }
  std::error_code error;
  if (existing == Existing::keep && std::filesystem::exists(target, error)) {
    return fail("OUTPUT_EXISTS", "the output file is there already", target.string(),
                "use --force to replace it");
  }
  if (target.has_parent_path()) std::filesystem::create_directories(target.parent_path(), error);
  std::filesystem::path draft = target;
  draft += fmt::format(".{}.tmp", getpid());
  std::ofstream file(draft, std::ios::binary);
  if (!file) {
    return fail("OUTPUT_NOT_WRITTEN",
                fmt::format("the output file cannot be made: {}", std::strerror(errno)),
                target.string(), "check that the folder exists and may be written to");
  }
  if (auto written = write(file); !written) {
    std::filesystem::remove(draft, error);
    return written;
  }
  file.close();
  if (file) std::filesystem::rename(draft, target, error);
  if (!file || error) {
    std::filesystem::remove(draft, error);
    return fail("OUTPUT_NOT_WRITTEN", "the output file could not be written whole", target.string(),
                "is the disk full?");
  }
  return {};
}

Result<Report> read_report(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code ignored;
  if (file != "-" && (!in || std::filesystem::is_directory(file, ignored))) {
    return fail("INPUT_NOT_FOUND", "the report cannot be opened", file, "check the path");
  }
  std::istream& from = file == "-" ? std::cin : in;
  const std::string text{std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>()};
  auto report = parse_report(text);
  if (report) return report;
  Error error = std::move(report).error();
  error.where = file + error.where;
  return tl::make_unexpected(std::move(error));
}

Result<void> write_output(const Report& report, const Output& output, Existing existing,
                          const WriteOptions& options) {
  WriteOptions layout = options;
  if (!output.file.empty()) layout.color = false;
  return write_whole(output.file, existing, [&](std::ostream& out) {
    return write_report(report, output.format, out, layout);
  });
}

}  // namespace rdptriage::cli
