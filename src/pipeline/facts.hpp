// Second half of an analysis, first step: matches placed on the timeline, correlations run over
// them, states given their end.
#pragma once

#include <optional>
#include <vector>

#include "diagnosis/coverage.hpp"
#include "diagnosis/fact.hpp"
#include "event/event_store.hpp"
#include "pipeline/gather.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rule/compiled_rules.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::pipeline {

// Gives the events their place and takes away what is not asked about; adds HostKey, AttemptKey and
// ArtifactKey to them.
timeline::Timeline place_events(const rule::CompiledRules& rules, const CaseOptions& options,
                                Gathered& gathered);

// One fact a match, detections and correlations alike. A notice when there were more matches than
// correlations look at.
std::vector<diagnosis::Fact> establish_facts(const rule::CompiledRules& rules,
                                             const std::vector<DetectionHit>& hits,
                                             const event::EventStore& store,
                                             const timeline::Timeline& timeline,
                                             std::vector<Notice>& notices);

// Says that correlations did not see so many matches.
Notice correlations_cut(std::uint64_t left_out, std::uint64_t looked_at);

// What records and captures say of event logs: cleared, switched off.
std::vector<diagnosis::LogState> log_states(const RuleSetImpl& set,
                                            const diagnosis::FactBase& facts,
                                            const event::EventStore& store);

// The attempts (none: no attempt) for which the client logged how the connection ended.
std::vector<std::optional<timeline::AttemptIndex>> disconnects(const event::EventStore& store,
                                                               const timeline::Timeline& timeline);

}  // namespace rdptriage::pipeline
