// Clocks: how far those of two machines are apart, from what both logged at the same moment.
#pragma once

#include <span>

#include "event/event_store.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// How far a clock may be off when nothing allowed to measure it; two of them twice that.
inline constexpr std::int64_t kUnmeasured = std::int64_t{60} * 10'000'000;

// Fills the hosts' `clock_offset` and `clock_uncertainty`, takes the offsets off the places' ticks
// and gives them their uncertainty. Machines are compared by activity ids that both logged, else by
// a step of the connection that both log, else by the pattern of several starts, else by the one
// attempt that each of them knows, when one names the other; what is left, by what a time server
// said. Local times become instants where the case knows the machine's zone.
void align_clocks(const event::EventStore& store, const TimelineInput& input, Timeline& timeline);

}  // namespace rdptriage::timeline
