// Output of commands that admins attach: one reader for all of them, because one text often holds
// several. Formats are data (capture_format.hpp); sockets, TCP statistics and registry exports need
// code (netstat.hpp, tcp_statistics.hpp, registry_export.hpp).
#pragma once

#include "reader/capture_format.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

// Category of events in which a collector says what it did not find: about the case, not the
// trouble.
inline constexpr std::string_view kCollectionState = "collection_state";

Sureness probe_capture(std::span<const std::byte> head, std::string_view name, const ReadContext&);
ReadOutcome read_capture(const container::Artifact&, container::ByteSource&, const ReadContext&,
                         EventSink&);

// Runs the `samples` of a document's format and adds what they do not give to `problems`.
void check_capture_samples(const base::YamlNode& document, const base::SourceText& source,
                           const CaptureSet& set, std::vector<Problem>& problems);

}  // namespace rdptriage::reader
