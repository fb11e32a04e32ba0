// What bytes say as text: UTF-8, UTF-16 and the code pages that Windows consoles and files use.
//
// Captures come out of cmd.exe in the OEM code page, out of PowerShell in UTF-16, out of editors in
// the ANSI code page, and none of them says so. Decoding never fails: what a code page does not
// define becomes U+FFFD. Everything here is pure and safe to call from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::base {

class KeyWords;  // key_words.hpp

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view bytes);
// UTF-8 for sure: each byte that belongs to no sequence becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

void append_utf8(char32_t code_point, std::string& out);

enum class ByteOrder : std::uint8_t { little, big };
// Appends `bytes` as UTF-8; a lone surrogate or a trailing odd byte becomes U+FFFD.
void append_utf16(std::string_view bytes, ByteOrder order, std::string& out);
// How many bytes this UTF-8 takes as UTF-16; a piece that begins within a character counts from the
// next one on.
std::uint64_t utf16_bytes(std::string_view utf8);

// What the first bytes of a text say about all of it.
enum class TextShape : std::uint8_t {
  bytes,  // UTF-8 or a code page, told apart line by line
  utf16le,
  utf16be,
};
struct TextStart {
  TextShape shape = TextShape::bytes;
  std::size_t bom_bytes = 0;  // 0, 2 or 3
};
// BOM first, then the pattern of zero bytes that ASCII leaves in UTF-16, behind any zeros that the
// text begins with.
TextStart detect_text_start(std::string_view head);

// One 8-bit or double-byte code page. Instances live for ever.
class CodePage {
 public:
  virtual ~CodePage() = default;
  virtual std::string_view name() const = 0;  // as reports show it: "cp850"
  // Appends `bytes` as UTF-8; returns how many bytes the code page does not define.
  virtual std::size_t append(std::string_view bytes, std::string& out) const = 0;
};

// By name ("cp850"), or null when the platform does not have it. "cp1252" always exists.
const CodePage* find_code_page(std::string_view name);

struct CodePageGuess {
  const CodePage* page = nullptr;  // never null
  // Nothing spoke for this page: the text may be wrong and a notice should say so.
  bool uncertain = false;
};
// The code page under which `sample` (lines that are not UTF-8) reads best: words that the caller
// knows to occur in such texts count most, then what letters may stand side by side.
CodePageGuess guess_code_page(std::string_view sample, const KeyWords& key_words);

// What `text` may have been before somebody read its bytes in the wrong code page and saved the
// result ("ABH™REN" was "ABHÖREN"): the possible originals, likeliest first; empty for ASCII.
std::vector<std::string> undo_mojibake(std::string_view text);

}  // namespace rdptriage::base
