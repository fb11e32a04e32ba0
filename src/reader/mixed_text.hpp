// Text in which the output of commands stands beside lines of a trace or of an error dialog, as it
// does in tickets: captures have the first say on each line, the text formats take the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "container/artifact.hpp"
#include "reader/capture_reading.hpp"
#include "reader/near_lines_sink.hpp"
#include "reader/reader.hpp"
#include "reader/text_reading.hpp"

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

class MixedReading {
 public:
  struct Parts {
    const TextFormat& format = plain_text();  // of the lines that no capture takes
    TextReading::Gives gives = TextReading::Gives::blocks;
    bool captures = true;
    Carried carried = Carried::no;
  };

  // The default parts are of what people write around the records that another reader takes. All
  // of them must outlive the reading. REQUIRES: the context has formats.
  MixedReading(const container::Artifact& artifact, const ReadContext& context, EventSink& sink,
               const Parts& parts);

  Flow add(const TextLine& line);
  // No line comes any more.
  Flow end();

  const std::optional<CaptureReading>& captures() const { return captures_; }
  const TextReading& text() const { return text_; }
  // Lines that no capture took, without blank ones.
  std::uint64_t lines_left() const { return lines_left_; }
  // Captures and blocks that became events.
  std::uint64_t records() const {
    return text_.blocks_given() + (captures_ ? captures_->records() : 0);
  }

 private:
  const FormatSet::Impl& set_;
  const Carried carried_;
  NearLinesSink with_lines_;
  std::optional<CaptureReading> captures_;
  TextReading text_;
  std::uint64_t lines_left_ = 0;
};

// Whether captures or blocks can be made of the lines, as of a text of their own.
// REQUIRES: the context has formats.
bool is_capture_or_block(std::span<const std::string> lines, const ReadContext& context);

// The main part is what the artifact was taken for. REQUIRES: the context has formats.
ReadOutcome read_mixed_text(const container::Artifact&, container::ByteSource&, const ReadContext&,
                            EventSink&, MainPart);

}  // namespace rdptriage::reader
