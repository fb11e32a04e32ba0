// Runs the detections of a rule set over a stream of events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

// A field and a folded text, one of whose values must hold it.
struct ValueNeed {
  std::string field;  // empty: any value of the event
  std::string text;
};

// An event with this key that meets none of the needs is matched by no rule. Nothing when some rule
// has no such need.
std::optional<std::vector<ValueNeed>> needs_of(const CompiledRules& rules, const EventKey& key);

}  // namespace rdptriage::rule
