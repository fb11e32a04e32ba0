// One event as one line of JSON (docs/json-schema.md, "Events"). Written by hand: this is the
// innermost loop of `rdptriage events`, and its output is as large as the log.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_buffer.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::report {

// The name under which an event's data shows a field: EventData by its name (unnamed values are
// Data, Data2, …), UserData by the path below its one wrapper element. `unnamed` counts over an
// event's fields, from 0.
std::string_view shown_name(const Field& field, std::size_t& unnamed);

// Reused from event to event. Not thread-safe.
class EventJsonWriter {
 public:
  // Appends `{…}` and a line feed. `artifact` is the path that the event came from.
  void write(std::string_view artifact, const EventView& event, base::OutputBuffer& out);
  // Appends the `data` object alone.
  void write_data(const EventView& event, base::OutputBuffer& out);

 private:
  void write_grouped(std::span<const Field> fields, base::OutputBuffer& out);

  std::vector<std::string_view> names_;
  std::string artifact_, artifact_json_;
};

}  // namespace rdptriage::report
