// Runs the detections of a rule set over a stream of events.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/event.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/match_program.hpp"

namespace rdptriage::rule {

// One per thread; the rules are shared. An event that no rule wants costs one look at its key.
class Matcher {
 public:
  explicit Matcher(const CompiledRules& rules);
  ~Matcher();
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;

  // Replaces `hits` by the detections that match, ascending, hidden ones included.
  void match(const EventView& event, std::vector<RuleIndex>& hits);

  // True when no rule can match any event with this key, whatever its fields.
  bool ignores(const EventKey& key);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rdptriage::rule
