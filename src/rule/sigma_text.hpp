// A text value of a rule as tokens: what is literal, what is a wildcard. Parsed once, first; the
// modifiers then work on the tokens, so that a backslash at the end of a value never meets the
// wildcard that `contains` adds behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::rule {

enum class TokenKind : std::uint8_t {
  text,
  any_run,  // *: any characters, also none
  any_one,  // ?: one code point
  dash,     // windash: one of - / and the three long dashes
};

struct Token {
  TokenKind kind = TokenKind::text;
  std::string text;  // kind text only, never empty
};
using SigmaText = std::vector<Token>;

// `*` and `?` are wildcards; `\*`, `\?` and `\\` stand for the second character; any other
// backslash is itself.
SigmaText parse_sigma_text(std::string_view source);
SigmaText literal_text(std::string_view text);

bool has_wildcard(const SigmaText& text);
// The text of a value without wildcards and dashes.
std::string plain_text(const SigmaText& text);

// Modifiers.
void add_wildcard_before(SigmaText& text);
void add_wildcard_after(SigmaText& text);
// Every dash or slash that may start an option becomes a dash token.
SigmaText mark_dashes(const SigmaText& text);
// All spellings of a value with dash tokens; nothing when it has more than `max_dashes`.
std::vector<SigmaText> spell_dashes(const SigmaText& text, std::size_t max_dashes);
std::string encode_base64(std::string_view bytes);
// What is left of the Base64 of `bytes` at each of the three alignments.
std::vector<std::string> encode_base64_offsets(std::string_view bytes);
enum class Utf16 : std::uint8_t { little, big, little_with_mark };
std::string encode_utf16(std::string_view utf8, Utf16 form);

// The five dashes as UTF-8.
inline constexpr std::string_view kDashes[] = {"-", "/", "\xE2\x80\x93", "\xE2\x80\x94",
                                               "\xE2\x80\x95"};

// Does the whole of `text` match? Both folded, or both not.
bool matches_tokens(const SigmaText& pattern, std::string_view text);

}  // namespace rdptriage::rule
