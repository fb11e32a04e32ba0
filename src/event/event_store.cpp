#include "event/event_store.hpp"

#include "base/time.hpp"

namespace rdptriage {

std::string format_time(Timestamp time) { return base::format_rfc3339(time.ticks); }

}  // namespace rdptriage

namespace rdptriage::event {

std::string_view EventStore::intern(std::string_view text) { return *pool_.emplace(text).first; }

Event& EventStore::keep(const EventView& view) {
  Event kept;
  kept.key = view.key();
  for (std::string_view* text : {&kept.key.product, &kept.key.category, &kept.key.service,
                                 &kept.key.channel, &kept.key.provider}) {
    *text = intern(*text);
  }
  kept.system = view.system();
  for (auto* text :
       {&kept.system.computer, &kept.system.provider_guid, &kept.system.event_source_name,
        &kept.system.activity_id, &kept.system.related_activity_id, &kept.system.user_sid}) {
    if (*text) *text = intern(**text);
  }
  for (Field field : view.fields()) {
    field.name = intern(field.name);
    field.value = intern(field.value);
    kept.fields.push_back(field);
  }
  kept.locator = view.locator();
  kept.damaged = view.damaged();
  return events_.emplace_back(std::move(kept));
}

}  // namespace rdptriage::event
