#include "timeline/likeness.hpp"

#include <algorithm>
#include <string_view>

#include "timeline/hosts.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::timeline {

namespace {
// The channels of one gateway connection are opened within this.
constexpr std::int64_t kSameStart = 20'000'000;  // ticks: 2 s
// As many letters of a client's name as RDP carries.
constexpr std::size_t kClientName = 15;

// "10.20.30." of an IPv4 address: the machines beside it.
std::string_view network_of(std::string_view address) {
  return address.find(':') == std::string_view::npos ? address.substr(0, address.rfind('.') + 1)
                                                     : std::string_view();
}
}  // namespace

Likeness::Likeness(const event::EventStore& store, const RecordNotes& notes,
                   const Timeline& timeline)
    : store_(store), notes_(notes), timeline_(timeline) {
  has_gateway_ =
      std::any_of(timeline.hosts.begin(), timeline.hosts.end(), [](const HostRecord& host) {
        return std::binary_search(host.roles.begin(), host.roles.end(), "gateway");
      });
}

bool Likeness::took_part(const Draft& draft, EventIndex i) const {
  const auto& host = timeline_.places[i].host;
  if (!host || draft.hosts.count(*host) != 0 || draft.targets.count(*host) != 0) return true;
  const bool host_known = !draft.served_by.empty() || !draft.targets.empty();
  if (is_target(*host)) return !host_known && !draft.other_target;
  static const std::size_t first = *stage_depth("host-tcp"), last = *stage_depth("host-tls");
  const auto depth = notes_.marks(i).near_at;
  const bool between_ends = depth && *depth >= first && *depth <= last;
  return !between_ends || !host_known || !draft.client;
}

bool Likeness::is_same_start(const Draft& draft, EventIndex i) const {
  if (!draft.start || timeline_.places[*draft.start].host != timeline_.places[i].host) return false;
  const event::Event &known = store_.events()[*draft.start], &event = store_.events()[i];
  const Hint *mine = notes_.hint(i), *theirs = notes_.hint(*draft.start);
  if (mine == nullptr || theirs == nullptr) return false;
  return known.key.channel == event.key.channel && known.key.event_id != event.key.event_id &&
         !mine->from.empty() && mine->from == theirs->from &&
         *timeline_.places[i].ticks - *timeline_.places[*draft.start].ticks <= kSameStart;
}

bool Likeness::ends(const Draft& draft, EventIndex i) const {
  const auto& host = timeline_.places[i].host;
  const Hint* const hint = notes_.hint(i);
  const Marks& marks = notes_.marks(i);
  if (!marks.end || marks.start || draft.ended || hint == nullptr) return false;
  const auto user = draft.users.find(host), client = draft.clients.find(host);
  return user != draft.users.end() && user->second == hint->user && client != draft.clients.end() &&
         client->second == hint->client;
}

std::optional<int> Likeness::points(const Draft& draft, EventIndex i) const {
  const event::Event& event = store_.events()[i];
  const auto& host = timeline_.places[i].host;
  if (const auto activity = notes_.activity(i); !activity.empty()) {
    const auto known = draft.activities.find({host, event.key.channel});
    if (known != draft.activities.end() && known->second != activity) return std::nullopt;
  }
  if (host && !draft.targets.empty() && draft.targets.count(*host) == 0 && is_target(*host))
    return std::nullopt;
  const bool by_client = notes_.try_of_client(i).has_value();
  if (by_client && draft.client && draft.client != host) return std::nullopt;
  static const Hint kNobody;
  const Hint& hint = notes_.hint(i) == nullptr ? kNobody : *notes_.hint(i);
  if (hint.target && !draft.targets.empty() && draft.targets.count(*hint.target) == 0)
    return std::nullopt;
  int points = 0;
  for (const auto& [mine, of] :
       {std::pair(&hint.user, &draft.users), std::pair(&hint.client, &draft.clients)}) {
    if (mine->empty()) continue;
    for (const auto& [by, theirs] : *of) {
      if (theirs == *mine) ++points;
      if (theirs != *mine && by == host) return std::nullopt;
    }
  }
  for (const auto& [by, named] : named_clients(draft, i)) {
    const Same same = is_client(by_client ? *host : *draft.client, named, by, draft);
    if (same == Same::no) return std::nullopt;
    if (same == Same::yes) ++points;
  }
  if (asks_for_another(draft, i, hint.wanted)) return std::nullopt;
  if (points == 0 && !is_possible(draft, i)) return std::nullopt;
  return points;
}

// The clients that the one side names, where the other is the log of a client: who names it, and
// how.
std::vector<std::pair<Part, std::string>> Likeness::named_clients(const Draft& draft,
                                                                  EventIndex i) const {
  std::vector<std::pair<Part, std::string>> out;
  if (notes_.try_of_client(i)) {
    for (const auto& [by, client] : draft.clients) {
      out.emplace_back(by && is_target(*by) ? Part::host : Part::other, client);
    }
  } else if (const Hint* const hint = notes_.hint(i); draft.client && hint != nullptr) {
    if (!hint->client.empty()) out.emplace_back(notes_.marks(i).part, hint->client);
  }
  return out;
}

bool Likeness::is_of_another(const Draft& draft, HostIndex client) const {
  return std::any_of(draft.clients.begin(), draft.clients.end(), [&](const auto& named) {
    const Part by = named.first && is_target(*named.first) ? Part::host : Part::other;
    return is_client(client, named.second, by, draft) == Same::no;
  });
}

// Whether the client that a record names, by name or address, is this machine. An address that
// nobody knows may be that of a gateway or of a router on the way, unless it is of the network
// that the machine itself is in.
Likeness::Same Likeness::is_client(HostIndex machine, const std::string& named, Part by,
                                   const Draft& draft) const {
  const HostRecord& client = timeline_.hosts[machine];
  const auto& aliases = client.aliases;
  if (client.key == named || std::count(aliases.begin(), aliases.end(), named) != 0)
    return Same::yes;
  if (!is_address(named)) {
    if (is_address(client.key)) return Same::unknown;
    const std::string label = host_key(client.key).substr(0, kClientName);
    return label == named.substr(0, kClientName) ? Same::yes : Same::no;
  }
  const bool over_gateway =
      by != Part::gateway && (has_gateway_ || draft.by_gateway.passed || draft.by_gateway.broke ||
                              (draft.said.broke && is_optional_stage(*draft.said.broke)));
  const auto network = network_of(named);
  if (over_gateway || network.empty()) return Same::unknown;
  return std::any_of(aliases.begin(), aliases.end(),
                     [&](const std::string& alias) {
                       return is_address(alias) && network_of(alias) == network;
                     })
             ? Same::no
             : Same::unknown;
}

// The gateway names the target as the client has asked for it.
bool Likeness::asks_for_another(const Draft& draft, EventIndex i, const std::string& wanted) const {
  if (notes_.marks(i).part != Part::gateway || wanted.empty() || draft.wanted.empty()) return false;
  return wanted != draft.wanted;
}

// Whether the client's end of the story and the record can both be true.
bool Likeness::is_possible(const Draft& draft, EventIndex i) const {
  if (const auto of_client = notes_.try_of_client(i)) {
    const Fate& said = notes_.fate(*of_client);
    return can_be_one_try(said, draft.by_gateway, Server::gateway) &&
           can_be_one_try(said, draft.by_host, Server::host);
  }
  const Part part = notes_.marks(i).part;
  if (!draft.client || (part != Part::gateway && part != Part::host)) return true;
  Fate record;
  note_marks(notes_.marks(i), *timeline_.places[i].ticks, record);
  const bool was_there = draft.said.arrived && *timeline_.places[i].ticks > *draft.said.arrived;
  if (was_there && record.broke && *record.broke < session_depth()) return false;
  return can_be_one_try(draft.said, record, part == Part::gateway ? Server::gateway : Server::host);
}

bool Likeness::is_target(HostIndex host) const {
  const auto& roles = timeline_.hosts[host].roles;
  return std::binary_search(roles.begin(), roles.end(), "session-host");
}

}  // namespace rdptriage::timeline
