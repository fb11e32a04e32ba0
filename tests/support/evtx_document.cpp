#include <string>
#include <utility>

#include "support/evtx_model.hpp"

namespace rdptriage::test {

EvtxPiece literal(std::string_view text) {
  EvtxPiece piece;
  piece.text = text;
  return piece;
}

EvtxPiece substitution(EvtxValue value) {
  EvtxPiece piece;
  piece.kind = EvtxPiece::Kind::value;
  piece.value = std::move(value);
  return piece;
}

EvtxPiece child(EvtxElement element) {
  EvtxPiece piece;
  piece.kind = EvtxPiece::Kind::element;
  piece.children.push_back(std::move(element));
  return piece;
}

EvtxElement document(const EvtxEvent& event, std::uint64_t record_number) {
  const auto leaf = [](std::string name, EvtxValue value) {
    return child({std::move(name), {}, {substitution(std::move(value))}, true});
  };
  const auto optional_text = [](const std::string& text) {
    return substitution(text.empty() ? EvtxValue::null() : EvtxValue::text(text));
  };
  const auto optional_guid = [](const std::string& text) {
    return substitution(text.empty() ? EvtxValue::null() : EvtxValue::guid(text));
  };
  EvtxElement provider{"Provider", {{"Name", {literal(event.provider)}}}, {}, false};
  if (!event.provider_guid.empty()) {
    provider.attributes.push_back({"Guid", {literal(event.provider_guid)}});
  }
  if (!event.event_source_name.empty()) {
    provider.attributes.push_back({"EventSourceName", {optional_text(event.event_source_name)}});
  }
  EvtxElement event_id{
      "EventID",
      {{"Qualifiers",
        {substitution(event.qualifiers ? EvtxValue::u16(*event.qualifiers) : EvtxValue::null())}}},
      {substitution(EvtxValue::u16(event.event_id))},
      true};
  EvtxElement system{"System", {}, {}, false};
  system.content = {
      child(provider),
      child(event_id),
      leaf("Version", EvtxValue::u8(event.version)),
      leaf("Level", EvtxValue::u8(event.level)),
      leaf("Task", EvtxValue::u16(event.task)),
      leaf("Opcode", EvtxValue::u8(event.opcode)),
      leaf("Keywords", EvtxValue::hex64(event.keywords)),
      child({"TimeCreated",
             {{"SystemTime", {substitution(EvtxValue::file_time(event.time))}}},
             {},
             false}),
      leaf("EventRecordID", EvtxValue::u64(event.record_id.value_or(record_number))),
      child({"Correlation",
             {{"ActivityID", {optional_guid(event.activity_id)}},
              {"RelatedActivityID", {optional_guid(event.related_activity_id)}}},
             {},
             false}),
      child({"Execution",
             {{"ProcessID", {substitution(EvtxValue::u32(event.process_id))}},
              {"ThreadID", {substitution(EvtxValue::u32(event.thread_id))}}},
             {},
             false}),
      child({"Channel", {}, {literal(event.channel)}, false}),
      child({"Computer", {}, {literal(event.computer)}, false}),
      child({"Security",
             {{"UserID",
               {substitution(event.user_sid.empty() ? EvtxValue::null()
                                                    : EvtxValue::sid(event.user_sid))}}},
             {},
             false}),
  };
  EvtxElement root{"Event",
                   {{"xmlns", {literal("http://schemas.microsoft.com/win/2004/08/events/event")}}},
                   {child(system)},
                   false};
  EvtxPiece nested;
  nested.kind = EvtxPiece::Kind::nested;
  if (!event.event_data.empty()) {
    EvtxElement data{"EventData", {}, {}, false};
    for (const EvtxField& field : event.event_data) {
      EvtxElement one{"Data", {}, {substitution(field.value)}, false};
      if (!field.name.empty()) one.attributes.push_back({"Name", {literal(field.name)}});
      data.content.push_back(child(std::move(one)));
    }
    nested.children.push_back(std::move(data));
  } else if (!event.user_data.empty()) {
    EvtxElement wrapper{event.user_data, {}, {}, false};
    if (!event.user_data_namespace.empty()) {
      wrapper.attributes.push_back({"xmlns", {literal(event.user_data_namespace)}});
    }
    for (const EvtxField& field : event.user_fields) {
      wrapper.content.push_back(child({field.name, {}, {substitution(field.value)}, false}));
    }
    nested.children.push_back({"UserData", {}, {child(std::move(wrapper))}, false});
  }
  if (!nested.children.empty()) root.content.push_back(std::move(nested));
  return root;
}

}  // namespace rdptriage::test
