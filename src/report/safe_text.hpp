// Text out of a log, made inert before it reaches a page or a workflow command, and cut to fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rdptriage/safe_text.hpp"

namespace rdptriage::report {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // bytes; 0: none
};

// The character at the front of `text` (not empty) if it steers what shows it: a control character
// but the tab, a bidirectional control, an invisible separator. Else none.
CodePoint active_front(std::string_view text);

// Whether UTF-8 of a character that acts, or of one like it, may begin with this byte.
constexpr bool may_begin_active(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2 ||
         byte == 0xEF;
}

// safe_text for HTML and XML, text and double- or single-quoted attributes alike: the five
// characters of markup become references.
std::string safe_markup(std::string_view text, LineBreaks line_breaks = LineBreaks::keep);

// At most `columns` code points of `text`, with "…" as the last one where it was cut.
std::string cut_to(std::string_view text, std::size_t columns);

// The same, cut behind a whole word where there is one: "these words …".
std::string cut_at_word(std::string_view text, std::size_t columns);

}  // namespace rdptriage::report
