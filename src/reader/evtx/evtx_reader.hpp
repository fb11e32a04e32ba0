// Binary Windows event logs (.evtx), Vista to Server 2025: docs/formats/evtx.md.
#pragma once

#include "reader/reader.hpp"

namespace rdptriage::reader {

Sureness probe_evtx(std::span<const std::byte> head, std::string_view name, const ReadContext&);

// Reads every chunk there is, whatever the file's header says, and in it the records before the
// free-space offset. Torn records are refused; ReadContext::carve gives them and the records of an
// earlier life, marked damaged. With a sink that forks, chunks are decoded on ReadContext::jobs
// threads; the order of events is the same.
ReadOutcome read_evtx(const container::Artifact&, container::ByteSource&, const ReadContext&,
                      EventSink&);

}  // namespace rdptriage::reader
