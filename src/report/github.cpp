// Workflow commands are lines that start with "::"; GitHub decodes %25, %0D and %0A in the message
// and also %3A and %2C in properties. Log text is escaped so that it can never start a command.
#include "report/github.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <map>

#include "rdptriage/names.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

// GitHub shows ten annotations of a level for a step and refuses messages over 64 KiB.
constexpr std::size_t kMostOfALevel = 10, kLongestMessage = 4000;

enum class Part : unsigned char { message, property };

std::string command_text(std::string_view raw, Part part) {
  std::string out;
  for (const char c : safe_text(raw, LineBreaks::keep)) {
    if (c == '%')
      out += "%25";
    else if (c == '\n')
      out += "%0A";
    else if (c == ':' && part == Part::property)
      out += "%3A";
    else if (c == ',' && part == Part::property)
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string_view annotation_level(const Report& report, const Diagnosis& diagnosis) {
  if (report.verdict == Verdict::diagnosed && diagnosis.rank == 1) return "error";
  return diagnosis.confidence.label == ConfidenceLabel::possible ? "notice" : "warning";
}

// "file=…,line=…," of the first evidence that stands in a file; GitHub shows the annotation there.
std::string place_properties(const Report& report, const Diagnosis& diagnosis) {
  for (const std::string& id : diagnosis.evidence) {
    const Evidence* evidence = find_evidence(report, id);
    const ArtifactReport* artifact = evidence ? find_artifact(report, evidence->artifact) : nullptr;
    if (!artifact) continue;
    std::string out = "file=" + command_text(artifact->path, Part::property) + ",";
    if (evidence->line) out += fmt::format("line={},", *evidence->line);
    return out;
  }
  return {};
}

}  // namespace

void write_github(const Report& report, const WriteOptions&, std::ostream& out) {
  std::map<std::string_view, std::size_t> written;
  for (const Diagnosis& diagnosis : report.diagnoses) {
    const std::string_view level = annotation_level(report, diagnosis);
    if (++written[level] > kMostOfALevel) continue;
    std::string message = diagnosis.explanation.empty() ? diagnosis.title : diagnosis.explanation;
    for (const RemediationStep& step : diagnosis.remediation) {
      message += fmt::format("\n{}. {}: {}", step.step, step.actor, step.text);
    }
    fmt::print(
        out, "::{} {}title={}::{}\n", level, place_properties(report, diagnosis),
        command_text(diagnosis.title + " (" + confidence_line(diagnosis) + ")", Part::property),
        command_text(cut_to(message, kLongestMessage), Part::message));
  }
  if (report.diagnoses.empty()) {
    const bool fine = report.verdict == Verdict::no_failure_found;
    std::string message = headline(report);
    for (const CollectNext& next : report.collect_next) message += "\nnext: " + next.command;
    fmt::print(out, "::{} title=rdptriage%3A {}::{}\n", fine ? "notice" : "warning",
               name_of(report.verdict), command_text(message, Part::message));
  }
}

}  // namespace rdptriage::report
