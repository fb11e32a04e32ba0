#include "report/event_csv.hpp"

#include <optional>

#include "base/digits.hpp"

namespace rdptriage::report {

namespace {

void append_quoted(std::string_view text, base::OutputBuffer& out) {
  out.append('"');
  for (const char c : text) {
    if (c == '"') out.append('"');
    out.append(c);
  }
  out.append('"');
}

void append_cell(std::string_view text, base::OutputBuffer& out) {
  if (!text.empty()) {
    // Spreadsheets run what looks like a formula, and this text is a stranger's.
    if (std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
      std::string inert = "'";
      inert += text;
      append_quoted(inert, out);
    } else if (text.find_first_of(",\"\r\n") != std::string_view::npos) {
      append_quoted(text, out);
    } else {
      out.append(text);
    }
  }
  out.append(',');
}

void append_cell(const std::optional<std::string_view>& text, base::OutputBuffer& out) {
  append_cell(text.value_or(std::string_view()), out);
}

template <class Number>
void append_number(const std::optional<Number>& number, base::OutputBuffer& out) {
  if (number) out.commit(base::write_decimal(*number, out.room(24)));
  out.append(',');
}

}  // namespace

void EventCsvWriter::write(std::string_view artifact, const EventView& event,
                           base::OutputBuffer& out) {
  const EventKey& key = event.key();
  const SystemFields& system = event.system();
  append_cell(artifact, out);
  append_number(system.record_id, out);
  if (key.time) {
    char* const end = base::write_rfc3339(key.time->ticks, out.room(48));
    out.commit(key.time_quality == TimeQuality::utc ? end : end - 1);
  }
  out.append(',');
  append_cell(system.computer, out);
  append_cell(key.channel, out);
  append_cell(key.provider, out);
  append_number(key.event_id, out);
  append_number(system.level, out);
  append_number(system.task, out);
  append_number(system.opcode, out);
  if (system.keywords) out.commit(base::write_hex(*system.keywords, out.room(24)));
  out.append(',');
  append_number(system.process_id, out);
  append_number(system.thread_id, out);
  append_cell(system.activity_id, out);
  append_cell(system.user_sid, out);
  data_.clear();
  json_.write_data(event, data_);
  out.append(event.damaged() ? std::string_view("true,") : std::string_view(","));
  append_quoted(data_.view(), out);
  out.append(std::string_view("\r\n"));
}

}  // namespace rdptriage::report
