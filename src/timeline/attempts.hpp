// Connection attempts: which kept events are about the same try.
#pragma once

#include <span>

#include "event/event_store.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// Fills `timeline.attempts` and the places' `attempt`. Hosts and ticks must be set.
void stitch_attempts(const event::EventStore& store, const TimelineInput& input,
                     Timeline& timeline);

}  // namespace rdptriage::timeline
