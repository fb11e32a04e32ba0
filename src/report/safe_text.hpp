// Text out of a log, made inert before it reaches a terminal, a page or a workflow command.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rdptriage::report {

enum class LineBreaks : unsigned char { keep, escape };

// Valid UTF-8 with nothing in it that acts: bytes that are not UTF-8 become U+FFFD, control
// characters (C0, DEL, C1), bidirectional overrides and line separators become visible escapes such
// as "\x1b" or "\u202e". A tab stays; a line feed stays or becomes "\n".
std::string safe_text(std::string_view text, LineBreaks line_breaks = LineBreaks::escape);

// The same for HTML and XML, text and double- or single-quoted attributes alike: safe_text, then
// the five characters of markup as references.
std::string safe_markup(std::string_view text, LineBreaks line_breaks = LineBreaks::keep);

// At most `columns` code points of `text`, with "…" as the last one where it was cut.
std::string cut_to(std::string_view text, std::size_t columns);

// The same, cut behind a whole word where there is one: "these words …".
std::string cut_at_word(std::string_view text, std::size_t columns);

}  // namespace rdptriage::report
