// Rules over events given as JSON: what they match, what fires. For tests that are tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rule/placeholders.hpp"

namespace rdptriage::tests {

struct RuleRun {
  std::string rules;                   // YAML
  std::vector<std::string> events;     // JSON
  std::optional<std::string> sources;  // a map of log sources, where they are to be respected
  rule::Placeholders placeholders;
};

struct FiredGroup {
  std::string rule;
  std::vector<std::pair<std::string, std::optional<std::string>>> group;  // values in lower case
  std::int64_t ticks = 0;  // when the condition became true
};

struct RunOutcome {
  std::vector<std::string> problems;                      // codes; with any, nothing was run
  std::set<std::size_t> matched;                          // events that some detection matches
  std::map<std::string, std::set<std::size_t>> reported;  // visible detections, their events
  std::set<std::string> visible;                          // detections that report their matches
  std::vector<FiredGroup> fired;                          // of visible correlations
  std::vector<std::size_t> disputed;  // events on which the plain evaluator disagrees
};

RunOutcome run_rules(const RuleRun& run);

}  // namespace rdptriage::tests
