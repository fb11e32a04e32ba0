#include "timeline/clocks.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "timeline/fate.hpp"
#include "timeline/hosts.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
// Two machines log the same step of a connection within this.
constexpr std::int64_t kSameStep = 2 * kSecond;
// A clock that is further off breaks the domain's logon before it breaks a connection.
constexpr std::int64_t kFarthest = std::int64_t{65} * 60 * kSecond;
constexpr std::int64_t kSummerTime = std::int64_t{3600} * kSecond;
constexpr std::int64_t kLeastUncertainty = 2 * kSecond;
// What one start on each side proves is less sure: they may be seconds apart for other reasons.
constexpr std::int64_t kSingleUncertainty = 10 * kSecond;
constexpr std::size_t kMostStarts = 200;
constexpr std::size_t kFewestStarts = 3;
constexpr std::size_t kMostHosts = 16;
constexpr std::string_view kNoActivity = "{00000000-0000-0000-0000-000000000000}";

// How far the clock of the second machine is ahead of the first one's.
struct Difference {
  std::int64_t ticks = 0;
  std::int64_t uncertainty = 0;
};

Difference middle_of(std::vector<std::int64_t> differences) {
  std::sort(differences.begin(), differences.end());
  Difference out;
  out.ticks = differences[differences.size() / 2];
  out.uncertainty = std::max(kLeastUncertainty, (differences.back() - differences.front() + 1) / 2);
  // The way over the network is not the clocks' difference.
  if (std::abs(out.ticks) <= out.uncertainty) out.ticks = 0;
  return out;
}

class Clocks {
 public:
  Clocks(const event::EventStore& store, const TimelineInput& input, Timeline& timeline)
      : store_(store), input_(input), timeline_(timeline), seen_(timeline.hosts.size()) {}

  void run() {
    place_local_times();
    gather();
    measure();
    ask_time_servers();
    apply();
  }

 private:
  // One record of a step that another machine logs too.
  struct Step {
    std::int64_t ticks = 0;
    std::set<HostIndex> others;  // machines of the case that the record names
  };
  // What a machine's clock can be compared by.
  struct Seen {
    std::map<std::string_view, std::int64_t> activities;  // first record of each
    std::vector<std::int64_t> starts;                     // sorted
    std::set<HostIndex> wanted;                           // machines it names as the other end
    std::map<std::string_view, std::vector<Step>> steps;  // by the moment's name
    Fate fate;                                            // of what it tells of in all
    std::set<std::string> clients;                        // addresses of clients that it names
  };

  void place_local_times() {
    for (std::size_t i = 0; i < timeline_.places.size(); ++i) {
      Place& place = timeline_.places[i];
      if (place.scale == TimeScale::common || !place.ticks) continue;
      const auto zone = zone_of(place);
      if (!zone || store_.events()[i].key.time_quality != TimeQuality::local) continue;
      *place.ticks -= *zone;
      place.scale = TimeScale::common;
    }
  }

  // What the machine says, else what the user says of all machines.
  std::optional<std::int64_t> zone_of(const Place& place) const {
    if (place.host && timeline_.hosts[*place.host].zone) return timeline_.hosts[*place.host].zone;
    for (const KnownHost& known : input_.known) {
      if (known.name.empty() && known.zone) return known.zone;
    }
    return std::nullopt;
  }

  void gather() {
    const auto& events = store_.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Place& place = timeline_.places[i];
      if (!place.host || place.scale != TimeScale::common || *place.host >= kMostHosts) continue;
      const auto activity = events[i].system.activity_id.value_or(std::string_view());
      if (activity.empty() || activity == kNoActivity) continue;
      auto& activities = seen_[*place.host].activities;
      const auto [at, added] = activities.emplace(activity, *place.ticks);
      if (!added) at->second = std::min(at->second, *place.ticks);
    }
    for (const EventMark& mark : input_.marks) {
      const Place& place = timeline_.places[mark.event];
      if (!place.host || place.scale != TimeScale::common) continue;
      Seen& seen = seen_[*place.host];
      if (mark.mark == Mark::start) seen.starts.push_back(*place.ticks);
      if (mark.mark == Mark::broke) seen.fate.note_broke(mark.depth);
      if (mark.mark == Mark::passed) seen.fate.note_passed(mark.depth);
      if (mark.mark == Mark::arrived) seen.fate.note_arrived(*place.ticks);
    }
    for (Seen& seen : seen_) {
      std::sort(seen.starts.begin(), seen.starts.end());
      // The two channels of one gateway connection are one start.
      seen.starts.erase(
          std::unique(seen.starts.begin(), seen.starts.end(),
                      [](std::int64_t a, std::int64_t b) { return b - a < kSameStep; }),
          seen.starts.end());
    }
    for (HostIndex host = 0; host < timeline_.hosts.size(); ++host)
      has_gateway_ = has_gateway_ || has_role(host, "gateway");
    const HostFinder finder(timeline_);
    std::map<EventIndex, std::set<HostIndex>> named;
    for (const AttemptHint& hint : input_.hints) {
      const auto& host = timeline_.places[hint.event].host;
      if (!host) continue;
      if (is_address(hint.client)) seen_[*host].clients.insert(host_key(hint.client));
      for (const std::string* name : {&hint.target, &hint.client}) {
        const auto other = name->empty() ? std::nullopt : finder.find(*name);
        if (!other || *other == *host) continue;
        seen_[*host].wanted.insert(*other);
        named[hint.event].insert(*other);
      }
    }
    for (const Moment& moment : input_.moments) {
      const Place& place = timeline_.places[moment.event];
      if (!place.host || place.scale != TimeScale::common) continue;
      const auto at = named.find(moment.event);
      seen_[*place.host].steps[moment.name].push_back(
          {*place.ticks, at == named.end() ? std::set<HostIndex>() : at->second});
    }
  }

  // --- Two machines
  // --------------------------------------------------------------------------------

  std::optional<Difference> compare(HostIndex a, HostIndex b) const {
    if (auto found = by_activities(seen_[a], seen_[b])) return found;
    if (auto found = by_steps(a, b)) return found;
    if (auto found = by_pattern(seen_[a].starts, seen_[b].starts)) return found;
    return by_single_start(a, b);
  }

  static std::optional<Difference> by_activities(const Seen& a, const Seen& b) {
    std::vector<std::int64_t> differences;
    for (const auto& [activity, ticks] : a.activities) {
      const auto other = b.activities.find(activity);
      if (other != b.activities.end()) differences.push_back(other->second - ticks);
    }
    if (differences.empty()) return std::nullopt;
    return middle_of(std::move(differences));
  }

  // The same step, logged by both: the gateway opens a connection, the host accepts it. Records
  // that name a third machine of the case are of another pair.
  std::optional<Difference> by_steps(HostIndex a, HostIndex b) const {
    for (const auto& [name, steps] : seen_[a].steps) {
      const auto other = seen_[b].steps.find(name);
      if (other == seen_[b].steps.end()) continue;
      bool named = false;
      const auto first = times_of(steps, b, named), second = times_of(other->second, a, named);
      if (!named) continue;  // nothing says that it is these two machines
      if (auto found = by_pattern(first, second)) return found;
      if (first.size() != 1 || second.size() != 1) continue;
      const std::int64_t difference = second.front() - first.front();
      if (std::abs(difference) <= kFarthest) return middle_of({difference});
    }
    return std::nullopt;
  }

  static std::vector<std::int64_t> times_of(const std::vector<Step>& steps, HostIndex other,
                                            bool& named) {
    std::vector<std::int64_t> times;
    for (const Step& step : steps) {
      const bool is_other = step.others.count(other) != 0;
      if (!step.others.empty() && !is_other) continue;
      named = named || is_other;
      times.push_back(step.ticks);
    }
    std::sort(times.begin(), times.end());
    return times;
  }

  // How many starts of `b` follow those of `a` after `shift`; their exact differences.
  static std::vector<std::int64_t> matches(const std::vector<std::int64_t>& a,
                                           const std::vector<std::int64_t>& b, std::int64_t shift) {
    std::vector<std::int64_t> out;
    std::size_t j = 0;
    for (const std::int64_t start : a) {
      while (j < b.size() && b[j] < start + shift - kSameStep) ++j;
      if (j < b.size() && b[j] <= start + shift + kSameStep) out.push_back(b[j++] - start);
    }
    return out;
  }

  static std::optional<Difference> by_pattern(std::vector<std::int64_t> a,
                                              std::vector<std::int64_t> b) {
    for (auto* starts : {&a, &b}) {
      if (starts->size() > kMostStarts) starts->erase(starts->begin(), starts->end() - kMostStarts);
    }
    const std::size_t least = std::min(a.size(), b.size());
    if (least < kFewestStarts) return std::nullopt;
    // Every pair of starts is a shift that may be the clocks' difference.
    std::vector<std::int64_t> shifts;
    for (const std::int64_t start : a) {
      for (const std::int64_t other : b) {
        if (std::abs(other - start) <= kFarthest) shifts.push_back(other - start);
      }
    }
    std::sort(shifts.begin(), shifts.end());
    shifts.erase(std::unique(shifts.begin(), shifts.end(),
                             [](std::int64_t x, std::int64_t y) { return y - x < kSecond; }),
                 shifts.end());
    constexpr std::size_t kMostShifts = 2000;  // of two busy machines, nothing can be told anyway
    if (shifts.size() > kMostShifts) return std::nullopt;
    std::vector<std::int64_t> best;
    std::size_t second = 0;
    std::int64_t best_shift = 0;
    for (const std::int64_t shift : shifts) {
      auto found = matches(a, b, shift);
      if (found.size() > best.size()) {
        if (std::abs(shift - best_shift) > 2 * kSameStep) second = best.size();
        best = std::move(found);
        best_shift = shift;
      } else if (std::abs(shift - best_shift) > 2 * kSameStep) {
        second = std::max(second, found.size());
      }
    }
    // Most of the quieter machine's starts have to fit, and no other shift may fit nearly as well.
    if (best.size() < kFewestStarts || best.size() * 5 < least * 4 || best.size() * 2 < second * 3)
      return std::nullopt;
    return middle_of(std::move(best));
  }

  std::optional<Difference> by_single_start(HostIndex a, HostIndex b) const {
    const Seen &first = seen_[a], &second = seen_[b];
    if (first.starts.size() != 1 || second.starts.size() != 1) return std::nullopt;
    if (first.wanted.count(b) == 0 && second.wanted.count(a) == 0) return std::nullopt;
    if (!may_be_one_try(a, b) || !may_be_one_try(b, a)) return std::nullopt;
    const std::int64_t difference = second.starts.front() - first.starts.front();
    if (std::abs(difference) > kFarthest) return std::nullopt;
    return Difference{difference, kSingleUncertainty};
  }

  // Whether the only start of `client` can be the one that `server` tells of. Clocks are measured
  // by it, so a failure is not held against a session that came up, nor a client with known
  // addresses against one with another.
  bool may_be_one_try(HostIndex client, HostIndex server) const {
    if (!has_role(client, "client")) return true;
    const Seen &ours = seen_[client], &theirs = seen_[server];
    const bool by_gateway = has_role(server, "gateway");
    if (!can_be_one_try(ours.fate, theirs.fate, by_gateway ? Server::gateway : Server::host) ||
        (ours.fate.failed() && theirs.fate.arrived) || (ours.fate.arrived && theirs.fate.failed()))
      return false;
    const auto& aliases = timeline_.hosts[client].aliases;
    if (by_gateway || theirs.clients.empty() || has_gateway_ ||
        std::none_of(aliases.begin(), aliases.end(), is_address))
      return true;  // what a gateway or the host behind it sees is the address of something between
    return std::any_of(aliases.begin(), aliases.end(),
                       [&](const std::string& alias) { return theirs.clients.count(alias) != 0; });
  }

  bool has_role(HostIndex host, std::string_view role) const {
    const auto& roles = timeline_.hosts[host].roles;
    return std::binary_search(roles.begin(), roles.end(), role);
  }

  // --- All machines
  // --------------------------------------------------------------------------------

  // Servers keep the domain's time; their clock is the common one.
  int rank(HostIndex host) const {
    const auto has = [&](std::string_view role) { return has_role(host, role); };
    return has("session-host") ? 0 : has("gateway") ? 1 : has("client") ? 3 : 2;
  }

  void measure() {
    const auto count = static_cast<HostIndex>(std::min(timeline_.hosts.size(), kMostHosts));
    if (count < 2) return;
    std::vector<HostIndex> order;
    for (HostIndex i = 0; i < count; ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [this](HostIndex a, HostIndex b) {
      return rank(a) != rank(b) ? rank(a) < rank(b)
                                : timeline_.hosts[a].key < timeline_.hosts[b].key;
    });
    // From the common clock outwards, over as few comparisons as possible.
    for (const HostIndex root : order) {
      if (timeline_.hosts[root].clock_offset) continue;
      std::vector<HostIndex> reached = {root};
      for (std::size_t at = 0; at < reached.size(); ++at) {
        for (const HostIndex other : order) {
          if (other == root || timeline_.hosts[other].clock_offset) continue;
          const auto difference = compare(reached[at], other);
          if (!difference) continue;
          const HostRecord& from = timeline_.hosts[reached[at]];
          timeline_.hosts[other].clock_offset = from.clock_offset.value_or(0) + difference->ticks;
          timeline_.hosts[other].clock_uncertainty =
              from.clock_uncertainty.value_or(0) + difference->uncertainty;
          reached.push_back(other);
        }
      }
      if (reached.size() > 1) {
        timeline_.hosts[root].clock_offset = 0;
        timeline_.hosts[root].clock_uncertainty = 0;
      }
    }
  }

  // A machine that was held against a time server, and against no other machine of the case: those
  // have the server's time, as far as is known.
  void ask_time_servers() {
    for (HostRecord& host : timeline_.hosts) {
      if (host.clock_offset || host.time_server.empty()) continue;
      host.clock_offset = -host.time_server[host.time_server.size() / 2];
      host.clock_uncertainty = kUnmeasured;
    }
  }

  void apply() {
    for (Place& place : timeline_.places) {
      if (place.scale == TimeScale::artifact) continue;
      place.uncertainty = kUnmeasured;
      if (!place.host || place.scale != TimeScale::common) continue;
      const HostRecord& host = timeline_.hosts[*place.host];
      const bool local = store_.events()[static_cast<std::size_t>(&place - timeline_.places.data())]
                             .key.time_quality == TimeQuality::local;
      if (local && host.zone_may_be_summer && !host.clock_offset) place.uncertainty += kSummerTime;
      if (!host.clock_offset) continue;
      *place.ticks -= *host.clock_offset;
      place.uncertainty = *host.clock_uncertainty;
    }
  }

  const event::EventStore& store_;
  const TimelineInput& input_;
  Timeline& timeline_;
  std::vector<Seen> seen_;
  bool has_gateway_ = false;
};
}  // namespace

void align_clocks(const event::EventStore& store, const TimelineInput& input, Timeline& timeline) {
  Clocks(store, input, timeline).run();
}

}  // namespace rdptriage::timeline
