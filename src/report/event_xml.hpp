// One event as the XML that Windows itself exports: System, EventData, UserData. What is read back
// from it is the same event, except for characters that XML cannot hold (U+FFFD stands for them).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/output_buffer.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::report {

inline constexpr std::string_view kEventXmlHead =
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>\n";
inline constexpr std::string_view kEventXmlTail = "</Events>\n";

// Reused from event to event. Not thread-safe.
class EventXmlWriter {
 public:
  // Appends `<Event …>…</Event>` and a line feed.
  void write(const EventView& event, base::OutputBuffer& out);

 private:
  void write_system(const EventView& event, base::OutputBuffer& out);
  void write_path(std::string_view path, std::string_view value, base::OutputBuffer& out);
  void close_to(std::size_t depth, base::OutputBuffer& out);
  void end_start_tag(base::OutputBuffer& out);

  std::vector<std::string_view> open_;        // elements of the path that are not closed
  std::vector<std::string_view> attributes_;  // of the innermost one, while its tag is open
  bool in_start_tag_ = false;
};

}  // namespace rdptriage::report
