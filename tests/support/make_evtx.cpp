// make_evtx EVENTS.json OUT.evtx: writes an event log from a list of events, for samples/.
//
// [{"provider": "Microsoft-Windows-TerminalServices-Gateway", "channel": "…/Operational",
//   "computer": "RDGW01", "event_id": 201, "time": "2026-11-20T09:11:52.1031234Z", "level": 2,
//   "task": 3, "opcode": 0, "version": 0, "keywords": "0x4020000001000000", "record_id": 48812,
//   "process_id": 736, "thread_id": 284, "user_sid": "S-1-5-20", "activity_id": "{…}",
//   "provider_guid": "{…}", "qualifiers": 0, "event_source_name": "…",
//   "event_data": {"Name": "text", "Count": 3, "Ok": true, "Code": {"hex32": "0x904"}},
//   "user_data": {"EventInfo": {"Username": "CONTOSO\\ann", "ErrorCode": 23003}}}]
//
// event_data may also be a list, for unnamed values: ["first", "second"]. Typed values: {"hex32":
// …}, hex64, u8, u16, u32, u64, i32, i64, guid, sid, time, binary (hex digits), strings (a list),
// null. A plain number is u32. "gap": true starts a new chunk with the event,
// "forwarded": true writes it as an event collector does, without a template.
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "support/evtx_builder.hpp"

namespace {

using Json = nlohmann::ordered_json;
using rdptriage::test::EvtxEvent;
using rdptriage::test::EvtxField;
using rdptriage::test::EvtxValue;

std::uint64_t number_of(const Json& json) {
  return json.is_string() ? std::stoull(json.get<std::string>(), nullptr, 0)
                          : json.get<std::uint64_t>();
}

std::int64_t ticks_of(const std::string& text) {
  const auto time = rdptriage::base::parse_iso8601(text);
  if (!time) throw std::runtime_error("no time: " + text);
  return time->ticks;
}

EvtxValue typed_value(const std::string& type, const Json& json) {
  if (type == "hex32") return EvtxValue::hex32(static_cast<std::uint32_t>(number_of(json)));
  if (type == "hex64") return EvtxValue::hex64(number_of(json));
  if (type == "u8") return EvtxValue::u8(static_cast<std::uint8_t>(number_of(json)));
  if (type == "u16") return EvtxValue::u16(static_cast<std::uint16_t>(number_of(json)));
  if (type == "u32") return EvtxValue::u32(static_cast<std::uint32_t>(number_of(json)));
  if (type == "u64") return EvtxValue::u64(number_of(json));
  if (type == "i32") return EvtxValue::i32(json.get<std::int32_t>());
  if (type == "i64") return EvtxValue::i64(json.get<std::int64_t>());
  if (type == "guid") return EvtxValue::guid(json.get<std::string>());
  if (type == "sid") return EvtxValue::sid(json.get<std::string>());
  if (type == "time") return EvtxValue::file_time(ticks_of(json.get<std::string>()));
  if (type == "strings") return EvtxValue::text_array(json.get<std::vector<std::string>>());
  if (type == "binary") {
    std::string bytes;
    const auto digits = json.get<std::string>();
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
      bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    }
    return EvtxValue::binary(bytes);
  }
  throw std::runtime_error("unknown type: " + type);
}

EvtxValue value_of(const Json& json) {
  if (json.is_null()) return EvtxValue::null();
  if (json.is_boolean()) return EvtxValue::boolean(json.get<bool>());
  if (json.is_number()) return EvtxValue::u32(json.get<std::uint32_t>());
  if (json.is_string()) return EvtxValue::text(json.get<std::string>());
  return typed_value(json.begin().key(), json.begin().value());
}

std::vector<EvtxField> fields_of(const Json& json) {
  std::vector<EvtxField> fields;
  for (const auto& [name, value] : json.items()) {
    fields.push_back({json.is_array() ? std::string() : name, value_of(value)});
  }
  return fields;
}

EvtxEvent event_of(const Json& json) {
  EvtxEvent event;
  const auto text = [&](const char* key, std::string& out) { out = json.value(key, out); };
  const auto number = [&](const char* key, auto& out) {
    using Number = std::decay_t<decltype(out)>;
    if (json.contains(key)) out = static_cast<Number>(number_of(json[key]));
  };
  text("provider", event.provider);
  text("channel", event.channel);
  text("computer", event.computer);
  text("provider_guid", event.provider_guid);
  text("event_source_name", event.event_source_name);
  text("activity_id", event.activity_id);
  text("related_activity_id", event.related_activity_id);
  text("user_sid", event.user_sid);
  number("event_id", event.event_id);
  number("version", event.version);
  number("level", event.level);
  number("task", event.task);
  number("opcode", event.opcode);
  number("keywords", event.keywords);
  number("process_id", event.process_id);
  number("thread_id", event.thread_id);
  if (json.contains("qualifiers"))
    event.qualifiers = static_cast<std::uint16_t>(number_of(json["qualifiers"]));
  if (json.contains("record_id")) event.record_id = number_of(json["record_id"]);
  if (json.contains("time")) event.time = ticks_of(json["time"].get<std::string>());
  if (json.contains("event_data")) event.event_data = fields_of(json["event_data"]);
  if (json.contains("user_data")) {
    event.user_data = json["user_data"].begin().key();
    event.user_data_namespace = json.value("user_data_namespace", "Event_NS");
    event.user_fields = fields_of(json["user_data"].begin().value());
  }
  return event;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: make_evtx EVENTS.json OUT.evtx\n", stderr);
    return 2;
  }
  try {
    std::ifstream in(argv[1]);
    const Json events = Json::parse(in, nullptr, true, true);
    const std::uint64_t first =
        events.empty() || !events[0].contains("record_id") ? 1 : number_of(events[0]["record_id"]);
    rdptriage::test::EvtxBuilder log(first);
    for (const Json& json : events) {
      if (json.value("gap", false)) log.end_chunk();
      log.add(event_of(json), json.value("forwarded", false)
                                  ? rdptriage::test::EvtxStyle::no_templates
                                  : rdptriage::test::EvtxStyle::templates);
    }
    const auto bytes = log.finish();
    std::ofstream out(argv[2], std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    return out ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_evtx: %s: %s\n", argv[1], error.what());
    return 1;
  }
}
