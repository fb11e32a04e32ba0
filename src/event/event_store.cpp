#include "event/event_store.hpp"

#include "base/time.hpp"

namespace rdptriage {

std::string format_time(Timestamp time) { return base::format_rfc3339(time.ticks); }

}  // namespace rdptriage

namespace rdptriage::event {

std::string_view EventStore::intern(std::string_view text) {
  const auto known = pool_.find(text);
  return known != pool_.end() ? *known : *pool_.emplace(text).first;
}

Event& EventStore::keep(const EventView& view) {
  Event event;
  event.key = view.key();
  event.system = view.system();
  event.fields.assign(view.fields().begin(), view.fields().end());
  event.near_lines.assign(view.near_lines().begin(), view.near_lines().end());
  event.locator = view.locator();
  event.damaged = view.damaged();
  return take_over(std::move(event));
}

Event& EventStore::keep(const Event& event) { return take_over(event); }

Event& EventStore::take_over(Event event) {
  for (std::string_view* text : {&event.key.product, &event.key.category, &event.key.service,
                                 &event.key.channel, &event.key.provider}) {
    *text = intern(*text);
  }
  for (auto* text :
       {&event.system.computer, &event.system.provider_guid, &event.system.event_source_name,
        &event.system.activity_id, &event.system.related_activity_id, &event.system.user_sid}) {
    if (*text) *text = intern(**text);
  }
  for (Field& field : event.fields) {
    field.name = intern(field.name);
    field.value = intern(field.value);
  }
  for (NearLine& line : event.near_lines) line.text = intern(line.text);
  return events_.emplace_back(std::move(event));
}

}  // namespace rdptriage::event
