#include "report/fleet_counts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.hpp"

namespace rdptriage::report {

std::string iso_week(std::string_view time) {
  const auto parsed = base::parse_iso8601(time);
  if (!parsed) return {};
  constexpr std::int64_t kDay = 86'400 * base::kTicksPerSecond;
  // 1601-01-01 was a Monday. A week belongs to the year of its Thursday (ISO 8601 3.1.1.23).
  const std::int64_t day = parsed->ticks / kDay;
  const std::int64_t thursday = day - day % 7 + 3;
  const int year = base::civil_from_ticks(thursday * kDay).year;
  base::CivilTime first;
  first.year = year;
  const auto january = base::ticks_from_civil(first);
  if (!january) return {};
  return fmt::format("{:04}-W{:02}", year, (thursday - *january / kDay) / 7 + 1);
}

FleetCounts count_cases(const Cases& cases) {
  FleetCounts out;
  std::map<std::string, CauseCount> causes;
  for (const CaseSummary* summary : cases) {
    ++out.cases;
    out.failed += summary->status == "failed";
    out.partial += summary->status == "partial";
    ++out.verdicts[summary->verdict];
    const bool unknown = !summary->explained() && summary->verdict != "no_failure_found";
    if (unknown) out.unknown.push_back(summary);
    std::string name = summary->verdict;
    if (summary->explained() && !summary->causes.empty()) {
      const CaseSummary::Cause& first = summary->causes.front();
      name = first.cause;
      CauseCount& count = causes[first.cause];
      count.cause = first.cause;
      count.title = first.title;
      count.cases.push_back(summary);
      count.confirmed += first.confidence == "confirmed";
      for (const std::string& gateway : summary->gateways) ++count.gateways[gateway];
    }
    if (summary->verdict == "no_failure_found" || summary->verdict == "not_analysable") continue;
    if (summary->gateways.empty()) ++out.by_gateway[""][name];
    for (const std::string& gateway : summary->gateways) ++out.by_gateway[gateway][name];
    ++out.by_week[iso_week(summary->first_failure)][name];
  }
  for (auto& [name, count] : causes) out.causes.push_back(std::move(count));
  std::stable_sort(
      out.causes.begin(), out.causes.end(),
      [](const CauseCount& a, const CauseCount& b) { return a.cases.size() > b.cases.size(); });
  return out;
}

}  // namespace rdptriage::report
