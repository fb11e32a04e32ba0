#include "reader/event_row.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "reader/event_json.hpp"
#include "reader/event_values.hpp"
#include "reader/exported_time.hpp"
#include "reader/local_date.hpp"

namespace rdptriage::reader {

namespace {
// Decimal, or 0x… as tracerpt writes process ids.
template <class Number>
std::optional<Number> number(std::string_view text) {
  Number out{};
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(out)
                                                                  : std::nullopt;
}

// "Microsoft-Windows-X%4Operational.csv", "System.csv".
std::string channel_of(std::string_view name) {
  std::string stem(name.substr(0, name.rfind('.')));
  if (const auto at = stem.find("%4"); at != std::string::npos) {
    return stem.replace(at, 2, "/");
  }
  for (const std::string_view classic : {"System", "Security", "Application"}) {
    if (base::equals_ignoring_case(stem, classic)) return std::string(classic);
  }
  return {};
}

std::size_t count_numbers(std::string_view text) {
  std::size_t count = 0;
  bool was_digit = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    count += is_digit && !was_digit;
    was_digit = is_digit;
  }
  return count;
}
}  // namespace

EventRow::EventRow(const ColumnFormats& formats, const container::Artifact& artifact,
                   DateOrder date_order)
    : formats_(formats), date_order_(date_order), channel_of_file_(channel_of(artifact.name)) {}

void EventRow::begin() {
  key_ = EventKey();
  system_ = SystemFields();
  fields_.clear();
  texts_.clear();
}

Flow EventRow::give(const Locator& where, EventSink& sink) {
  // What the record says goes before what its file is called, and that before what is usual.
  if (key_.channel.empty()) key_.channel = channel_of_file_;
  complete_event(formats_, key_, texts_, fields_);
  EventView view(key_, where, *this, storage_);
  return sink.event(view);
}

void EventRow::take(std::string_view column, std::string_view value) {
  if (column.empty() || value.empty()) return;
  if (column == "EventID") {
    key_.event_id = number<std::uint32_t>(value);
  } else if (column == "Provider") {
    key_.provider = value;
  } else if (column == "Channel") {
    // tracerpt gives the number that the provider's manifest knows the channel by.
    if (!number<std::uint32_t>(value)) key_.channel = full_channel(formats_, value);
  } else if (column == "TimeCreated") {
    take_time(value);
  } else if (column == "Computer") {
    system_.computer = value;
  } else if (column == "EventRecordID") {
    system_.record_id = number<std::uint64_t>(value);
  } else if (column == "ProcessID") {
    system_.process_id = number<std::uint32_t>(value);
  } else if (column == "ThreadID") {
    system_.thread_id = number<std::uint32_t>(value);
  } else if (column == "InstanceID") {
    // The id below the severity and the facility.
    const auto instance = number<std::uint64_t>(value);
    if (instance && !key_.event_id) key_.event_id = static_cast<std::uint32_t>(*instance & 0xFFFF);
  } else if (column == "UserID") {
    if (value.starts_with("S-1-")) system_.user_sid = value;
  } else if (column == "ActivityID") {
    system_.activity_id = value;
  } else if (column == "Level" && number<std::uint32_t>(value)) {
    system_.level = number<std::uint32_t>(value);
  } else if (column == "Value") {
    fields_.push_back({"", value, FieldSection::event_data, ValueKind::text});
  } else if (column == "Payload") {
    add_json_values(value, texts_, fields_);
  } else {
    fields_.push_back({column, value, FieldSection::other, ValueKind::text});
  }
}

void EventRow::take_time(std::string_view value) {
  // ConvertTo-Json's "/Date(milliseconds)/" also ends up in tables.
  constexpr std::int64_t kUnixEpoch = 116'444'736'000'000'000, kTicksPerMillisecond = 10'000;
  if (const auto at = value.find("Date("); at != std::string_view::npos) {
    const std::string_view digits = value.substr(at + 5, value.find(')', at) - at - 5);
    if (const auto ms = number<std::int64_t>(digits);
        ms && *ms >= 0 && *ms < 1'000'000'000'000'000) {
      key_.time = Timestamp{kUnixEpoch + *ms * kTicksPerMillisecond};
      key_.time_quality = TimeQuality::utc;
    }
    return;
  }
  // tracerpt: a FILETIME, 18 digits in our time.
  if (const auto ticks = number<std::int64_t>(value); ticks && value.size() == 18) {
    key_.time = Timestamp{*ticks};
    key_.time_quality = TimeQuality::utc;
    return;
  }
  if (count_numbers(value) < 5) return;  // "Nov 20 09:11" of Get-EventLog says no year
  if (const auto parsed = parse_exported_time(value)) {
    key_.time = Timestamp{parsed->ticks};
    key_.time_quality = parsed->zoned ? TimeQuality::utc : local_quality_;
  } else if (const auto ticks = local_ticks(value, date_order_)) {
    key_.time = Timestamp{*ticks};
    key_.time_quality = local_quality_;
  }
}

}  // namespace rdptriage::reader
