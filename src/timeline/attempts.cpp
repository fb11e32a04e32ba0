#include "timeline/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/text.hpp"
#include "rdptriage/function_ref.hpp"
#include "timeline/hosts.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
// Events of one try follow each other within this; a user who tries again needs longer than that
// only rarely, and then a start mark tells the tries apart.
constexpr std::int64_t kSameAttemptGap = 90 * kSecond;
// What is still logged after an attempt was closed: the other machines' view of the same end.
constexpr std::int64_t kAfterEnd = 5 * kSecond;
// How many open tries a record is compared with: more at once are not told apart anyway.
constexpr std::ptrdiff_t kMostOpen = 64;
constexpr std::string_view kNoActivity = "{00000000-0000-0000-0000-000000000000}";

// A try while it is being put together.
struct Draft {
  std::vector<EventIndex> events;
  std::set<HostIndex> started_by;  // hosts that logged a start
  bool started = false;            // … or a start without a host
  std::optional<std::int64_t> ended;
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
};

struct Hint {
  std::string user, client;
  std::optional<HostIndex> target;
  bool other_target = false;
};

std::string client_key(std::string_view text) {
  std::string key = host_key(text);
  if (key == "localhost" || key == "::1" || key == "0.0.0.0" || key.rfind("127.", 0) == 0)
    return {};
  return key;
}

struct Marks {
  bool bound = false, near = false, start = false, end = false, broke = false, arrived = false;

  bool makes_attempt() const { return bound || start || end; }
};

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
      if (host_key(given.target).empty()) continue;
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
          break;
        case Mark::start:
          of.start = true;
          break;
        case Mark::end:
          of.end = true;
          break;
        case Mark::broke:
          of.broke = true;
          break;
        case Mark::arrived:
          of.arrived = true;
          break;
      }
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
        if (marks_[i].start && (draft.started || draft.ended)) at->second = drafts_.size();
      }
      if (at->second == drafts_.size()) drafts_.emplace_back().from_text = true;
      Draft& draft = drafts_[at->second];
      add(draft, i, timeline_.places[i]);
      note(draft, i, {});
      if (marks_[i].start) draft.started = true;
      if (marks_[i].end) draft.ended = timeline_.places[i].ticks;
    }
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
    for (const EventIndex i :
         records(scale, [](const Marks& marks) { return marks.makes_attempt(); })) {
      take_record(i);
    }
    const std::size_t last = drafts_.size();
    for (const EventIndex i :
         records(scale, [](const Marks& marks) { return marks.near && !marks.makes_attempt(); })) {
      if (const auto target = nearest(i, first, last)) drafts_[*target].events.push_back(i);
    }
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

  // The try that began or ended next to a record (a session goes on for hours, and what happens
  // meanwhile has nothing to do with it); drafts from `first` on are in order of their start.
  std::optional<std::size_t> nearest(EventIndex i, std::size_t first, std::size_t last) const {
    const std::int64_t ticks = *timeline_.places[i].ticks;
    const auto begin = drafts_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = drafts_.begin() + static_cast<std::ptrdiff_t>(last);
    auto at = std::partition_point(
        begin, end, [&](const Draft& draft) { return *draft.first <= ticks + kSameAttemptGap; });
    std::optional<std::size_t> best;
    std::int64_t least = kSameAttemptGap + 1;
    for (std::ptrdiff_t looked_at = 0; at != begin && looked_at < kMostOpen; ++looked_at) {
      --at;
      const std::int64_t off = std::min(std::abs(ticks - *at->first), std::abs(ticks - *at->last));
      if (off < least) {
        least = off;
        best = static_cast<std::size_t>(at - drafts_.begin());
      }
    }
    return best;
  }

  void take_record(EventIndex i) {
    const event::Event& event = store_.events()[i];
    const auto activity = event.system.activity_id.value_or(std::string_view());
    const bool has_activity = !activity.empty() && activity != kNoActivity;
    std::optional<std::size_t> target;
    if (has_activity) {
      if (const auto at = by_activity_.find(activity); at != by_activity_.end())
        target = at->second;
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
    note(draft, i, has_activity ? activity : std::string_view());
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
    const auto hint = hints_.find(i);
    if (hint == hints_.end()) return;
    if (!hint->second.user.empty()) {
      draft.users.emplace(host, hint->second.user);
      draft.all_users.insert(hint->second.user);
      if (draft.user.empty()) draft.user = hint->second.user;
    }
    if (!hint->second.client.empty()) draft.clients.emplace(host, hint->second.client);
    if (hint->second.target) draft.targets.insert(*hint->second.target);
    draft.other_target = draft.other_target || hint->second.other_target;
  }

  // The try that this record fits best, the latest of those that it fits equally.
  std::optional<std::size_t> near_in_time(EventIndex i) const {
    const Place& place = timeline_.places[i];
    const auto stop = std::min<std::ptrdiff_t>(std::ssize(open_), kMostOpen);
    std::optional<std::size_t> best;
    int most = -1;
    for (auto at = open_.rbegin(); at != open_.rbegin() + stop; ++at) {
      const Draft& draft = drafts_[*at];
      if (*place.ticks - *draft.last > kSameAttemptGap) continue;
      if (draft.ended && *place.ticks - *draft.ended > kAfterEnd) continue;
      const bool started_here =
          place.host ? draft.started_by.count(*place.host) != 0 : draft.started;
      if (marks_[i].start && started_here) continue;
      if (const auto points = likeness(draft, i); points && *points > most) {
        best = *at;
        most = *points;
      }
    }
    return best;
  }

  // How much of what the record names the try names too; nothing when they contradict each other.
  std::optional<int> likeness(const Draft& draft, EventIndex i) const {
    const event::Event& event = store_.events()[i];
    const auto& host = timeline_.places[i].host;
    const auto activity = event.system.activity_id.value_or(std::string_view());
    if (!activity.empty() && activity != kNoActivity) {
      const auto known = draft.activities.find({host, event.key.channel});
      if (known != draft.activities.end() && known->second != activity) return std::nullopt;
    }
    if (host && !draft.targets.empty() && draft.targets.count(*host) == 0 && is_target(*host))
      return std::nullopt;
    const auto given = hints_.find(i);
    if (given == hints_.end()) return 0;
    const Hint& hint = given->second;
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
    return points;
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
  std::vector<Draft> drafts_;
  std::vector<std::size_t> open_;  // drafts of event logs, oldest first
  std::map<std::string_view, std::size_t> by_activity_;
};
}  // namespace

void stitch_attempts(const event::EventStore& store, const TimelineInput& input,
                     Timeline& timeline) {
  Stitcher(store, input, timeline).run();
}

}  // namespace rdptriage::timeline
