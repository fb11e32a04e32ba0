// Machines: one host a machine, whatever its events, addresses, files and folders call it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "event/event_store.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// What two spellings of one machine share: the first label in lower case ("PC-17.corp.example" and
// "pc-17"); an address as it stands, without brackets, port and zone. Empty when the text names no
// machine.
std::string host_key(std::string_view name);

// An IPv4 or IPv6 address, with or without brackets, port and zone.
bool is_address(std::string_view name);

// What two spellings of one user share: "CORP\anna", "anna@corp.example" → "anna"; empty for what
// Windows logs instead of a name.
std::string user_key(std::string_view name);

// Fills `timeline.hosts` and the places' `host`.
void identify_hosts(const event::EventStore& store, const TimelineInput& input, Timeline& timeline);

// Which host a name or address means, if the case knows it.
class HostFinder {
 public:
  explicit HostFinder(const Timeline& timeline);
  std::optional<HostIndex> find(std::string_view name) const;

 private:
  std::map<std::string, std::optional<HostIndex>, std::less<>> by_name_;
};

}  // namespace rdptriage::timeline
