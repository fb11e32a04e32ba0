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

// The detections that match, ascending; generated ones (from `holds`) are left out.
std::vector<rule::RuleIndex> match_plainly(const rule::CompiledRules& rules,
                                           const rule::LogSourceMap& sources,
                                           rule::LogSourceUse use, const EventView& event);

}  // namespace rdptriage::tests
