#include "rdptriage/inspect.hpp"

#include <utility>

#include "pipeline/gather.hpp"
#include "pipeline/report_case.hpp"
#include "pipeline/rule_set_impl.hpp"

namespace rdptriage {

namespace {
std::optional<Timestamp> first_failure(const Report& report) {
  constexpr std::int64_t kYear1990 = 122'756'256'000'000'000;  // below: a time of day without date
  std::optional<Timestamp> first;
  for (const Attempt& attempt : report.attempts) {
    if (attempt.outcome != AttemptOutcome::failed || !attempt.start) continue;
    if (attempt.start->ticks > kYear1990 && (!first || *attempt.start < *first)) {
      first = attempt.start;
    }
  }
  return first;
}
}  // namespace

Inspection inspect(const Case& input, const RuleSet& rules) {
  const RuleSetImpl& set = rules.impl();
  pipeline::Gathered gathered = pipeline::gather(input, set, pipeline::Keep::matches_and_tallies);
  // Whose the files are, and what would be missed, is found by the analysis.
  Report report = pipeline::report_case(gathered, input.options(), set);
  Inspection out;
  out.incident = input.options().focus.around;
  if (!out.incident) out.incident = first_failure(report);
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
