// Which attempts a case is asked about: what is known to be of another time, user or machine is
// left out, what the files do not place stays.
#pragma once

#include <cstdint>
#include <optional>

#include "rdptriage/focus.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// since <= time < until, in ticks.
struct TimeWindow {
  std::optional<std::int64_t> since, until;

  bool empty() const { return !since && !until; }
  bool begins_after(std::int64_t ticks) const { return since && ticks < *since; }
  bool ends_before(std::int64_t ticks) const { return until && ticks >= *until; }
  // How far outside; 0 inside.
  std::int64_t distance(std::int64_t ticks) const {
    return begins_after(ticks) ? *since - ticks : ends_before(ticks) ? ticks - *until : 0;
  }
};
TimeWindow window_of(const Focus& focus);

// Takes the other attempts out of the timeline and marks places as left out. A user or machine
// that the case does not know narrows nothing.
Narrowing narrow(const Focus& focus, Timeline& timeline);

}  // namespace rdptriage::timeline
