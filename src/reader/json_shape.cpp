#include "reader/json_shape.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "reader/list_line.hpp"

namespace rdptriage::reader {

namespace {
using nlohmann::json;

constexpr JsonShape kShapes[] = {
    // Winlogbeat and Elastic Agent
    {{"winlog.event_id", "@timestamp"},
     "winlog.event_id",
     "@timestamp",
     "winlog.channel",
     "winlog.provider_name",
     "winlog.computer_name",
     "winlog.record_id",
     "winlog.process.pid",
     "winlog.process.thread.id",
     "winlog.user.identifier",
     "winlog.activity_id",
     "message",
     "winlog.event_data",
     "winlog.user_data"},
    // EvtxECmd
    {{"EventId", "Provider"},
     "EventId",
     "TimeCreated",
     "Channel",
     "Provider",
     "Computer",
     "EventRecordId",
     "ProcessId",
     "ThreadId",
     "UserId",
     "",
     "MapDescription",
     "Payload",
     ""},
    // Plaso and Timesketch
    {{"event_identifier", "source_name"},
     "event_identifier",
     "datetime",
     "",
     "source_name",
     "computer_name",
     "record_number",
     "",
     "",
     "user_sid",
     "",
     "message",
     "strings",
     ""},
    // NXLog, and the public data sets that were collected with it
    {{"EventID", "SourceName"},
     "EventID",
     "EventTime",
     "Channel",
     "SourceName",
     "Hostname",
     "RecordNumber",
     "ProcessID",
     "ThreadID",
     "UserID",
     "ActivityID",
     "Message",
     "",
     ""},
    // Splunk
    {{"EventCode", "SourceName"},
     "EventCode",
     "_time",
     "LogName",
     "SourceName",
     "ComputerName",
     "RecordNumber",
     "",
     "",
     "Sid",
     "",
     "Message",
     "",
     ""},
    // Hayabusa
    {{"RuleTitle", "EventID"},
     "EventID",
     "Timestamp",
     "Channel",
     "",
     "Computer",
     "RecordID",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    // Get-EventLog
    {{"TimeGenerated", "InstanceId"},
     "EventID",
     "TimeGenerated",
     "",
     "Source",
     "MachineName",
     "Index",
     "",
     "",
     "",
     "",
     "Message",
     "ReplacementStrings",
     ""},
    // Sentinel and Log Analytics
    {{"TimeGenerated", "EventID"},
     "EventID",
     "TimeGenerated",
     "EventLog",
     "Source",
     "Computer",
     "EventRecordId",
     "",
     "",
     "",
     "",
     "RenderedDescription",
     "",
     ""},
};

// Lower case. What many programs call a text of any kind is no sign.
constexpr std::string_view kEventMembers[] = {
    "@timestamp",
    "_time",
    "channel",
    "computer",
    "computer_name",
    "computername",
    "datetime",
    "event_id",
    "eventcode",
    "eventid",
    "eventtime",
    "hostname",
    "logname",
    "logsource",
    "message",
    "msg",
    "provider",
    "provider_name",
    "providername",
    "time",
    "timecreated",
    "timecreated_systemtime",
    "timegenerated",
    "timestamp",
    "ts",
    "utctime",
};
}  // namespace

const json* member(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

const json* member_at(const json& object, std::string_view path) {
  const json* at = &object;
  while (!path.empty()) {
    if (const json* whole = member(*at, path)) return whole;
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) return nullptr;
    at = member(*at, path.substr(0, dot));
    if (at == nullptr) return nullptr;
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

const JsonShape* find_shape(const json& object) {
  for (const JsonShape& shape : kShapes) {
    if (std::all_of(std::begin(shape.signs), std::end(shape.signs),
                    [&](std::string_view sign) { return member_at(object, sign) != nullptr; })) {
      return &shape;
    }
  }
  return nullptr;
}

bool has_event_member(const json& object) {
  return std::any_of(object.items().begin(), object.items().end(), [](const auto& item) {
    const std::string name = base::to_lower_ascii(item.key());
    return std::find(std::begin(kEventMembers), std::end(kEventMembers), name) !=
           std::end(kEventMembers);
  });
}

std::vector<const json*> wrapped_events(const json& object) {
  const json* const hits = member_at(object, "hits.hits");
  if (hits != nullptr && hits->is_array() && !hits->empty()) {
    std::vector<const json*> out;
    for (const json& hit : *hits) {
      const json* const source = member(hit, "_source");
      if (source != nullptr && source->is_object()) out.push_back(source);
    }
    if (!out.empty()) return out;
  }
  // Windows PowerShell's ConvertTo-Json of a list that was looked at before.
  const json* const listed = member(object, "value");
  if (listed != nullptr && listed->is_array() && member(object, "Count") != nullptr) {
    std::vector<const json*> out;
    for (const json& item : *listed) {
      if (item.is_object()) out.push_back(&item);
    }
    if (!out.empty()) return out;
  }
  // An answer of Splunk's.
  const json* const results = member(object, "results");
  if (results != nullptr && results->is_array() && member(object, "preview") != nullptr) {
    std::vector<const json*> out;
    for (const json& result : *results) {
      if (result.is_object()) out.push_back(&result);
    }
    return out;
  }
  // An answer of Elasticsearch, line by line; a finding of chainsaw; a result of Splunk.
  for (const auto& [path, beside] :
       {std::pair{"_source", "_index"}, {"document.data", "group"}, {"result", "preview"}}) {
    const json* const inner = member_at(object, path);
    if (inner != nullptr && inner->is_object() && member(object, beside) != nullptr) return {inner};
  }
  return {&object};
}

std::optional<json> with_raw_members(const json& object) {
  const json* const raw = member(object, "_raw");
  if (raw == nullptr || !raw->is_string()) return std::nullopt;
  std::string_view text = raw->get_ref<const std::string&>();
  if (!text.starts_with("LogName=") && text.find("\nLogName=") == std::string_view::npos)
    return std::nullopt;
  json out = object;
  out.erase("_raw");
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto found = assigned(base::trim(text.substr(0, end)));
    // The message is the last, and has lines of its own.
    const bool is_message = found && found->label == "Message";
    if (found) {
      const auto value = is_message ? base::trim(text.substr(text.find('=') + 1)) : found->value;
      out.emplace(found->label, value);
    }
    if (is_message || end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace rdptriage::reader
