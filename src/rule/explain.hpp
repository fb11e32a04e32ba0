// Why a detection does or does not match an event, in words.
#pragma once

#include <string>

#include "rdptriage/event.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/log_source.hpp"

namespace rdptriage::rule {

// The log source, every selection with its answer and every item with the values it looked at, the
// filters and the condition; the last line is the answer of the matcher. REQUIRES: `rule` is a
// detection of `rules`, no generated one.
std::string explain(const CompiledRules& rules, RuleIndex rule, const LogSourceMap& sources,
                    const EventView& event);

}  // namespace rdptriage::rule
