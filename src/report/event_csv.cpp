#include "report/event_csv.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "base/digits.hpp"
#include "report/safe_text.hpp"

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

// What spreadsheets take for the beginning of a formula; Japanese ones the wide signs as well.
bool looks_like_formula(std::string_view text) {
  constexpr std::string_view kSigns[] = {"=",  "+",  "-",  "@",  "\t", "\n",
                                         "\r", "＝", "＋", "－", "＠"};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [text](std::string_view sign) { return text.starts_with(sign); });
}

void append_cell(std::string_view raw, base::OutputBuffer& out) {
  const bool is_plain = std::none_of(raw.begin(), raw.end(), may_begin_active);
  const std::string safe = is_plain ? std::string() : safe_text(raw, LineBreaks::keep);
  const std::string_view text = is_plain ? raw : safe;
  if (looks_like_formula(text)) {
    // This text is a stranger's.
    append_quoted("'" + std::string(text), out);
  } else if (text.find_first_of(",\"\r\n") != std::string_view::npos) {
    append_quoted(text, out);
  } else {
    out.append(text);
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
