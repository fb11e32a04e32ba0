// The compiled side of text formats; for text_format.cpp (loading) and text_reader.cpp (running).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/key_words.hpp"
#include "base/pattern.hpp"
#include "rdptriage/event.hpp"
#include "reader/capture_format.hpp"
#include "reader/column_formats.hpp"
#include "reader/line_filter.hpp"
#include "reader/text_format.hpp"

namespace rdptriage::reader {

using Constants = std::vector<std::pair<std::string, std::string>>;  // field → value

// An expression whose named groups become fields.
struct FieldPattern {
  base::Pattern pattern;
  // Lower case, ASCII: a line that the expression matches holds one of them in some case; empty
  // when that cannot be told.
  std::vector<std::string> literals;
  std::vector<std::string> lowered;  // fields whose value is shown in lower case
  std::vector<std::string> hex;      // fields whose decimal value is shown as 0x…
  Constants set;                     // fields with a fixed value where the expression matches
  bool rest_is_message = false;      // what follows the match is the field Message
};

struct TextFormat {
  std::string name, title, client;
  std::vector<base::Pattern> signs;    // each line of a file that one of them matches speaks for it
  std::vector<FieldPattern> prefixes;  // tried in order on each line
  std::vector<base::Pattern> names;    // of files whose lines none of the signs knows
  bool catch_all = false;              // for what no other format knows: of equals, never the one
};

// The group of a carrier that holds the line it carried.
inline constexpr std::string_view kCarriedLine = "Line";

// Lines that stand together and are one event of their own (the copied error dialog).
struct LineBlock {
  std::string service;
  std::vector<FieldPattern> lines;  // the first opens the block; the others may follow in any order
  std::vector<std::string> required;  // fields that make it an event
  unsigned within = 8;                // lines after the first
  bool waits = false;   // is an event only if no other block of the service takes its line, too
  unsigned linger = 0;  // a whole block takes further fields from so many lines more
  std::vector<base::Pattern> unless;  // lines that are no part of it, whatever else they say
};

// Which formats have a sign in a text, from one look for the literals that the signs need.
class SignFinder {
 public:
  void index(const std::vector<TextFormat>& formats);
  // False: no line of the text that `seen` was made from speaks for the format.
  static bool may_speak(std::uint64_t seen, std::size_t format) {
    return (seen >> (format % 64) & 1U) != 0;
  }
  std::uint64_t look(std::string_view text) const { return always_ | literals_.find(text); }

 private:
  base::LiteralSet literals_;
  std::uint64_t always_ = 0;
};

struct FormatSet::Impl {
  std::vector<TextFormat> formats;
  SignFinder signs;
  std::vector<FieldPattern> carriers;  // what mails, terminals and system logs put before a line
  std::optional<base::PatternSet> all_carriers;  // at once, as most lines have none; see index()
  std::vector<FieldPattern> extractions;
  std::vector<LineBlock> blocks;
  std::vector<base::Pattern> mentions;  // lines that only speak of an error, as advice does
  CaptureSet captures;
  ColumnFormats columns;
  base::KeyWords key_words;              // that tell code pages apart
  std::optional<LineFilter> every_line;  // wants them all; set when everything is loaded

  // When everything is loaded: the signs, carriers and captures are looked for together.
  void index();
};

// Fields of one line while it is taken apart; views point into the line, the format or `storage`.
struct LineFields {
  std::vector<Field> fields;
  std::optional<Timestamp> time;
  TimeQuality time_quality = TimeQuality::none;
  std::string_view glued;  // text before the prefix: a prompt, or a line that was cut in two
  const FieldPattern* prefix = nullptr;  // of this line or the last that had one
  bool has_prefix = false;               // this line has
};

// The value of a field as events show it.
std::string shown_value(const FieldPattern& pattern, std::string_view field,
                        std::string_view value);

// Splits a line by the first prefix of `format` that fits at its start or behind what carried the
// line, else by the first that fits farther in, and runs the extractions that `signs` speak for
// over its message. Values that had to be changed live in `storage`, which must outlive `out`.
void take_line_apart(const FormatSet::Impl& set, const TextFormat& format, std::string_view line,
                     LineSigns signs, std::vector<std::string>& storage, LineFields& out);

// The line without what carried it.
std::string_view carried_line(const FormatSet::Impl& set, std::string_view line);

// The format that most lines of `text` speak for, and how many do; null when none is spoken for.
std::pair<const TextFormat*, std::size_t> find_format(const FormatSet::Impl& set,
                                                      std::string_view text);

// The format that the last name of `path` speaks for, null when there is none.
const TextFormat* format_of_name(const FormatSet::Impl& set, std::string_view path);

}  // namespace rdptriage::reader
