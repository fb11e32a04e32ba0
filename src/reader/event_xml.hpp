// Event XML as text: Event Viewer's "save as XML" (<Events>), `wevtutil qe` and Get-WinEvent's
// ToXml (events one after another, no root), with or without RenderingInfo; UTF-8 or UTF-16. See
// docs/formats/event-xml.md.
#pragma once

#include "reader/reader.hpp"

namespace rdptriage::reader {

// One event's text; what is longer is no event (a record has at most 64 KiB before it is rendered).
inline constexpr std::size_t kMaxEventXml = std::size_t{2} << 20;
// Elements inside each other; what is deeper is left out.
inline constexpr unsigned kMaxXmlDepth = 128;

Sureness probe_event_xml(std::span<const std::byte> head, std::string_view name,
                         const ReadContext&);

// Holds one event in memory at a time. An event that is not well-formed is given, marked damaged,
// as far as its System can be read, else refused; text between events is counted as lost.
ReadOutcome read_event_xml(const container::Artifact&, container::ByteSource&, const ReadContext&,
                           EventSink&);

}  // namespace rdptriage::reader
