// Events as JSON: one object a line, an array of objects, or objects one after the other.
//
// Three shapes are known. {"Event": {"System": …, "EventData": …}} is a record of a Windows event
// log as evtx_dump writes it (#attributes, #text). An object with ProviderName and Id is what
// `Get-WinEvent | ConvertTo-Json` writes, of PowerShell 5 or 7. Any other object is a flat event:
// its members are the fields, nested objects dotted, arrays as several values; "timestamp" is its
// time, EventID, Channel, Provider_Name and Computer fill the key, and {"logsource": {product,
// category, service}} says what the event is. What other tools call these is in json_shape.cpp.
//
// Not every JSON file holds events. In a case, an object counts that has a time, an id, a channel,
// a provider, a computer or a message under a name that events have them under; rules that are
// matched with JSON lines get every object (ReadContext::json).
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/function_ref.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

struct ColumnFormats;  // column_formats.hpp

Sureness probe_event_json(std::span<const std::byte> head, std::string_view name,
                          const ReadContext&);
ReadOutcome read_event_json(const container::Artifact&, container::ByteSource&, const ReadContext&,
                            EventSink&);

enum class JsonObject : std::uint8_t { damaged, other, event };

// Every event of the text of one JSON object: itself, or those that an answer of Elasticsearch,
// chainsaw or Splunk wraps. Says whether one of them looks like an event. `formats`, where given,
// knows names for values that have none.
JsonObject visit_json_object(std::string_view text, const Locator& locator,
                             const ColumnFormats* formats,
                             FunctionRef<void(EventView&, JsonObject)> visit);

// The same, of any object whatever; the view lives for the call. False: not an object.
bool visit_json_event(std::string_view text, const Locator& locator,
                      FunctionRef<void(EventView&)> visit);

// The values of an event that EvtxECmd writes as JSON into a column; new views are into `storage`.
void add_json_values(std::string_view text, std::deque<std::string>& storage,
                     std::vector<Field>& out);

}  // namespace rdptriage::reader
