#include "timeline/connections.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace rdptriage::timeline {

namespace {
// The last records of one try and the first ones of the next are told apart by more than this.
constexpr std::int64_t kApart = std::int64_t{5} * 10'000'000;
constexpr std::string_view kNoActivity = "{00000000-0000-0000-0000-000000000000}";

// What one machine logged of one attempt in one channel.
struct Stretch {
  AttemptIndex attempt = 0;
  std::int64_t first = 0, last = 0;
  bool has_activities = true;  // all of its records
  bool is_sure = true;
};

bool has_activity(const event::Event& event) {
  const auto activity = event.system.activity_id.value_or(std::string_view());
  return !activity.empty() && activity != kNoActivity;
}
}  // namespace

std::vector<bool> find_sure_connections(const event::EventStore& store, const Timeline& timeline) {
  using Log = std::tuple<HostIndex, TimeScale, std::string_view>;
  std::map<Log, std::vector<Stretch>> logs;
  std::vector<bool> sure(store.events().size());
  const auto log_of = [&](EventIndex i) -> std::optional<Log> {
    const Place& place = timeline.places[i];
    if (!store.events()[i].key.event_id || !place.host || !place.ticks) return std::nullopt;
    return Log(*place.host, place.scale, store.events()[i].key.channel);
  };
  for (AttemptIndex attempt = 0; attempt < timeline.attempts.size(); ++attempt) {
    for (const EventIndex i : timeline.attempts[attempt].events) {
      const auto log = log_of(i);
      if (!log) continue;
      auto& stretches = logs[*log];
      const std::int64_t ticks = *timeline.places[i].ticks;
      if (stretches.empty() || stretches.back().attempt != attempt)
        stretches.push_back({attempt, ticks, ticks});
      Stretch& stretch = stretches.back();
      stretch.first = std::min(stretch.first, ticks);
      stretch.last = std::max(stretch.last, ticks);
      stretch.has_activities = stretch.has_activities && has_activity(store.events()[i]);
    }
  }
  std::map<std::pair<Log, AttemptIndex>, bool> is_sure;
  for (auto& [log, stretches] : logs) {
    std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) {
      return std::pair(a.first, a.attempt) < std::pair(b.first, b.attempt);
    });
    Stretch* longest = nullptr;  // of those before, the one that goes on longest
    for (Stretch& stretch : stretches) {
      if (longest != nullptr && stretch.first - longest->last <= kApart)
        stretch.is_sure = longest->is_sure = false;
      if (longest == nullptr || stretch.last > longest->last) longest = &stretch;
    }
    for (const Stretch& stretch : stretches)
      is_sure[{log, stretch.attempt}] = stretch.is_sure || stretch.has_activities;
  }
  for (const AttemptRecord& attempt : timeline.attempts) {
    for (const EventIndex i : attempt.events) {
      if (const auto log = log_of(i)) sure[i] = is_sure[{*log, *timeline.places[i].attempt}];
    }
  }
  return sure;
}

}  // namespace rdptriage::timeline
