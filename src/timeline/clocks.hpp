// The clocks that the events of a case were written by, and how far they are apart.
//
// Each machine has one clock; an artifact that names no machine counts as its own. Two clocks are
// compared by what both recorded of the same connection: the first records with one ActivityId.
#pragma once

#include <cstdint>
#include <vector>

#include "event/event_store.hpp"

namespace rdptriage::timeline {

struct Clock {
  std::int64_t ahead = 0;        // of the case's reference clock, in ticks
  std::int64_t uncertainty = 0;  // how far `ahead` may be off
  bool measured = false;         // against the reference, directly or over other clocks
};

struct Clocks {
  std::vector<Clock> clocks;
  std::vector<std::uint32_t> of_event;  // position in `clocks`, by event
};

Clocks measure_clocks(const event::EventStore& store);

}  // namespace rdptriage::timeline
