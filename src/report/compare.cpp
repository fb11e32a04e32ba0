#include "rdptriage/compare.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "rdptriage/names.hpp"
#include "report/json_document.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage {

namespace {

using Json = nlohmann::ordered_json;

bool says_something(const Report& report) { return report.verdict != Verdict::not_analysable; }
bool failed(const Report& report) {
  return says_something(report) && report.verdict != Verdict::no_failure_found;
}

// How far the shown attempt got, as a position on its own path; -1 when nothing says so.
int depth_of(const Report& report) {
  const Attempt* attempt = report::shown_attempt(report);
  if (!attempt || attempt->stopped_at.empty()) return -1;
  const auto at =
      std::find_if(attempt->stages.begin(), attempt->stages.end(),
                   [&](const StageResult& stage) { return stage.stage == attempt->stopped_at; });
  return at == attempt->stages.end() ? -1 : static_cast<int>(at - attempt->stages.begin());
}

std::string stopped_at(const Report& report) {
  const Attempt* attempt = report::shown_attempt(report);
  return attempt ? attempt->stopped_at : std::string();
}

std::uint64_t attempts_with(const Report& report, AttemptOutcome outcome) {
  return static_cast<std::uint64_t>(
      std::count_if(report.attempts.begin(), report.attempts.end(),
                    [&](const Attempt& attempt) { return attempt.outcome == outcome; }));
}

std::string first_firm_cause(const Report& report) {
  if (report.diagnoses.empty()) return {};
  const Diagnosis& first = report.diagnoses.front();
  return first.confidence.label == ConfidenceLabel::possible ? std::string() : first.cause;
}

Change change_of(const Report& before, const Report& after) {
  if (!says_something(before) || !says_something(after)) return Change::not_compared;
  if (!failed(before)) return failed(after) ? Change::worse : Change::still_fine;
  if (!failed(after)) return Change::fixed;
  const int from = depth_of(before), to = depth_of(after);
  if (from >= 0 && to >= 0 && from != to) return to > from ? Change::further : Change::worse;
  return first_firm_cause(before) == first_firm_cause(after) ? Change::unchanged
                                                             : Change::different;
}

std::string headline_of(Change change, const Comparison& comparison, const Report& after) {
  switch (change) {
    case Change::fixed:
      return "Fixed: the files from after the change show connections that work";
    case Change::further:
      return fmt::format("Further than before: it now stops at {} instead of {}",
                         comparison.stopped_after, comparison.stopped_before);
    case Change::unchanged:
      return "Nothing has changed: " + report::headline(after);
    case Change::different:
      return "Another cause now: " + report::headline(after);
    case Change::worse:
      return comparison.stopped_before.empty() || comparison.stopped_after.empty()
                 ? "Worse: what worked before fails now"
                 : fmt::format("Worse: it now stops at {} instead of {}", comparison.stopped_after,
                               comparison.stopped_before);
    case Change::still_fine:
      return "No failure before, none after";
    case Change::not_compared:
      return "Not comparable: one of the two says nothing about a connection";
  }
  return {};
}

std::string_view name_of(Change change) {
  switch (change) {
    case Change::fixed:
      return "fixed";
    case Change::further:
      return "further";
    case Change::unchanged:
      return "unchanged";
    case Change::different:
      return "different";
    case Change::worse:
      return "worse";
    case Change::still_fine:
      return "still_fine";
    case Change::not_compared:
      return "not_compared";
  }
  return "not_compared";
}

std::map<std::string, std::string> findings_of(const Report& report) {
  std::map<std::string, std::string> out;
  for (const Finding& finding : report.findings)
    out.emplace(finding.rule, fmt::format("{} ({})", finding.title, finding.rule));
  return out;
}

std::vector<std::string> only_in(const std::map<std::string, std::string>& one,
                                 const std::map<std::string, std::string>& other) {
  std::vector<std::string> out;
  for (const auto& [rule, text] : one) {
    if (other.count(rule) == 0) out.push_back(text);
  }
  return out;
}

void compare_causes(const Report& before, const Report& after, Comparison& out) {
  const auto label_in = [](const Report& report, const std::string& cause) {
    for (const Diagnosis& diagnosis : report.diagnoses) {
      if (diagnosis.cause == cause) return std::string(name_of(diagnosis.confidence.label));
    }
    return std::string();
  };
  for (const Diagnosis& diagnosis : before.diagnoses) {
    CauseChange change{diagnosis.cause, diagnosis.title, label_in(before, diagnosis.cause),
                       label_in(after, diagnosis.cause)};
    (change.after.empty() ? out.gone : out.stayed).push_back(std::move(change));
  }
  for (const Diagnosis& diagnosis : after.diagnoses) {
    if (label_in(before, diagnosis.cause).empty())
      out.added.push_back({diagnosis.cause, diagnosis.title, {}, label_in(after, diagnosis.cause)});
  }
}

Json causes_json(const std::vector<CauseChange>& causes) {
  Json out = Json::array();
  for (const CauseChange& cause : causes) {
    Json item = {{"cause", cause.cause}, {"title", cause.title}};
    if (!cause.before.empty()) item["before"] = cause.before;
    if (!cause.after.empty()) item["after"] = cause.after;
    out.push_back(item);
  }
  return out;
}

void write_json(const Comparison& comparison, std::ostream& out) {
  const auto side = [](const std::string& verdict, const std::string& stopped,
                       std::uint64_t failures, std::uint64_t successes) {
    Json json = {{"verdict", verdict}};
    if (!stopped.empty()) json["stopped_at"] = stopped;
    json["attempts"] = {{"failed", failures}, {"succeeded", successes}};
    return json;
  };
  const Json json = {
      {"schema_version", "1.0"},
      {"kind", "rdptriage.diff"},
      {"change", name_of(comparison.change)},
      {"headline", comparison.headline},
      {"before", side(comparison.verdict_before, comparison.stopped_before,
                      comparison.failed_before, comparison.succeeded_before)},
      {"after", side(comparison.verdict_after, comparison.stopped_after, comparison.failed_after,
                     comparison.succeeded_after)},
      {"causes",
       {{"gone", causes_json(comparison.gone)},
        {"stayed", causes_json(comparison.stayed)},
        {"added", causes_json(comparison.added)}}},
      {"findings", {{"gone", comparison.findings_gone}, {"added", comparison.findings_added}}}};
  out << report::write_document(json);
}

enum class Style : unsigned char { text, markdown };

void write_lines(const Comparison& comparison, Style style, std::ostream& out) {
  const auto safe = [&](const std::string& text) {
    return style == Style::text ? safe_text(text) : report::safe_markup(text, LineBreaks::escape);
  };
  const auto row = [&](const char* label, const std::string& text) {
    if (style == Style::text) {
      fmt::print(out, "  {:<9}{}\n", label, report::cut_to(safe(text), 200));
    } else if (*label != '\0') {
      fmt::print(out, "- **{}** {}\n", label, safe(text));
    } else {
      fmt::print(out, "  - {}\n", safe(text));
    }
  };
  if (style == Style::text) {
    out << safe(comparison.headline) << "\n\n";
  } else {
    out << "## " << safe(comparison.headline) << "\n\n";
  }
  const auto side = [](const std::string& verdict, const std::string& stopped,
                       std::uint64_t failures, std::uint64_t successes) {
    std::string words = verdict;
    std::replace(words.begin(), words.end(), '_', ' ');
    std::string text =
        fmt::format("{}; attempts: {} failed, {} succeeded", words, failures, successes);
    if (!stopped.empty()) text += "; stopped at " + stopped;
    return text;
  };
  row("BEFORE", side(comparison.verdict_before, comparison.stopped_before, comparison.failed_before,
                     comparison.succeeded_before));
  row("AFTER", side(comparison.verdict_after, comparison.stopped_after, comparison.failed_after,
                    comparison.succeeded_after));
  const auto causes = [&](const char* label, const std::vector<CauseChange>& list) {
    for (const CauseChange& cause : list) {
      const std::string confidence =
          cause.before.empty() || cause.after.empty() || cause.before == cause.after
              ? (cause.after.empty() ? cause.before : cause.after)
              : cause.before + ", now " + cause.after;
      row(label, fmt::format("{} ({}, {})", cause.title, confidence, cause.cause));
    }
  };
  causes("GONE", comparison.gone);
  causes("STILL", comparison.stayed);
  causes("NEW", comparison.added);
  constexpr std::size_t kMostFindings = 8;
  const auto findings = [&](const char* label, const std::vector<std::string>& list) {
    for (std::size_t i = 0; i < std::min(kMostFindings, list.size()); ++i)
      row(i == 0 ? label : "", list[i]);
    if (list.size() > kMostFindings)
      row("", fmt::format("… and {} more; see --format json", list.size() - kMostFindings));
  };
  findings("NO MORE", comparison.findings_gone);
  findings("SEEN NEW", comparison.findings_added);
}

}  // namespace

Comparison compare_reports(const Report& before, const Report& after) {
  Comparison out;
  out.change = change_of(before, after);
  out.verdict_before = name_of(before.verdict);
  out.verdict_after = name_of(after.verdict);
  out.stopped_before = stopped_at(before);
  out.stopped_after = stopped_at(after);
  out.failed_before = attempts_with(before, AttemptOutcome::failed);
  out.failed_after = attempts_with(after, AttemptOutcome::failed);
  out.succeeded_before = attempts_with(before, AttemptOutcome::succeeded);
  out.succeeded_after = attempts_with(after, AttemptOutcome::succeeded);
  compare_causes(before, after, out);
  const auto findings_before = findings_of(before), findings_after = findings_of(after);
  out.findings_gone = only_in(findings_before, findings_after);
  out.findings_added = only_in(findings_after, findings_before);
  out.headline = headline_of(out.change, out, after);
  return out;
}

Result<void> write_comparison(const Comparison& comparison, std::string_view format,
                              std::ostream& out) {
  if (format == "json") {
    write_json(comparison, out);
  } else if (format == "text") {
    write_lines(comparison, Style::text, out);
  } else if (format == "markdown") {
    write_lines(comparison, Style::markdown, out);
  } else {
    return fail("FORMAT_UNKNOWN",
                fmt::format("a comparison has no format '{}'", std::string(format)), {},
                "use text, json or markdown");
  }
  return {};
}

}  // namespace rdptriage
