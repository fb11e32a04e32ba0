#include "rdptriage/inspect.hpp"

#include <utility>

#include "pipeline/gather.hpp"
#include "pipeline/report_case.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "report/wording.hpp"

namespace rdptriage {

namespace {
bool has_date(const Timestamp& time) {
  constexpr std::int64_t kYear1990 = 122'756'256'000'000'000;  // below: a time of day without date
  return time.ticks > kYear1990;
}

const Attempt* first_failed(const Report& report) {
  const Attempt* first = nullptr;
  for (const Attempt& attempt : report.attempts) {
    if (attempt.outcome != AttemptOutcome::failed || !attempt.start || !has_date(*attempt.start))
      continue;
    if (first == nullptr || *attempt.start < *first->start) first = &attempt;
  }
  return first;
}

// When the attempt that the answer is about failed. It may last for a while: what proves the cause
// tells the moment, so that the log that holds the proof covers it.
std::optional<Timestamp> moment_of_failure(const Report& report) {
  const Attempt* attempt = report.diagnoses.empty() ? nullptr : report::shown_attempt(report);
  if (attempt == nullptr || attempt->outcome != AttemptOutcome::failed || !attempt->start ||
      !has_date(*attempt->start)) {
    attempt = first_failed(report);
  }
  if (attempt == nullptr) return std::nullopt;
  if (report.diagnoses.empty() || !attempt->end) return attempt->start;
  for (const std::string& id : report.diagnoses.front().evidence) {
    const Evidence* proof = report::find_evidence(report, id);
    if (proof == nullptr || !proof->time || proof->time_quality != TimeQuality::utc) continue;
    if (!(*proof->time < *attempt->start) && !(*attempt->end < *proof->time)) return proof->time;
  }
  return attempt->start;
}
}  // namespace

Inspection inspect(const Case& input, const RuleSet& rules) {
  const RuleSetImpl& set = rules.impl();
  pipeline::Gathered gathered = pipeline::gather(input, set, pipeline::Keep::matches_and_tallies);
  // Whose the files are, and what would be missed, is found by the analysis.
  Report report = pipeline::report_case(gathered, input.options(), set);
  Inspection out;
  out.incident = input.options().focus.around;
  if (!out.incident) out.incident = moment_of_failure(report);
  out.artifacts = std::move(report.artifacts);
  out.sources.resize(out.artifacts.size());
  for (const auto& [artifact, tally] : gathered.tallies) {
    if (artifact < out.sources.size()) out.sources[artifact] = tally.rows();
  }
  out.whose = std::move(gathered.whose);
  out.whose.resize(out.artifacts.size());
  out.hosts = std::move(report.hosts);
  out.coverage = std::move(report.coverage);
  out.notices = std::move(report.notices);
  return out;
}

}  // namespace rdptriage
