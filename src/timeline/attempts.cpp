#include "timeline/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "rdptriage/function_ref.hpp"
#include "timeline/draft.hpp"
#include "timeline/hosts.hpp"
#include "timeline/likeness.hpp"
#include "timeline/record_notes.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
// What a machine logs of a try beside the records of the connection itself, such as a failed logon
// or a TLS alert: by its own clock, it is no further off.
constexpr std::int64_t kSameMachineGap = 15 * kSecond;
// How many open tries a record is compared with: more at once are not told apart anyway.
constexpr std::ptrdiff_t kMostOpen = 64;

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
      : store_(store),
        timeline_(timeline),
        notes_(store, input, timeline),
        likeness_(store, notes_, timeline) {}

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
        if ((notes_.marks(i).start && (draft.started || draft.ended)) || fails_again(draft, i))
          at->second = drafts_.size();
      }
      if (at->second == drafts_.size()) drafts_.emplace_back().from_text = true;
      Draft& draft = drafts_[at->second];
      add(draft, i, timeline_.places[i]);
      note(draft, i, {});
      if (notes_.marks(i).start) draft.started = true;
      if (!notes_.marks(i).end) continue;
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
    return (notes_.marks(i).end || notes_.marks(i).broke) && draft.ended && has_time(i) &&
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
      if (!is_text_of_attempt(store_.events()[i]) || !notes_.marks(i).makes_attempt()) continue;
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
    notes_.foresee(bound);
    for (const EventIndex i : bound) take_record(i);
    take_near(
        records(scale, [](const Marks& marks) { return marks.near && !marks.makes_attempt(); }),
        first);
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

  // Those that `wanted` takes, by time.
  std::vector<EventIndex> records(TimeScale scale, FunctionRef<bool(const Marks&)> wanted) const {
    const auto& events = store_.events();
    std::vector<EventIndex> order;
    for (EventIndex i = 0; i < events.size(); ++i) {
      if (is_log_record(events[i]) && timeline_.places[i].scale == scale &&
          wanted(notes_.marks(i))) {
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
      if (off > (same_clock ? kSameMachineGap : kSameAttemptGap) || !likeness_.took_part(*at, i))
        continue;
      const auto points = likeness_.points(*at, i);
      if (!points) continue;
      if (best && (*points < best->points || (*points == best->points && off >= least))) continue;
      best = Nearest{static_cast<std::size_t>(at - drafts_.begin()), *points};
      least = off;
    }
    return best;
  }

  void take_record(EventIndex i) {
    const auto activity = notes_.activity(i);
    const bool has_activity = !activity.empty();
    std::optional<std::size_t> target;
    if (has_activity) {
      if (const auto at = by_activity_.find(activity); at != by_activity_.end())
        target = at->second;
    }
    const auto of_client = notes_.try_of_client(i);
    if (of_client && !target) {
      if (const auto at = by_client_.find(*of_client); at != by_client_.end()) target = at->second;
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
    if (place.host && notes_.marks(i).part == Part::host) draft.served_by.insert(*place.host);
    if (notes_.marks(i).start) draft.start = i;
    if (of_client) by_client_.emplace(*of_client, *target);
    if (has_activity) by_activity_.emplace(activity, *target);
    if (notes_.marks(i).start) {
      if (place.host)
        draft.started_by.insert(*place.host);
      else
        draft.started = true;
    }
    if (notes_.marks(i).end && !draft.ended && place.scale == draft.scale)
      draft.ended = place.ticks;
  }

  void note(Draft& draft, EventIndex i, std::string_view activity) const {
    const event::Event& event = store_.events()[i];
    draft.broke = draft.broke || notes_.marks(i).broke || event.key.service == "client-disconnect";
    draft.arrived = draft.arrived || notes_.marks(i).arrived;
    const auto& host = timeline_.places[i].host;
    if (!activity.empty()) draft.activities.emplace(std::pair(host, event.key.channel), activity);
    if (const auto of_client = notes_.try_of_client(i); of_client && !draft.client) {
      draft.client = host;
      draft.said = notes_.fate(*of_client);
    }
    if (Fate* const fate = fate_by(draft, notes_.marks(i).part))
      note_marks(notes_.marks(i), *timeline_.places[i].ticks, *fate);
    note_people(draft, i);
    const Hint* const hint = notes_.hint(i);
    if (hint == nullptr) return;
    if (notes_.marks(i).part == Part::client && draft.wanted.empty()) draft.wanted = hint->wanted;
    if (hint->target) draft.targets.insert(*hint->target);
    draft.other_target = draft.other_target || hint->other_target;
  }

  static Fate* fate_by(Draft& draft, Part part) {
    return part == Part::gateway ? &draft.by_gateway
           : part == Part::host  ? &draft.by_host
                                 : nullptr;
  }

  void note_people(Draft& draft, EventIndex i) const {
    const auto& host = timeline_.places[i].host;
    const Hint* const hint = notes_.hint(i);
    if (hint == nullptr) return;
    if (!hint->user.empty()) {
      draft.users.emplace(host, hint->user);
      draft.all_users.insert(hint->user);
      if (draft.user.empty()) draft.user = hint->user;
    }
    if (!hint->client.empty()) draft.clients.emplace(host, hint->client);
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
      if (notes_.marks(i).start && started_here && !likeness_.is_same_start(draft, i)) continue;
      const auto points = likeness_.points(draft, i);
      if (*place.ticks - *draft.last > kSameAttemptGap && !likeness_.ends(draft, i)) continue;
      if (points && *points > most) {
        best = *at;
        most = *points;
      }
    }
    return best;
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
    std::set<HostIndex> clients;
    for (const Draft& draft : drafts_) {
      if (draft.client) clients.insert(*draft.client);
    }
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
      attempt.client = draft.client;
      attempt.of_another_client =
          !draft.client && !clients.empty() &&
          std::all_of(clients.begin(), clients.end(),
                      [&](HostIndex client) { return likeness_.is_of_another(draft, client); });
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
    for (EventIndex i = 0; i < store_.events().size(); ++i) {
      if (store_.events()[i].key.event_id && notes_.marks(i).makes_attempt() &&
          !timeline_.places[i].attempt) {
        ++timeline_.records_without_time;
      }
    }
  }

  const event::EventStore& store_;
  Timeline& timeline_;
  RecordNotes notes_;
  Likeness likeness_;
  std::vector<Draft> drafts_;
  std::vector<std::size_t> open_;  // drafts of event logs, oldest first
  std::map<std::string_view, std::size_t> by_activity_;
  std::map<std::size_t, std::size_t> by_client_;  // the client's own count of its tries → draft
};
}  // namespace

void stitch_attempts(const event::EventStore& store, const TimelineInput& input,
                     Timeline& timeline) {
  Stitcher(store, input, timeline).run();
}

}  // namespace rdptriage::timeline
