// Where a report goes: standard output, or a file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/analyze.hpp"
#include "rdptriage/function_ref.hpp"

namespace rdptriage::cli {

struct Output {
  std::string format;
  std::filesystem::path file;  // empty: standard output
};

enum class Existing : unsigned char { keep, replace };

// From `--format NAME[=FILE]` (repeatable) and `-o FILE|FOLDER|-`. Fails on an unknown format, on
// two formats for one place, and on a place that cannot be meant.
// `known` are the formats there are, `stem` the name of the files in a folder.
Result<std::vector<Output>> plan_outputs(const std::vector<std::string>& formats,
                                         const std::string& target,
                                         const std::vector<FormatInfo>& known = report_formats(),
                                         std::string_view stem = "report");

// The format of this name, or an error that knows what was meant.
Result<FormatInfo> find_format(const std::string& name,
                               const std::vector<FormatInfo>& known = report_formats());

// Where something that is no report goes: `target` is a file, or "" and "-" for standard output.
// The file appears whole or not at all; `write` fills it.
Result<void> write_whole(const std::filesystem::path& target, Existing existing,
                         FunctionRef<Result<void>(std::ostream&)> write);

// A report back from a file that --format json wrote, "-" for standard input.
Result<Report> read_report(const std::string& file);

// Writes one output. An existing file is replaced only when told so. A closed pipe is no failure.
Result<void> write_output(const Report& report, const Output& output, Existing existing,
                          const WriteOptions& options);

}  // namespace rdptriage::cli
