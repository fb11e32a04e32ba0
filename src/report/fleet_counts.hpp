// What many cases have in common, counted; the order of everything is fixed by count, then name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rdptriage/fleet.hpp"

namespace rdptriage::report {

using Cases = std::vector<const CaseSummary*>;  // sorted by input

struct CauseCount {
  std::string cause, title;
  std::vector<const CaseSummary*> cases;  // whose first cause it is
  std::uint64_t confirmed = 0;
  std::map<std::string, std::uint64_t> gateways;
};

struct FleetCounts {
  std::uint64_t cases = 0, failed = 0, partial = 0;
  std::map<std::string, std::uint64_t> verdicts;
  std::vector<const CaseSummary*> unknown;  // a failure without a cause, or not readable
  std::vector<CauseCount> causes;           // the most frequent first
  // Rows of a table: gateway or week, and how often each first cause. "" is the unknown one.
  std::map<std::string, std::map<std::string, std::uint64_t>> by_gateway, by_week;
};

// "2026-W47" of an RFC 3339 time (ISO 8601 weeks), "" when there is none.
std::string iso_week(std::string_view time);

FleetCounts count_cases(const Cases& cases);

}  // namespace rdptriage::report
