// A fact: one match of one rule, placed on the timeline. What the reasoning works on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rule/rule.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::diagnosis {

enum class Certainty : std::uint8_t {
  sure,
  possible,  // only within the uncertainty of two clocks: counts half
};

struct Fact {
  rule::RuleIndex rule = 0;
  std::string_view role;                     // of the machine whose fact it is; "" = not said
  std::vector<timeline::EventIndex> events;  // a correlation has several; not empty
  std::optional<timeline::AttemptIndex> attempt;
  std::optional<timeline::HostIndex> host;
  std::optional<std::int64_t> ticks;  // of the (last) event, when comparable across artifacts …
  timeline::TimeScale scale = timeline::TimeScale::common;  // … on this scale
  bool is_state = false;                                    // lasts from `ticks` …
  std::optional<std::int64_t> until;                        // … to this, or on and on
  Certainty certainty = Certainty::sure;
};

// All facts of a case, by rule and attempt.
class FactBase {
 public:
  FactBase(std::vector<Fact> facts, std::size_t rules);

  std::span<const Fact> all() const { return facts_; }
  std::span<const Fact> of(rule::RuleIndex rule) const;
  // Those of one attempt; of `nullopt`: those that belong to none.
  std::span<const Fact> of(rule::RuleIndex rule,
                           std::optional<timeline::AttemptIndex> attempt) const;
  // In how many attempts the rule matched.
  std::size_t attempts_of(rule::RuleIndex rule) const;

 private:
  std::vector<Fact> facts_;         // sorted by rule, attempt (none first), then as they came
  std::vector<std::size_t> begin_;  // of each rule, and one behind the last
  std::vector<std::size_t> attempts_;
};

}  // namespace rdptriage::diagnosis
