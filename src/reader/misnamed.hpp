// Files that are often handed over as event logs and are none: recognized, so that the report can
// say what they are and what to bring instead.
#pragma once

#include "reader/reader.hpp"

namespace rdptriage::reader {

// The event log of Windows XP and Server 2003 ("LfLe"): no Remote Desktop channel existed then.
Sureness probe_evt(std::span<const std::byte> head, std::string_view name, const ReadContext&);
ReadOutcome read_evt(const container::Artifact&, container::ByteSource&, const ReadContext&,
                     EventSink&);

// What a repository holds in place of a large file that was not fetched.
Sureness probe_lfs_pointer(std::span<const std::byte> head, std::string_view name,
                           const ReadContext&);
ReadOutcome read_lfs_pointer(const container::Artifact&, container::ByteSource&, const ReadContext&,
                             EventSink&);

}  // namespace rdptriage::reader
