// The program from a case to a written report; what else it can do has headers of its own.
#pragma once

#include <iosfwd>
#include <string_view>
#include <vector>

#include "rdptriage/case.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/function_ref.hpp"
#include "rdptriage/report.hpp"
#include "rdptriage/rule_set.hpp"

namespace rdptriage {

// Reads the case, names the cause with its proof. Cannot fail: bad input has become notices, bad
// rules were refused by RuleSet::load. Pure: same input, same report, whatever the threads.
Report analyze(const Case& input, const RuleSet& rules = RuleSet::builtin());

// Whether the text is of the form of CaseOptions::code: "0x904/0x7", "0x904 0x7", "2308".
bool is_reported_code(std::string_view text);

enum class EventFlow { go_on, stop };
struct EventSource {      // the artifact an event came from; lives for the call
  std::string_view path;  // "case.zip/System.evtx"
  std::string_view format;
};
// Every event of the case in order of artifacts and records; views live for one call.
// Returns the notices and one row per artifact.
struct ReadSummary {
  std::vector<ArtifactReport> artifacts;
  std::vector<Notice> notices;
};
ReadSummary for_each_event(const Case& input,
                           FunctionRef<EventFlow(const EventSource&, const EventView&)> callback,
                           const RuleSet& rules = RuleSet::builtin());

// How a report is laid out; only formats for people look at it.
struct WriteOptions {
  unsigned columns = 80;  // width of the text card
  bool color = false;     // terminal colors in the text card
  bool why = false;       // append how each cause was weighed
};

// Writes the report in a registered format ("text", "json", …). Fails on an unknown format.
Result<void> write_report(const Report& report, std::string_view format, std::ostream& out,
                          const WriteOptions& options = {});

// Every output format, for --help and completions.
struct FormatInfo {
  std::string_view name, extension, description;
};
std::vector<FormatInfo> report_formats();

// A document of the format "json" (schema 1.x) back as a report, so that it can be written in
// another format without the logs. Fails with the path of the member that is not as the schema
// says.
Result<Report> parse_report(std::string_view json);

// The JSON Schema (draft-07) of the format "json".
std::string_view report_schema();

}  // namespace rdptriage
