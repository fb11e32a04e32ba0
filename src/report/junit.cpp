// One suite a case, one test case a cause. GitLab shows only the body of <failure>, Jenkins the
// body before the attribute, so everything a reader needs stands in the body and `message` is the
// title.
#include "report/junit.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "rdptriage/names.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

std::string body_of(const Report& report, const Diagnosis& diagnosis) {
  std::string body = diagnosis.title + "\n" + confidence_line(diagnosis) + "\n";
  if (!diagnosis.explanation.empty()) body += "\n" + diagnosis.explanation + "\n";
  body += "\nPROOF\n";
  for (const std::string& id : diagnosis.evidence) {
    if (const Evidence* evidence = find_evidence(report, id)) {
      // Line by line: what a log says must not look like a line of this body.
      body += safe_text(fmt::format("{}  {} {} {}", id, place_of(report, *evidence),
                                    position_of(*evidence), time_of(*evidence))) +
              "\n    " + safe_text(cut_to(evidence->text, 300)) + "\n";
    }
  }
  if (!diagnosis.remediation.empty()) body += "\nFIX\n";
  for (const RemediationStep& step : diagnosis.remediation) {
    body += fmt::format("{}. {}: {} ({})\n", step.step, step.actor, step.text, name_of(step.risk));
    if (!step.command.empty()) body += "    " + step.command + "\n";
  }
  return body;
}

std::string unproven_body(const Report& report) {
  std::string body = headline(report) + "\n";
  for (const CollectNext& next : report.collect_next) {
    body += fmt::format("\nNEXT {}. {}\n    {}\n", next.rank, next.why, next.command);
  }
  return body;
}

void write_case(std::string_view name, std::string_view element, std::string_view type,
                std::string_view message, const std::string& body, std::ostream& out) {
  fmt::print(out, "    <testcase classname=\"rdptriage\" name=\"{}\"",
             safe_markup(name, LineBreaks::escape));
  if (element.empty()) {
    out << "/>\n";
    return;
  }
  fmt::print(out, ">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n",
             element, safe_markup(type, LineBreaks::escape),
             safe_markup(message, LineBreaks::escape), safe_markup(body));
}

}  // namespace

void write_junit(const Report& report, const WriteOptions&, std::ostream& out) {
  const auto firm = static_cast<std::size_t>(std::count_if(
      report.diagnoses.begin(), report.diagnoses.end(), [](const Diagnosis& diagnosis) {
        return diagnosis.confidence.label != ConfidenceLabel::possible;
      }));
  const bool unproven = firm == 0 && report.verdict == Verdict::inconclusive;
  const bool unreadable = report.verdict == Verdict::not_analysable;
  const std::size_t failures = firm + (unproven ? 1 : 0);
  const std::string name =
      safe_markup(report.case_id.empty() ? "case" : report.case_id, LineBreaks::escape);
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  fmt::print(out,
             "<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
             name, std::max<std::size_t>(1, failures), failures, unreadable ? 1 : 0);
  for (const Diagnosis& diagnosis : report.diagnoses) {
    if (diagnosis.confidence.label == ConfidenceLabel::possible) continue;
    write_case(diagnosis.cause, "failure", name_of(diagnosis.confidence.label), diagnosis.title,
               body_of(report, diagnosis), out);
  }
  if (unproven)
    write_case("cause", "failure", "inconclusive", headline(report), unproven_body(report), out);
  if (unreadable)
    write_case("input", "error", "not_analysable", headline(report), unproven_body(report), out);
  if (failures == 0 && !unreadable) write_case("connection", "", "", "", "", out);
  out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace rdptriage::report
