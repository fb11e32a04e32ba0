#include "timeline/hosts.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace rdptriage::timeline {

namespace {
bool is_address(std::string_view name) {
  if (name.find(':') != std::string_view::npos) return true;
  return name.find_first_not_of("0123456789.") == std::string_view::npos;
}

class HostTable {
 public:
  explicit HostTable(Timeline& timeline) : timeline_(&timeline) {}

  std::optional<HostIndex> index_of(std::string_view name) {
    std::string key = host_key(name);
    if (key.empty()) return std::nullopt;
    const auto [at, added] = by_key_.emplace(key, static_cast<HostIndex>(timeline_->hosts.size()));
    if (added) timeline_->hosts.push_back({std::move(key), std::string(name), {}});
    return at->second;
  }

  void add_role(HostIndex host, const std::string& role) {
    auto& roles = timeline_->hosts[host].roles;
    const auto at = std::lower_bound(roles.begin(), roles.end(), role);
    if (at == roles.end() || *at != role) roles.insert(at, role);
  }

 private:
  Timeline* timeline_;
  std::map<std::string, HostIndex, std::less<>> by_key_;
};

std::string_view field_of(const event::Event& event, std::string_view name) {
  for (const Field& field : event.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

// The machine that wrote the record. Captures and traces say it in HostKey when the reader knows.
std::string_view logging_host(const event::Event& event) {
  if (event.system.computer && !event.system.computer->empty()) return *event.system.computer;
  return field_of(event, "HostKey");
}
}  // namespace

std::string host_key(std::string_view name) {
  name = base::trim(name);
  while (!name.empty() && name.front() == '\\') name.remove_prefix(1);
  if (!is_address(name)) name = name.substr(0, name.find('.'));
  return name == "-" ? std::string() : base::to_lower_ascii(name);
}

void identify_hosts(const event::EventStore& store, std::span<const HostClaim> claims,
                    Timeline& timeline) {
  HostTable table(timeline);
  const auto& events = store.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto host = table.index_of(logging_host(events[i]));
    timeline.places[i].host = host;
    if (const auto role = field_of(events[i], "HostRole"); host && !role.empty()) {
      table.add_role(*host, std::string(role));
    }
  }
  for (const HostClaim& claim : claims) {
    Place& place = timeline.places[claim.event];
    if (!claim.name.empty()) {
      // The fact is about another machine than the one that logged it, or the only name there is.
      const auto host = table.index_of(claim.name);
      if (host && !place.host) place.host = host;
      if (host && !claim.role.empty()) table.add_role(*host, claim.role);
    } else if (place.host && !claim.role.empty()) {
      table.add_role(*place.host, claim.role);
    }
  }
}

}  // namespace rdptriage::timeline
