// Connections: records of an attempt that no other attempt can have a part in.
#pragma once

#include <string>
#include <vector>

#include "event/event_store.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// Whether each event is of one connection for sure, as told by its activity id; or, in a list that
// has none, because its machine logged no other attempt in that channel at the time.
std::vector<bool> find_sure_connections(const event::EventStore& store, const Timeline& timeline);

}  // namespace rdptriage::timeline
