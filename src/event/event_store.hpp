// Kept events: the few records of a case that some rule, or the stitching of attempts, asked for.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "rdptriage/event.hpp"

namespace rdptriage::event {

// An event whose text lives in an EventStore. Copyable; valid as long as its store.
struct Event {
  EventKey key;
  SystemFields system;
  std::vector<Field> fields;
  std::vector<NearLine> near_lines;
  Locator locator;
  bool damaged = false;
};

// Owns all text of the events it keeps; nothing else stores a view. Not thread-safe: one per
// artifact while reading, then merged.
class EventStore {
 public:
  EventStore() = default;
  EventStore(EventStore&&) = default;
  EventStore& operator=(EventStore&&) = default;

  // Copies the event with all its text. The reference stays valid for the store's life.
  Event& keep(const EventView& view);
  Event& keep(const Event& event);
  // The same text, owned by the store.
  std::string_view intern(std::string_view text);

  std::deque<Event>& events() { return events_; }
  const std::deque<Event>& events() const { return events_; }

 private:
  Event& take_over(Event event);  // makes the text its own

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  // Nodes never move, so views stay valid.
  std::unordered_set<std::string, Hash, std::equal_to<>> pool_;
  std::deque<Event> events_;
};

}  // namespace rdptriage::event
