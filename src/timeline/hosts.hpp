// Machines: one host a machine, by the names its events give.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "event/event_store.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// What two spellings of one machine share: the first label in lower case ("PC-17.corp.example" and
// "pc-17"); an address as it stands. Empty when the text names no machine.
std::string host_key(std::string_view name);

// Fills `timeline.hosts` and the places' `host`.
void identify_hosts(const event::EventStore& store, std::span<const HostClaim> claims,
                    Timeline& timeline);

}  // namespace rdptriage::timeline
