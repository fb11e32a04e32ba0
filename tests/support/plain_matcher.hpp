// The rule engine once more, as plainly as it can be written: every rule asks every item of its
// condition about the event, one after the other. The oracle of the fast matcher, and the engine
// its speed is compared with.
#pragma once

#include <vector>

#include "rdptriage/event.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/log_source.hpp"
#include "rule/program_builder.hpp"

namespace rdptriage::tests {

class PlainMatcher {
 public:
  PlainMatcher(const rule::CompiledRules& rules, const rule::LogSourceMap& sources,
               rule::LogSourceUse use);
  // The detections that match, ascending; generated ones (from `holds`) are left out.
  std::vector<rule::RuleIndex> match(const EventView& event) const;

 private:
  rule::CompiledRules rules_;
  rule::LogSourceUse use_;
  std::vector<std::vector<rule::LogSourceAlternative>> alternatives_;  // by detection
};

}  // namespace rdptriage::tests
