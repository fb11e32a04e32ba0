#include "timeline/timeline.hpp"

#include <fmt/format.h>

#include "timeline/attempts.hpp"
#include "timeline/clocks.hpp"
#include "timeline/connections.hpp"
#include "timeline/focus.hpp"
#include "timeline/hosts.hpp"

namespace rdptriage::timeline {

namespace {
bool has_field(const event::Event& event, std::string_view name) {
  for (const Field& field : event.fields) {
    if (field.name == name) return true;
  }
  return false;
}

void add_key(event::EventStore& store, event::Event& event, std::string_view name,
             const std::string& value) {
  if (has_field(event, name)) return;
  event.fields.push_back(
      {store.intern(name), store.intern(value), FieldSection::other, ValueKind::text});
}

// Lines without a time take the one of the line before, the first ones that of the line behind: log
// lines are written in blocks, and a wrapped line belongs to the one above. An artifact without any
// time counts its lines, so that at least their order is kept.
void place_in_time(event::EventStore& store, Timeline& timeline) {
  auto& events = store.events();
  for (std::size_t first = 0; first < events.size();) {
    std::size_t last = first;
    std::optional<std::int64_t> known;
    while (last < events.size() &&
           events[last].locator.artifact == events[first].locator.artifact) {
      const EventKey& key = events[last].key;
      if (!known && key.time) known = key.time->ticks;
      ++last;
    }
    const bool counted = !known;
    for (std::size_t i = first; i < last; ++i) {
      Place& place = timeline.places[i];
      EventKey& key = events[i].key;
      if (key.time) known = key.time->ticks;
      place.ticks =
          counted ? static_cast<std::int64_t>(events[i].locator.line.value_or(i - first)) : *known;
      if (key.time && key.time_quality == TimeQuality::utc) place.scale = TimeScale::common;
      // Lines of traces keep to themselves: each trace is of one machine, and of its clock.
      if (key.time && key.time_quality == TimeQuality::local && key.event_id)
        place.scale = TimeScale::local;
      if (!key.time) key.time = Timestamp{*place.ticks};
    }
    first = last;
  }
}
}  // namespace

Timeline build_timeline(event::EventStore& store, const TimelineInput& input) {
  Timeline timeline;
  timeline.places.resize(store.events().size());
  place_in_time(store, timeline);
  identify_hosts(store, input, timeline);
  align_clocks(store, input, timeline);
  stitch_attempts(store, input, timeline);
  if (!input.focus.empty()) timeline.narrowing = narrow(input.focus, timeline);
  const std::vector<bool> is_sure = find_sure_connections(store, timeline);
  std::size_t i = 0;
  for (event::Event& event : store.events()) {
    const Place& place = timeline.places[i];
    if (place.host) add_key(store, event, "HostKey", timeline.hosts[*place.host].key);
    if (place.attempt) add_key(store, event, "AttemptKey", timeline.attempts[*place.attempt].key);
    if (is_sure[i]) add_key(store, event, "ConnectionKey", timeline.attempts[*place.attempt].key);
    ++i;
    add_key(store, event, "ArtifactKey", fmt::format("A{}", event.locator.artifact + 1));
  }
  return timeline;
}

}  // namespace rdptriage::timeline
