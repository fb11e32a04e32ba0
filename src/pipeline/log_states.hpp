// What records and captures say of event logs: that one was cleared, or is switched off.
#pragma once

#include <vector>

#include "diagnosis/coverage.hpp"
#include "diagnosis/fact.hpp"
#include "event/event_store.hpp"
#include "pipeline/rule_set_impl.hpp"

namespace rdptriage::pipeline {

std::vector<diagnosis::LogState> log_states(const RuleSetImpl& set,
                                            const diagnosis::FactBase& facts,
                                            const event::EventStore& store);

}  // namespace rdptriage::pipeline
