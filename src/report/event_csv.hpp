// One event as a row of RFC 4180: System's members in columns, the fields as one JSON object.
#pragma once

#include <string_view>

#include "base/output_buffer.hpp"
#include "rdptriage/event.hpp"
#include "report/event_json.hpp"

namespace rdptriage::report {

inline constexpr std::string_view kEventCsvHead =
    "artifact,record_id,time,host,channel,provider,event_id,level,task,opcode,keywords,process_id,"
    "thread_id,activity_id,user_sid,damaged,data\r\n";

// Reused from event to event. Not thread-safe.
class EventCsvWriter {
 public:
  void write(std::string_view artifact, const EventView& event, base::OutputBuffer& out);

 private:
  EventJsonWriter json_;
  base::OutputBuffer data_;
};

}  // namespace rdptriage::report
