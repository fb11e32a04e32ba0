// One event as a line of JSON that another timeline takes in: Timesketch, or whatever reads the
// Elastic Common Schema. Both place events by their time, so an event without a date has no line.
#pragma once

#include <string>
#include <string_view>

#include "base/output_buffer.hpp"
#include "rdptriage/event.hpp"
#include "report/event_json.hpp"
#include "report/json_writer.hpp"

namespace rdptriage::report {

// Whether the event has a date: without one it cannot be placed.
bool has_date(const EventKey& key);

// Reused from event to event. Not thread-safe. REQUIRES: has_date(event.key()).
class EventImportWriter {
 public:
  // `message`, `datetime`, `timestamp_desc` and `timestamp` as Timesketch wants them, then ours.
  void write_timesketch(std::string_view artifact, const EventView& event, base::OutputBuffer& out);
  // ECS 8 with the members that Winlogbeat gives Windows events; what ECS has no name for stands
  // under `rdptriage`.
  void write_ecs(std::string_view artifact, const EventView& event, base::OutputBuffer& out);

 private:
  void write_data(std::string_view name, const EventView& event);
  void write_winlog(const EventView& event);
  void message_of(const EventView& event);

  JsonWriter json_{JsonWriter::Layout::one_line};
  EventJsonWriter data_writer_;
  base::OutputBuffer data_;
  std::string message_, time_;
};

}  // namespace rdptriage::report
