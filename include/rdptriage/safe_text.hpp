// Text out of a log, a name or a rule, made inert before it reaches a terminal.
#pragma once

#include <string>
#include <string_view>

namespace rdptriage {

enum class LineBreaks : unsigned char { keep, escape };

// Valid UTF-8 with nothing in it that acts: bytes that are not UTF-8 become U+FFFD, control
// characters (C0, DEL, C1), bidirectional overrides and line separators become visible escapes such
// as "\x1b" or "\u202e". A tab stays; a line feed stays or becomes "\n".
std::string safe_text(std::string_view text, LineBreaks line_breaks = LineBreaks::escape);

// The same JSON document, as any writer made it: what acts on a terminal although JSON lets it
// stand in a string becomes an escape of JSON, so that no value changes.
std::string safe_json(std::string_view document);

}  // namespace rdptriage
