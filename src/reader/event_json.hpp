// Events as JSON: one object a line, an array of objects, or objects one after the other.
//
// Three shapes are known. {"Event": {"System": …, "EventData": …}} is a record of a Windows event
// log as evtx_dump writes it (#attributes, #text). An object with ProviderName and Id is what
// `Get-WinEvent | ConvertTo-Json` writes, of PowerShell 5 or 7. Any other object is a flat event:
// its members are the fields, nested objects dotted, arrays as several values; "timestamp" is its
// time, EventID, Channel, Provider_Name and Computer fill the key, and {"logsource": {product,
// category, service}} says what the event is.
#pragma once

#include <span>
#include <string_view>

#include "rdptriage/function_ref.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

Sureness probe_event_json(std::span<const std::byte> head, std::string_view name,
                          const ReadContext&);
ReadOutcome read_event_json(const container::Artifact&, container::ByteSource&, const ReadContext&,
                            EventSink&);

// One event from the text of one JSON object; the view lives for the call. False: not an object.
bool visit_json_event(std::string_view text, const Locator& locator,
                      FunctionRef<void(EventView&)> visit);

}  // namespace rdptriage::reader
