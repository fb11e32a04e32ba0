// Scripted events as Windows writes them: as XML and as a binary log.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "report/safe_text.hpp"
#include "support/evtx_builder.hpp"
#include "support/scenario.hpp"

namespace rdptriage::test {

namespace {
EvtxEvent as_record(const ScriptedEvent& event) {
  EvtxEvent record;
  record.channel = event.channel;
  record.provider = event.provider;
  record.provider_guid = event.guid;
  record.event_source_name = event.source;
  record.computer = event.computer;
  record.activity_id = event.activity;
  record.event_id = static_cast<std::uint16_t>(event.id);
  record.level = static_cast<std::uint8_t>(event.level);
  if (event.qualifiers) record.qualifiers = static_cast<std::uint16_t>(*event.qualifiers);
  record.time = event.ticks;
  record.process_id = 900;
  record.thread_id = 1204;
  record.user_sid = "S-1-5-20";
  record.user_data = event.wrapper;
  record.user_data_namespace = event.name_space;
  auto& fields = event.wrapper.empty() ? record.event_data : record.user_fields;
  for (const auto& [name, value] : event.fields) fields.push_back({name, EvtxValue::text(value)});
  return record;
}

// Classic events carry their binary data beside the <Data> elements.
void add_binary(EvtxElement& record, std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  for (EvtxPiece& piece : record.content) {
    for (EvtxElement& part : piece.children) {
      if (part.name != "EventData") continue;
      part.content.push_back(
          child({"Binary", {}, {substitution(EvtxValue::binary(bytes))}, false}));
    }
  }
}
}  // namespace

std::string event_xml(const std::vector<ScriptedEvent>& events) {
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>";
  for (const ScriptedEvent& event : events) {
    out += fmt::format(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='{}'{}{}/><EventID{}>{}</EventID><Version>0</Version><Level>{}</Level>"
        "<Task>0</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
        "<TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID><Correlation{}/>"
        "<Execution ProcessID='900' ThreadID='1204'/><Channel>{}</Channel><Computer>{}</Computer>"
        "<Security UserID='S-1-5-20'/></System>",
        event.provider, event.guid.empty() ? "" : fmt::format(" Guid='{}'", event.guid),
        event.source.empty() ? "" : fmt::format(" EventSourceName='{}'", event.source),
        event.qualifiers ? fmt::format(" Qualifiers='{}'", *event.qualifiers) : "", event.id,
        event.level, base::format_rfc3339(event.ticks), event.record,
        event.activity.empty() ? "" : fmt::format(" ActivityID='{}'", event.activity),
        event.channel, report::safe_markup(event.computer));
    if (event.wrapper.empty()) {
      out += "<EventData>";
      for (const auto& [name, value] : event.fields) {
        out += name.empty()
                   ? fmt::format("<Data>{}</Data>", report::safe_markup(value))
                   : fmt::format("<Data Name='{}'>{}</Data>", name, report::safe_markup(value));
      }
      if (!event.binary.empty()) out += fmt::format("<Binary>{}</Binary>", event.binary);
      out += "</EventData>";
    } else {
      out += fmt::format("<UserData><{} xmlns='{}'>", event.wrapper, event.name_space);
      for (const auto& [name, value] : event.fields) {
        out += fmt::format("<{0}>{1}</{0}>", name, report::safe_markup(value));
      }
      out += fmt::format("</{}></UserData>", event.wrapper);
    }
    out += "</Event>";
  }
  return out + "</Events>\r\n";
}

std::string event_lines(const std::vector<ScriptedEvent>& events, LineTimes times) {
  constexpr std::int64_t kAhead = std::int64_t{2} * 3600 * 10'000'000;
  std::string out;
  for (const ScriptedEvent& event : events) {
    std::string time = base::format_rfc3339(event.ticks + kAhead);
    time.pop_back();  // the Z
    nlohmann::ordered_json line = {{"EventID", event.id},
                                   {"Channel", event.channel},
                                   {"Provider_Name", event.provider},
                                   {"Computer", event.computer},
                                   {"EventRecordID", event.record}};
    if (times == LineTimes::local) line["timestamp"] = time;
    nlohmann::ordered_json unnamed = nlohmann::ordered_json::array();
    for (const auto& [name, value] : event.fields) {
      if (name.empty()) {
        unnamed.push_back(value);
      } else {
        line[name] = value;
      }
    }
    if (!unnamed.empty()) line["Data"] = std::move(unnamed);
    if (!event.binary.empty()) line["Binary"] = event.binary;
    out += line.dump() + "\n";
  }
  return out;
}

std::vector<std::byte> event_log(const std::vector<ScriptedEvent>& events) {
  EvtxBuilder log;
  for (const ScriptedEvent& event : events) {
    if (event.record != log.next_record_number()) log.skip_to(event.record);
    EvtxElement record = document(as_record(event), event.record);
    if (!event.binary.empty()) add_binary(record, event.binary);
    log.add(record, event.ticks);
  }
  return log.finish();
}

}  // namespace rdptriage::test
