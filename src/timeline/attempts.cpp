#include "timeline/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "rdptriage/function_ref.hpp"
#include "timeline/fate.hpp"
#include "timeline/hosts.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
// Events of one try follow each other within this; a user who tries again needs longer than that
// only rarely, and then a start mark tells the tries apart.
constexpr std::int64_t kSameAttemptGap = 90 * kSecond;
// What is still logged after an attempt was closed: the other machines' view of the same end.
constexpr std::int64_t kAfterEnd = 5 * kSecond;
// What a machine logs of a try beside the records of the connection itself, such as a failed logon
// or a TLS alert: by its own clock, it is no further off.
constexpr std::int64_t kSameMachineGap = 15 * kSecond;
// The channels of one gateway connection are opened within this.
constexpr std::int64_t kSameStart = 2 * kSecond;
// As many letters of a client's name as RDP carries.
constexpr std::size_t kClientName = 15;
// How many open tries a record is compared with: more at once are not told apart anyway.
constexpr std::ptrdiff_t kMostOpen = 64;
constexpr std::string_view kNoActivity = "{00000000-0000-0000-0000-000000000000}";

// A try while it is being put together.
struct Draft {
  std::vector<EventIndex> events;
  std::set<HostIndex> started_by;  // hosts that logged a start
  bool started = false;            // … or a start without a host
  std::optional<std::int64_t> ended;
  EventIndex ended_by = 0;  // of a text
  TimeScale scale = TimeScale::common;
  std::optional<std::int64_t> first, last;  // on `scale`
  bool from_text = false;                   // lines of one artifact
  bool broke = false, arrived = false;      // what its records say of it
  // What one machine's log calls an activity, in one channel.
  std::map<std::pair<std::optional<HostIndex>, std::string_view>, std::string_view> activities;
  // Whom one machine says that it is about. Machines may differ: a gateway sees the client's public
  // address, the host the gateway's; and the gateway may have been given another user.
  std::map<std::optional<HostIndex>, std::string> users, clients;
  std::set<HostIndex> targets;
  bool other_target = false;
  std::string user;
  std::set<std::string> all_users;
  std::set<HostIndex> hosts;        // that logged it, …
  std::set<HostIndex> served_by;    // … as the host
  std::optional<HostIndex> client;  // the machine whose own log tells of it, …
  Fate said;                        // … what it says in the end, …
  std::string wanted;               // … and the name that it asked for
  Fate by_gateway, by_host;
  std::optional<EventIndex> start;  // the last one
};

struct Hint {
  std::string user, client;
  std::string from;    // the client as the record has it, with the port
  std::string wanted;  // the target's name
  std::optional<HostIndex> target;
  bool other_target = false;
};

std::string client_key(std::string_view text) {
  std::string key = host_key(text);
  if (key == "localhost" || key == "::1" || key == "0.0.0.0" || key.rfind("127.", 0) == 0)
    return {};
  return key;
}

// Whose part in a connection a record tells of.
enum class Part : std::uint8_t { other, client, gateway, host };

struct Marks {
  bool bound = false, near = false, start = false, end = false, broke = false, arrived = false;
  std::optional<std::size_t> broke_at, passed_at, near_at;  // depths of stages
  Part part = Part::other;

  bool makes_attempt() const { return bound || start || end; }
};

void note_marks(const Marks& marks, std::int64_t ticks, Fate& fate) {
  if (marks.broke) fate.note_broke(marks.broke_at);
  fate.note_passed(marks.passed_at);
  if (marks.arrived) fate.note_arrived(ticks);
}

// "10.20.30." of an IPv4 address: the machines beside it.
std::string_view network_of(std::string_view address) {
  return address.find(':') == std::string_view::npos ? address.substr(0, address.rfind('.') + 1)
                                                     : std::string_view();
}

// A line of a client trace or a copied dialog, as against a record of an event log.
bool is_text_of_attempt(const event::Event& event) {
  return event.key.product == "rdp" && !event.key.event_id;
}

// Also a row of another log that knows when it was written, such as that of a web server.
bool is_log_record(const event::Event& event) {
  return event.key.event_id || !is_text_of_attempt(event);
}

void add(Draft& draft, EventIndex index, const Place& place) {
  draft.events.push_back(index);
  if (place.scale != draft.scale) return;
  draft.first = draft.first ? std::min(*draft.first, *place.ticks) : *place.ticks;
  draft.last = draft.last ? std::max(*draft.last, *place.ticks) : *place.ticks;
}

class Stitcher {
 public:
  Stitcher(const event::EventStore& store, const TimelineInput& input, Timeline& timeline)
      : store_(store), timeline_(timeline), marks_(store.events().size()) {
    const HostFinder finder(timeline);
    for (const AttemptHint& given : input.hints) {
      Hint& hint = hints_[given.event];
      if (auto user = user_key(given.user); !user.empty()) hint.user = std::move(user);
      if (auto client = client_key(given.client); !client.empty()) hint.client = std::move(client);
      hint.from = given.client;
      if (host_key(given.target).empty()) continue;
      if (!is_address(given.target)) hint.wanted = host_key(given.target);
      hint.target = finder.find(given.target);
      hint.other_target = !hint.target && !is_address(given.target);
    }
    for (const EventMark& mark : input.marks) {
      Marks& of = marks_[mark.event];
      switch (mark.mark) {
        case Mark::bound:
          of.bound = true;
          break;
        case Mark::near:
          of.near = true;
          of.near_at = mark.depth;
          break;
        case Mark::start:
          of.start = true;
          break;
        case Mark::end:
          of.end = true;
          break;
        case Mark::broke:
          of.broke = true;
          of.broke_at = mark.depth;
          break;
        case Mark::passed:
          of.passed_at = std::max(of.passed_at, mark.depth);
          break;
        case Mark::arrived:
          of.arrived = true;
          break;
      }
    }
    for (const HostClaim& claim : input.claims) {
      Part& part = marks_[claim.event].part;
      if (claim.role == "client") part = Part::client;
      if (claim.role == "gateway") part = Part::gateway;
      if (claim.role == "session-host") part = Part::host;
    }
    for (const HostRecord& host : timeline.hosts) {
      has_gateway_ =
          has_gateway_ || std::binary_search(host.roles.begin(), host.roles.end(), "gateway");
    }
  }

  void run() {
    take_texts();
    const std::size_t texts = drafts_.size();
    take_records(TimeScale::common);
    const std::size_t instants = drafts_.size();
    take_records(TimeScale::local);
    join_texts(texts, instants);
    publish();
    count_unplaced();
  }

 private:
  // Lines in their order: what one process wrote into an artifact is one attempt unless marks open
  // another.
  void take_texts() {
    const auto& events = store_.events();
    for (EventIndex i = 0; i < events.size();) {
      EventIndex last = i;
      while (last < events.size() && events[last].locator.artifact == events[i].locator.artifact) {
        ++last;
      }
      take_text(i, last);
      i = last;
    }
  }

  void take_text(EventIndex first, EventIndex last) {
    const auto runs = runs_of(first, last);
    std::map<std::string_view, std::size_t> current;  // the draft that each run writes to
    std::string_view run;
    for (EventIndex i = first; i < last; ++i) {
      if (!is_text_of_attempt(store_.events()[i])) continue;
      // A line that names no process, or one that is no run of its own, continues the one before.
      if (const auto process = process_of(i); runs.count(process) != 0) run = process;
      const auto [at, added] = current.emplace(run, drafts_.size());
      if (!added) {
        const Draft& draft = drafts_[at->second];
        if ((marks_[i].start && (draft.started || draft.ended)) || fails_again(draft, i))
          at->second = drafts_.size();
      }
      if (at->second == drafts_.size()) drafts_.emplace_back().from_text = true;
      Draft& draft = drafts_[at->second];
      add(draft, i, timeline_.places[i]);
      note(draft, i, {});
      if (marks_[i].start) draft.started = true;
      if (!marks_[i].end) continue;
      draft.ended = timeline_.places[i].ticks;
      draft.ended_by = i;
    }
  }

  // Two dialogs that somebody pasted into one ticket: each ends a try, and their own times tell
  // them apart.
  bool fails_again(const Draft& draft, EventIndex i) const {
    const auto has_time = [this](EventIndex of) {
      return store_.events()[of].key.time_quality != TimeQuality::none;
    };
    return (marks_[i].end || marks_[i].broke) && draft.ended && has_time(i) &&
           has_time(draft.ended_by) &&
           std::abs(*timeline_.places[i].ticks - *draft.ended) > kSameAttemptGap;
  }

  std::string_view process_of(EventIndex i) const {
    for (const Field& field : store_.events()[i].fields) {
      if (field.name == "ProcessId") return field.value;
    }
    return {};
  }

  // The processes that made an attempt of their own: each has a line that opens or closes one, or
  // says that a stage was passed or broke.
  std::set<std::string_view> runs_of(EventIndex first, EventIndex last) const {
    std::set<std::string_view> runs;
    for (EventIndex i = first; i < last; ++i) {
      if (!is_text_of_attempt(store_.events()[i]) || !marks_[i].makes_attempt()) continue;
      if (const auto process = process_of(i); !process.empty()) runs.insert(process);
    }
    return runs;
  }

  // Records of event logs whose times can be compared, in time order over all hosts; then what may
  // have to do with them.
  void take_records(TimeScale scale) {
    const std::size_t first = drafts_.size();
    open_.clear();
    const auto bound = records(scale, [](const Marks& marks) { return marks.makes_attempt(); });
    foresee(bound);
    foresee_targets(bound);
    for (const EventIndex i : bound) take_record(i);
    take_near(
        records(scale, [](const Marks& marks) { return marks.near && !marks.makes_attempt(); }),
        first);
  }

  // What came of each try by the client's own log. The client knows it last, and whether another
  // machine's record can be of the same try depends on it.
  void foresee(const std::vector<EventIndex>& order) {
    struct Open {
      std::size_t fate = 0;
      std::int64_t last = 0;
      bool started = false, ended = false;
    };
    std::map<std::pair<HostIndex, std::string_view>, Open> open;
    for (const EventIndex i : order) {
      const Place& place = timeline_.places[i];
      if (marks_[i].part != Part::client || !place.host) continue;
      const auto [at, added] = open.try_emplace(std::pair(*place.host, activity_of(i)));
      Open& now = at->second;
      const bool another = marks_[i].start ? now.started || now.ended
                                           : now.ended && *place.ticks - now.last > kAfterEnd;
      if (added || another) {
        now = Open{fates_.size()};
        fates_.emplace_back();
      }
      now.started = now.started || marks_[i].start;
      now.ended = now.ended || marks_[i].end;
      now.last = *place.ticks;
      note_marks(marks_[i], *place.ticks, fates_[now.fate]);
      fate_of_.emplace(i, now.fate);
    }
  }

  // A gateway checks who the user is before it names the target: the next record of the same user
  // and client does.
  void foresee_targets(const std::vector<EventIndex>& order) {
    struct Named {
      std::string target;
      std::int64_t ticks = 0;
    };
    std::map<std::tuple<std::optional<HostIndex>, std::string, std::string>, Named> next;
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      const auto hint = hints_.find(*at);
      if (hint == hints_.end() || marks_[*at].part != Part::gateway || hint->second.user.empty())
        continue;
      const Place& place = timeline_.places[*at];
      Named& named = next[{place.host, hint->second.user, hint->second.client}];
      if (!hint->second.wanted.empty()) {
        named = {hint->second.wanted, *place.ticks};
      } else if (!named.target.empty() && named.ticks - *place.ticks <= kAfterEnd) {
        hint->second.wanted = named.target;
      }
    }
  }

  // What may have to do with the tries from `first` on. First what names somebody of a try: it may
  // tell whose try that is.
  void take_near(const std::vector<EventIndex>& order, std::size_t first) {
    const std::size_t last = drafts_.size();
    std::vector<EventIndex> unnamed;
    std::vector<std::pair<EventIndex, std::size_t>> found;
    const auto join = [&](const std::vector<std::pair<EventIndex, std::size_t>>& pairs) {
      for (const auto& [i, draft] : pairs) {
        drafts_[draft].events.push_back(i);
        note_people(drafts_[draft], i);
      }
    };
    for (const EventIndex i : order) {
      const auto target = nearest(i, first, last);
      if (target && target->points > 0) {
        found.emplace_back(i, target->draft);
      } else if (target) {
        unnamed.push_back(i);
      }
    }
    join(found);
    found.clear();
    for (const EventIndex i : unnamed) {
      if (const auto target = nearest(i, first, last)) found.emplace_back(i, target->draft);
    }
    join(found);
  }

  std::string_view activity_of(EventIndex i) const {
    const auto activity = store_.events()[i].system.activity_id.value_or(std::string_view());
    return activity == kNoActivity ? std::string_view() : activity;
  }

  // Those that `wanted` takes, by time.
  std::vector<EventIndex> records(TimeScale scale, FunctionRef<bool(const Marks&)> wanted) const {
    const auto& events = store_.events();
    std::vector<EventIndex> order;
    for (EventIndex i = 0; i < events.size(); ++i) {
      if (is_log_record(events[i]) && timeline_.places[i].scale == scale && wanted(marks_[i])) {
        order.push_back(i);
      }
    }
    std::stable_sort(order.begin(), order.end(), [this](EventIndex a, EventIndex b) {
      return *timeline_.places[a].ticks < *timeline_.places[b].ticks;
    });
    return order;
  }

  struct Nearest {
    std::size_t draft = 0;
    int points = 0;
  };

  // The try that began or ended next to a record (a session goes on for hours, and what happens
  // meanwhile has nothing to do with it), of those that it can be of the one that names the same
  // people; drafts from `first` on are in order of their start.
  std::optional<Nearest> nearest(EventIndex i, std::size_t first, std::size_t last) const {
    const std::int64_t ticks = *timeline_.places[i].ticks;
    const auto begin = drafts_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = drafts_.begin() + static_cast<std::ptrdiff_t>(last);
    auto at = std::partition_point(
        begin, end, [&](const Draft& draft) { return *draft.first <= ticks + kSameAttemptGap; });
    const auto& host = timeline_.places[i].host;
    std::optional<Nearest> best;
    std::int64_t least = 0;
    for (std::ptrdiff_t looked_at = 0; at != begin && looked_at < kMostOpen; ++looked_at) {
      --at;
      const std::int64_t off = std::min(std::abs(ticks - *at->first), std::abs(ticks - *at->last));
      const bool same_clock = host && at->hosts.count(*host) != 0;
      if (off > (same_clock ? kSameMachineGap : kSameAttemptGap) || !took_part(*at, i)) continue;
      const auto points = likeness(*at, i);
      if (!points) continue;
      if (best && (*points < best->points || (*points == best->points && off >= least))) continue;
      best = Nearest{static_cast<std::size_t>(at - drafts_.begin()), *points};
      least = off;
    }
    return best;
  }

  // Whether the record's machine can have had to do with the try: one host is the target, and where
  // that one has logged the try, or the client has named another, no other host is. A third machine
  // (a domain controller, a license server) knows of the logon and the license, but not of what the
  // two ends do before.
  bool took_part(const Draft& draft, EventIndex i) const {
    const auto& host = timeline_.places[i].host;
    if (!host || draft.hosts.count(*host) != 0 || draft.targets.count(*host) != 0) return true;
    const bool host_known = !draft.served_by.empty() || !draft.targets.empty();
    if (is_target(*host)) return !host_known && !draft.other_target;
    static const std::size_t first = *stage_depth("host-tcp"), last = *stage_depth("host-tls");
    const auto depth = marks_[i].near_at;
    const bool between_ends = depth && *depth >= first && *depth <= last;
    return !between_ends || !host_known || !draft.client;
  }

  void take_record(EventIndex i) {
    const auto activity = activity_of(i);
    const bool has_activity = !activity.empty();
    std::optional<std::size_t> target;
    if (has_activity) {
      if (const auto at = by_activity_.find(activity); at != by_activity_.end())
        target = at->second;
    }
    const auto fate = fate_of_.find(i);
    if (fate != fate_of_.end() && !target) {
      if (const auto at = by_fate_.find(fate->second); at != by_fate_.end()) target = at->second;
    }
    if (!target) target = near_in_time(i);
    if (!target) {
      target = drafts_.size();
      drafts_.emplace_back().scale = timeline_.places[i].scale;
      open_.push_back(*target);
    }
    Draft& draft = drafts_[*target];
    const Place& place = timeline_.places[i];
    add(draft, i, place);
    note(draft, i, activity);
    if (place.host) draft.hosts.insert(*place.host);
    if (place.host && marks_[i].part == Part::host) draft.served_by.insert(*place.host);
    if (marks_[i].start) draft.start = i;
    if (fate != fate_of_.end()) by_fate_.emplace(fate->second, *target);
    if (has_activity) by_activity_.emplace(activity, *target);
    if (marks_[i].start) {
      if (place.host)
        draft.started_by.insert(*place.host);
      else
        draft.started = true;
    }
    if (marks_[i].end && !draft.ended && place.scale == draft.scale) draft.ended = place.ticks;
  }

  void note(Draft& draft, EventIndex i, std::string_view activity) const {
    const event::Event& event = store_.events()[i];
    draft.broke = draft.broke || marks_[i].broke || event.key.service == "client-disconnect";
    draft.arrived = draft.arrived || marks_[i].arrived;
    const auto& host = timeline_.places[i].host;
    if (!activity.empty()) draft.activities.emplace(std::pair(host, event.key.channel), activity);
    if (const auto fate = fate_of_.find(i); fate != fate_of_.end() && !draft.client) {
      draft.client = host;
      draft.said = fates_[fate->second];
    }
    if (Fate* const fate = fate_by(draft, marks_[i].part))
      note_marks(marks_[i], *timeline_.places[i].ticks, *fate);
    note_people(draft, i);
    const auto hint = hints_.find(i);
    if (hint == hints_.end()) return;
    if (marks_[i].part == Part::client && draft.wanted.empty()) draft.wanted = hint->second.wanted;
    if (hint->second.target) draft.targets.insert(*hint->second.target);
    draft.other_target = draft.other_target || hint->second.other_target;
  }

  static Fate* fate_by(Draft& draft, Part part) {
    return part == Part::gateway ? &draft.by_gateway
           : part == Part::host  ? &draft.by_host
                                 : nullptr;
  }

  void note_people(Draft& draft, EventIndex i) const {
    const auto& host = timeline_.places[i].host;
    const auto hint = hints_.find(i);
    if (hint == hints_.end()) return;
    if (!hint->second.user.empty()) {
      draft.users.emplace(host, hint->second.user);
      draft.all_users.insert(hint->second.user);
      if (draft.user.empty()) draft.user = hint->second.user;
    }
    if (!hint->second.client.empty()) draft.clients.emplace(host, hint->second.client);
  }

  // The try that this record fits best, the latest of those that it fits equally.
  std::optional<std::size_t> near_in_time(EventIndex i) const {
    const Place& place = timeline_.places[i];
    const auto stop = std::min<std::ptrdiff_t>(std::ssize(open_), kMostOpen);
    std::optional<std::size_t> best;
    int most = -1;
    for (auto at = open_.rbegin(); at != open_.rbegin() + stop; ++at) {
      const Draft& draft = drafts_[*at];
      if (draft.ended && *place.ticks - *draft.ended > kAfterEnd) continue;
      const bool started_here =
          place.host ? draft.started_by.count(*place.host) != 0 : draft.started;
      if (marks_[i].start && started_here && !is_same_start(draft, i)) continue;
      const auto points = likeness(draft, i);
      if (*place.ticks - *draft.last > kSameAttemptGap && !ends(draft, i)) continue;
      if (points && *points > most) {
        best = *at;
        most = *points;
      }
    }
    return best;
  }

  // A gateway logs a start for each of the two channels of a connection.
  bool is_same_start(const Draft& draft, EventIndex i) const {
    if (!draft.start || timeline_.places[*draft.start].host != timeline_.places[i].host)
      return false;
    const event::Event &known = store_.events()[*draft.start], &event = store_.events()[i];
    const auto mine = hints_.find(i), theirs = hints_.find(*draft.start);
    if (mine == hints_.end() || theirs == hints_.end()) return false;
    return known.key.channel == event.key.channel && known.key.event_id != event.key.event_id &&
           !mine->second.from.empty() && mine->second.from == theirs->second.from &&
           *timeline_.places[i].ticks - *timeline_.places[*draft.start].ticks <= kSameStart;
  }

  // The end of a session, which may come hours later: of the same user and client by the same
  // machine.
  bool ends(const Draft& draft, EventIndex i) const {
    const auto& host = timeline_.places[i].host;
    const auto hint = hints_.find(i);
    if (!marks_[i].end || marks_[i].start || draft.ended || hint == hints_.end()) return false;
    const auto user = draft.users.find(host), client = draft.clients.find(host);
    return user != draft.users.end() && user->second == hint->second.user &&
           client != draft.clients.end() && client->second == hint->second.client;
  }

  // How much of what the record names the try names too; nothing when they contradict each other.
  std::optional<int> likeness(const Draft& draft, EventIndex i) const {
    const event::Event& event = store_.events()[i];
    const auto& host = timeline_.places[i].host;
    if (const auto activity = activity_of(i); !activity.empty()) {
      const auto known = draft.activities.find({host, event.key.channel});
      if (known != draft.activities.end() && known->second != activity) return std::nullopt;
    }
    if (host && !draft.targets.empty() && draft.targets.count(*host) == 0 && is_target(*host))
      return std::nullopt;
    const bool by_client = fate_of_.count(i) != 0;
    if (by_client && draft.client && draft.client != host) return std::nullopt;
    const auto given = hints_.find(i);
    const Hint none;
    const Hint& hint = given == hints_.end() ? none : given->second;
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
  std::vector<std::pair<Part, std::string>> named_clients(const Draft& draft, EventIndex i) const {
    std::vector<std::pair<Part, std::string>> out;
    if (fate_of_.count(i) != 0) {
      for (const auto& [by, client] : draft.clients) {
        out.emplace_back(by && is_target(*by) ? Part::host : Part::other, client);
      }
    } else if (const auto hint = hints_.find(i); draft.client && hint != hints_.end()) {
      if (!hint->second.client.empty()) out.emplace_back(marks_[i].part, hint->second.client);
    }
    return out;
  }

  enum class Same : std::uint8_t { unknown, yes, no };

  // Whether the client that a record names, by name or address, is this machine. An address that
  // nobody knows may be that of a gateway or of a router on the way, unless it is of the network
  // that the machine itself is in.
  Same is_client(HostIndex machine, const std::string& named, Part by, const Draft& draft) const {
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
  bool asks_for_another(const Draft& draft, EventIndex i, const std::string& wanted) const {
    if (marks_[i].part != Part::gateway || wanted.empty() || draft.wanted.empty()) return false;
    return wanted != draft.wanted;
  }

  // Whether the client's end of the story and the record can both be true.
  bool is_possible(const Draft& draft, EventIndex i) const {
    if (const auto fate = fate_of_.find(i); fate != fate_of_.end()) {
      const Fate& said = fates_[fate->second];
      return can_be_one_try(said, draft.by_gateway, Server::gateway) &&
             can_be_one_try(said, draft.by_host, Server::host);
    }
    const Part part = marks_[i].part;
    if (!draft.client || (part != Part::gateway && part != Part::host)) return true;
    Fate record;
    note_marks(marks_[i], *timeline_.places[i].ticks, record);
    static const std::size_t session = stage_names().size() - 1;
    if (draft.said.arrived && record.broke &&
        *record.broke<session&& * timeline_.places[i].ticks> * draft.said.arrived)
      return false;  // it was in its session by then
    return can_be_one_try(draft.said, record,
                          part == Part::gateway ? Server::gateway : Server::host);
  }

  bool is_target(HostIndex host) const {
    const auto& roles = timeline_.hosts[host].roles;
    return std::binary_search(roles.begin(), roles.end(), "session-host");
  }

  // A trace and records of the same moment are one try. A trace without a comparable clock can only
  // be placed when there is nothing to choose: one trace, one try in the logs. Drafts from `texts`
  // on are of records, those before `instants` with instants.
  void join_texts(std::size_t texts, std::size_t instants) {
    const std::size_t records = drafts_.size() - texts;
    for (std::size_t text = 0; text < texts; ++text) {
      std::optional<std::size_t> partner;
      if (drafts_[text].first) {
        partner = overlapping(drafts_[text], texts, instants);
      } else if (texts == 1 && records == 1 && !contradict(drafts_[text], drafts_[texts])) {
        partner = texts;
      }
      if (!partner || drafts_[*partner].events.empty()) continue;
      Draft &draft = drafts_[text], &from = drafts_[*partner];
      if (!draft.first) draft.scale = from.scale;
      for (const EventIndex i : from.events) add(draft, i, timeline_.places[i]);
      draft.targets.insert(from.targets.begin(), from.targets.end());
      draft.other_target = draft.other_target || from.other_target;
      if (draft.user.empty()) draft.user = from.user;
      draft.all_users.insert(from.all_users.begin(), from.all_users.end());
      from.events.clear();
    }
  }

  // What one calls a failure is not what went well by the other.
  static bool contradict(const Draft& text, const Draft& records) {
    return (text.broke && !text.arrived && records.arrived) ||
           (records.broke && !records.arrived && text.arrived);
  }

  // The first try of the logs, of those from `from` to `to`, whose time overlaps the draft's. They
  // are in order of their first record.
  std::optional<std::size_t> overlapping(const Draft& draft, std::size_t from,
                                         std::size_t to) const {
    const auto begin = drafts_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = drafts_.begin() + static_cast<std::ptrdiff_t>(to);
    auto at = std::partition_point(begin, end, [&](const Draft& other) {
      return *other.first + kSameAttemptGap < *draft.first;
    });
    // A try that began earlier may still have been going on.
    if (at != begin && *std::prev(at)->last + kSameAttemptGap >= *draft.first) --at;
    if (at == end || *draft.last + kSameAttemptGap < *at->first) return std::nullopt;
    return static_cast<std::size_t>(at - drafts_.begin());
  }

  void publish() {
    drafts_.erase(std::remove_if(drafts_.begin(), drafts_.end(),
                                 [](const Draft& draft) { return draft.events.empty(); }),
                  drafts_.end());
    std::stable_sort(drafts_.begin(), drafts_.end(), [](const Draft& a, const Draft& b) {
      if (a.first.has_value() != b.first.has_value()) return a.first.has_value();
      if (!a.first) return false;  // those without a time last, as they came
      return std::pair(a.scale, *a.first) < std::pair(b.scale, *b.first);
    });
    for (Draft& draft : drafts_) {
      const auto index = static_cast<AttemptIndex>(timeline_.attempts.size());
      AttemptRecord attempt;
      attempt.key = fmt::format("a{}", index + 1);
      attempt.start = draft.first;
      attempt.end = draft.last;
      attempt.scale = draft.scale;
      std::set<HostIndex> hosts;
      for (const EventIndex i : draft.events) {
        timeline_.places[i].attempt = index;
        if (timeline_.places[i].host) hosts.insert(*timeline_.places[i].host);
      }
      attempt.hosts.assign(hosts.begin(), hosts.end());
      attempt.targets.assign(draft.targets.begin(), draft.targets.end());
      attempt.other_target = draft.other_target;
      attempt.user = std::move(draft.user);
      attempt.users.assign(draft.all_users.begin(), draft.all_users.end());
      attempt.events = std::move(draft.events);
      timeline_.attempts.push_back(std::move(attempt));
    }
  }

  void count_unplaced() {
    for (EventIndex i = 0; i < marks_.size(); ++i) {
      if (store_.events()[i].key.event_id && marks_[i].makes_attempt() &&
          !timeline_.places[i].attempt) {
        ++timeline_.records_without_time;
      }
    }
  }

  const event::EventStore& store_;
  Timeline& timeline_;
  std::vector<Marks> marks_;
  std::map<EventIndex, Hint> hints_;
  bool has_gateway_ = false;
  std::vector<Fate> fates_;                    // of the tries in the logs of clients
  std::map<EventIndex, std::size_t> fate_of_;  // of their records
  std::vector<Draft> drafts_;
  std::vector<std::size_t> open_;  // drafts of event logs, oldest first
  std::map<std::string_view, std::size_t> by_activity_;
  std::map<std::size_t, std::size_t> by_fate_;
};
}  // namespace

void stitch_attempts(const event::EventStore& store, const TimelineInput& input,
                     Timeline& timeline) {
  Stitcher(store, input, timeline).run();
}

}  // namespace rdptriage::timeline
