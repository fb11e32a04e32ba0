#include "report/event_import.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/digits.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "report/safe_text.hpp"

namespace rdptriage::report {

namespace {

constexpr std::size_t kLongestMessage = 1000;
constexpr std::int64_t kTicksPerMicrosecond = 10, kUnixEpoch = 116'444'736'000'000'000;

// The words of Windows for a level; a trace's own word, where it has one.
std::string level_of(const EventView& event) {
  constexpr std::string_view kWords[] = {"information", "critical",    "error",
                                         "warning",     "information", "verbose"};
  const auto& level = event.system().level;
  if (level && *level < std::size(kWords)) return std::string(kWords[*level]);
  for (const Field& field : event.fields()) {
    if (field.section == FieldSection::other && field.name == "Level")
      return base::to_lower_ascii(field.value);
  }
  return {};
}

// "rdp/client-trace", "network_state"
std::string source_of(const EventKey& key) {
  if (!key.channel.empty()) return std::string(key.channel);
  if (key.service.empty()) return std::string(key.category);
  return fmt::format("{}/{}", key.product, key.service);
}

std::string hex(std::uint64_t value) { return fmt::format("{:#x}", value); }

}  // namespace

bool has_date(const EventKey& key) {
  return key.time &&
         (key.time_quality == TimeQuality::utc || key.time_quality == TimeQuality::local);
}

// A line of a trace speaks for itself; of a record its name and its values are put together.
void EventImportWriter::message_of(const EventView& event) {
  message_.clear();
  for (const Field& field : event.fields()) {
    if (field.section == FieldSection::other && field.name == "Message" && !field.value.empty()) {
      message_ = cut_to(field.value, kLongestMessage);
      return;
    }
  }
  const EventKey& key = event.key();
  message_ = key.provider.empty() ? source_of(key) : std::string(key.provider);
  if (key.event_id) message_ += fmt::format(" {}", *key.event_id);
  std::size_t unnamed = 0;
  char before = ':';
  for (const Field& field : event.fields()) {
    const std::string_view name = shown_name(field, unnamed);
    if (field.value.empty()) continue;
    message_ += fmt::format("{} {}={}", before, name, field.value);
    before = ',';
    if (message_.size() > kLongestMessage) break;
  }
  if (message_.size() > kLongestMessage) message_ = cut_to(message_, kLongestMessage);
}

void EventImportWriter::write_data(std::string_view name, const EventView& event) {
  data_.clear();
  data_writer_.write_data(event, data_);
  json_.member(name);
  json_.json(data_.view());
}

void EventImportWriter::write_timesketch(std::string_view artifact, const EventView& event,
                                         base::OutputBuffer& out) {
  const EventKey& key = event.key();
  const SystemFields& system = event.system();
  message_of(event);
  json_.clear();
  json_.begin_object();
  json_.member("message", message_);
  // Microseconds and an offset: what Python's reader of ISO 8601 takes in every version.
  time_ = base::format_rfc3339(key.time->ticks);
  time_.resize(time_.size() - 2);
  time_ += "+00:00";
  json_.member("datetime", time_);
  json_.member("timestamp_desc", key.time_quality == TimeQuality::utc
                                     ? "Event Logged"
                                     : "Event Logged (local time of an unknown zone)");
  json_.member("timestamp", (key.time->ticks - kUnixEpoch) / kTicksPerMicrosecond);
  json_.member("artifact", artifact);
  json_.member("source", source_of(key));
  json_.known("computer_name", system.computer.value_or(""));
  json_.known("source_name", key.provider);
  json_.known("event_identifier", key.event_id);
  json_.known("level", level_of(event));
  json_.known("record_number", system.record_id);
  json_.known("line", event.locator().line);
  json_.known("user_sid", system.user_sid.value_or(""));
  json_.known("activity_id", system.activity_id.value_or(""));
  write_data("data", event);
  json_.end_object();
  out.append(json_.text());
  out.append('\n');
}

void EventImportWriter::write_winlog(const EventView& event) {
  const EventKey& key = event.key();
  const SystemFields& system = event.system();
  json_.member("winlog");
  json_.begin_object();
  json_.known("channel", key.channel);
  json_.known("provider_name", key.provider);
  json_.known("provider_guid", system.provider_guid.value_or(""));
  if (key.event_id) json_.member("event_id", std::to_string(*key.event_id));
  if (system.record_id) json_.member("record_id", std::to_string(*system.record_id));
  json_.known("computer_name", system.computer.value_or(""));
  if (system.task) json_.member("task", std::to_string(*system.task));
  if (system.opcode) json_.member("opcode", std::to_string(*system.opcode));
  if (system.keywords) {
    json_.member("keywords");
    json_.begin_list();
    json_.value(hex(*system.keywords));
    json_.end_list();
  }
  json_.known("version", system.version);
  json_.known("activity_id", system.activity_id.value_or(""));
  json_.known("related_activity_id", system.related_activity_id.value_or(""));
  if (system.process_id || system.thread_id) {
    json_.member("process");
    json_.begin_object();
    json_.known("pid", system.process_id);
    if (system.thread_id) {
      json_.member("thread");
      json_.begin_object();
      json_.member("id", *system.thread_id);
      json_.end_object();
    }
    json_.end_object();
  }
  if (system.user_sid) {
    json_.member("user");
    json_.begin_object();
    json_.member("identifier", *system.user_sid);
    json_.end_object();
  }
  bool user_data = false;
  for (const Field& field : event.fields())
    user_data = user_data || field.section == FieldSection::user_data;
  write_data(user_data ? "user_data" : "event_data", event);
  json_.end_object();
}

void EventImportWriter::write_ecs(std::string_view artifact, const EventView& event,
                                  base::OutputBuffer& out) {
  const EventKey& key = event.key();
  const SystemFields& system = event.system();
  message_of(event);
  json_.clear();
  json_.begin_object();
  json_.member("@timestamp", *key.time);
  json_.member("message", message_);
  if (key.time_quality == TimeQuality::local)
    json_.member("tags", std::vector<std::string>{"local_time_of_unknown_zone"});
  json_.member("ecs");
  json_.begin_object();
  json_.member("version", "8.11.0");
  json_.end_object();
  json_.member("event");
  json_.begin_object();
  json_.member("kind", "event");
  json_.member("dataset", source_of(key));
  json_.known("provider", key.provider);
  if (key.event_id) json_.member("code", std::to_string(*key.event_id));
  json_.end_object();
  if (system.computer) {
    json_.member("host");
    json_.begin_object();
    json_.member("name", *system.computer);
    json_.end_object();
  }
  json_.member("log");
  json_.begin_object();
  json_.known("level", level_of(event));
  json_.member("file");
  json_.begin_object();
  json_.member("path", artifact);
  json_.end_object();
  json_.end_object();
  if (key.channel.empty()) {
    json_.member("rdptriage");
    json_.begin_object();
    json_.known("category", key.category);
    json_.known("service", key.service);
    json_.known("line", event.locator().line);
    write_data("data", event);
    json_.end_object();
  } else {
    write_winlog(event);
  }
  json_.end_object();
  out.append(json_.text());
  out.append('\n');
}

}  // namespace rdptriage::report
