// Where a report goes: standard output, or a file that appears whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/analyze.hpp"
#include "rdptriage/function_ref.hpp"

namespace rdptriage::cli {

// A report of a large case has some megabytes; a stream without an end has no report.
inline constexpr std::size_t kMostReportBytes = std::size_t{256} << 20;

struct Output {
  std::string format;
  std::filesystem::path file;  // empty: standard output
};

// What happens to a file that is there already. `take_over` is `replace` where nobody else writes
// this file: the draft that a killed run left of it is used again.
enum class Existing : unsigned char { keep, replace, take_over };

// From `--format NAME[=FILE]` (repeatable) and `-o FILE|FOLDER|-`; several formats without a file
// of their own make the target a folder. Fails on an unknown format and on two formats for one
// place. `known` are the formats there are, `stem` the name of the files in a folder.
Result<std::vector<Output>> plan_outputs(const std::vector<std::string>& formats,
                                         const std::string& target,
                                         const std::vector<FormatInfo>& known = report_formats(),
                                         std::string_view stem = "report");

// Fails when an output is there already and must be kept: known before the work, not after it.
Result<void> check_outputs(const std::vector<Output>& outputs, Existing existing);

// The format of this name, or an error that knows what was meant.
Result<FormatInfo> find_format(const std::string& name,
                               const std::vector<FormatInfo>& known = report_formats());

// Where something that is no report goes: `named` is a file, or "" and "-" for standard output.
// The file appears whole or not at all, a link stays one; a device or a pipe is written into.
// `write` fills it.
Result<void> write_whole(const std::filesystem::path& named, Existing existing,
                         FunctionRef<Result<void>(std::ostream&)> write);

// Whether all that was written to standard output has arrived; asked once, at the end. A reader of
// a pipe that has seen enough is no failure.
Result<void> finish_standard_output();

// A report back from a file that --format json wrote, "-" for standard input.
Result<Report> read_report(const std::string& file);

// Whether the file begins as a JSON report does, whatever its name. What can be read only once,
// such as a pipe, is not looked at.
bool looks_like_report(const std::string& file);

// Writes one output. An existing file is replaced only when told so. A closed pipe is no failure.
Result<void> write_output(const Report& report, const Output& output, Existing existing,
                          const WriteOptions& options);

}  // namespace rdptriage::cli
