#include "report/safe_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdptriage::report {

namespace {

// One code point at the front of `text` (not empty); overlong forms and surrogates are not UTF-8
// and none.
CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

// Characters that steer what shows them: bidirectional controls and invisible separators.
bool is_active(std::uint32_t c) {
  return (c < 0x20 && c != '\t') || (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
         (c >= 0xFFFE && c <= 0xFFFF) || c == 0x061C;
}

// How many characters at the front need no second look.
std::size_t plain_run(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte > 0x7E;
  });
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

CodePoint active_front(std::string_view text) {
  if (!may_begin_active(text.front())) return {};
  const CodePoint c = decode(text);
  return is_active(c.value) ? c : CodePoint{};
}

std::string safe_markup(std::string_view text, LineBreaks line_breaks) {
  std::string out;
  for (const char c : safe_text(text, line_breaks)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  std::size_t count = 0, last_start = 0, at = 0;
  while (at < text.size()) {
    const std::size_t length = std::max<std::size_t>(1, decode(text.substr(at)).length);
    if (count == columns) return std::string(text.substr(0, last_start)) + "…";
    last_start = at;
    at += length;
    ++count;
  }
  return std::string(text);
}

std::string cut_at_word(std::string_view text, std::size_t columns) {
  std::string cut = cut_to(text, columns);
  if (cut.size() == text.size()) return cut;
  const auto blank = cut.rfind(' ');
  if (blank == std::string::npos || blank == 0) return cut;
  return cut.substr(0, blank) + " …";
}

}  // namespace rdptriage::report

namespace rdptriage {

std::string safe_text(std::string_view text, LineBreaks line_breaks) {
  std::string out;
  out.reserve(text.size());
  for (;;) {
    const std::size_t plain = report::plain_run(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const report::CodePoint c = report::decode(text);
    if (c.length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (!report::is_active(c.value)) {
      out.append(text.substr(0, c.length));
    } else if (c.value == '\n') {
      out += line_breaks == LineBreaks::keep ? "\n" : "\\n";
    } else if (c.value == '\r') {
      // CR LF counts as one line break; a lone CR could overwrite a terminal's line.
      if (text.size() < 2 || text[1] != '\n') out += "\\r";
    } else if (c.value < 0x100) {
      out += fmt::format("\\x{:02x}", c.value);
    } else {
      out += fmt::format("\\u{:04x}", c.value);
    }
    text.remove_prefix(c.length);
  }
  return out;
}

}  // namespace rdptriage
