#include "pipeline/clients_own_service.hpp"

#include <algorithm>
#include <string_view>

#include "timeline/hosts.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::string_view kClient = "client", kHost = "session-host";

// True of the machine whether anybody connects or not: the output of a command, or a record of a
// service, a certificate or the system that no connection is needed for.
bool is_state(const rule::TriageKey& key, const event::Event& event) {
  if (event.key.channel.empty()) return !event.key.category.empty();
  return key.stage.empty() || key.state.empty() || key.holds;
}

bool is_trace(const event::Event& event) {
  return event.key.channel.empty() && event.key.service.starts_with(kClient);
}
}  // namespace

void drop_clients_own_service(const rule::CompiledRules& rules, const std::vector<KnownHost>& said,
                              timeline::Timeline& timeline, Gathered& gathered) {
  std::vector<bool> was_client(timeline.hosts.size()), was_other(timeline.hosts.size());
  for (const DetectionHit& hit : gathered.hits) {
    const event::Event& event = gathered.store.events()[hit.event];
    const auto host = timeline.places[hit.event].host;
    const rule::TriageKey& key = rules.rules()[hit.rule].triage;
    const std::string& role = key.host_role;
    // What only a client logs makes it one, whatever the record says.
    const bool is_clients = role == kClient && !event.key.channel.empty();
    if (!host || (!is_clients && is_state(key, event))) continue;
    if (role == kClient || is_trace(event)) {
      was_client[*host] = true;
    } else if (!role.empty()) {
      was_other[*host] = true;
    }
  }
  for (const timeline::AttemptRecord& attempt : timeline.attempts) {
    for (const timeline::HostIndex host : attempt.targets) was_other[host] = true;
  }
  for (const KnownHost& known : said) {
    const auto host = timeline::HostFinder(timeline).find(known.name);
    if (host && !known.role.empty()) was_other[*host] = known.role != kClient;
    if (host && known.role == kClient) was_client[*host] = true;
  }
  const auto is_own_service = [&](const DetectionHit& hit) {
    const auto host = timeline.places[hit.event].host;
    return host && was_client[*host] && !was_other[*host] &&
           is_state(rules.rules()[hit.rule].triage, gathered.store.events()[hit.event]) &&
           rules.rules()[hit.rule].triage.host_role == kHost;
  };
  for (const DetectionHit& hit : gathered.hits) {
    if (!is_own_service(hit)) continue;
    if (gathered.match_count[hit.rule] != 0) --gathered.match_count[hit.rule];
    std::erase(timeline.hosts[*timeline.places[hit.event].host].roles, kHost);
  }
  std::erase_if(gathered.hits, is_own_service);
}

}  // namespace rdptriage::pipeline
