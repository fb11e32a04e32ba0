// Text in which the output of commands stands beside lines of a trace or of an error dialog, as it
// does in tickets: captures have the first say on each line, the text formats take the rest.
#pragma once

#include <cstdint>
#include <string_view>

#include "container/artifact.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

enum class MainPart : std::uint8_t { captures, lines };

// Lines that something carried (a mail's "> ") are taken for captures without it where only that
// makes captures of them.
enum class Carried : std::uint8_t { no, yes };

struct FoundCaptures {
  std::uint64_t records = 0, lines = 0, known = 0;  // lines without blank ones
  Carried carried = Carried::no;
};

// What captures make of a text's first lines. REQUIRES: the context has formats.
FoundCaptures find_captures(std::string_view head, std::string_view path,
                            const ReadContext& context);

// The main part is what the artifact was taken for. REQUIRES: the context has formats.
ReadOutcome read_mixed_text(const container::Artifact&, container::ByteSource&, const ReadContext&,
                            EventSink&, MainPart);

}  // namespace rdptriage::reader
