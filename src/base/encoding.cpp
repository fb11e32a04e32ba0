#include "base/encoding.hpp"

#include <algorithm>

namespace rdptriage::base {

namespace {
constexpr char32_t kReplacement = 0xFFFD;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool is_continuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// Length of the well-formed UTF-8 sequence at `at`, 0 when there is none (Unicode, table 3-7).
std::size_t utf8_sequence(std::string_view bytes, std::size_t at) {
  const std::uint8_t lead = byte_at(bytes, at);
  const std::size_t left = bytes.size() - at;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  const std::uint8_t second = byte_at(bytes, at + 1);
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(byte_at(bytes, at + i))) return 0;
  }
  return length;
}
}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    // Most lines are ASCII: eight bytes at a time while that lasts.
    while (bytes.size() - at >= 8) {
      std::uint64_t word = 0;
      std::copy_n(bytes.data() + at, 8, reinterpret_cast<char*>(&word));
      if ((word & 0x8080808080808080U) != 0) break;
      at += 8;
    }
    if (at == bytes.size()) break;
    const std::size_t length = utf8_sequence(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8_sequence(bytes, at);
    if (length == 0) append_utf8(kReplacement, out);
    out.append(bytes.substr(at, length));
    at += length == 0 ? 1 : length;
  }
  return out;
}

void append_utf8(char32_t code_point, std::string& out) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
    code_point = kReplacement;
  }
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

void append_utf16(std::string_view bytes, ByteOrder order, std::string& out) {
  const auto unit = [&](std::size_t at) {
    const std::uint8_t a = byte_at(bytes, at), b = byte_at(bytes, at + 1);
    return static_cast<char32_t>(order == ByteOrder::little ? a | b << 8 : a << 8 | b);
  };
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    char32_t code = unit(at);
    if (code >= 0xD800 && code < 0xDC00 && at + 3 < bytes.size()) {
      const char32_t low = unit(at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      }
    }
    append_utf8(code, out);
  }
  if (at < bytes.size()) append_utf8(kReplacement, out);
}

std::uint64_t utf16_bytes(std::string_view utf8) {
  std::uint64_t units = 0;
  for (const char c : utf8) {
    const std::uint8_t byte = static_cast<std::uint8_t>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return 2 * units;
}

TextStart detect_text_start(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) return {TextShape::bytes, 3};
  if (head.starts_with("\xFF\xFE")) return {TextShape::utf16le, 2};
  if (head.starts_with("\xFE\xFF")) return {TextShape::utf16be, 2};
  // Zeros that a crash left where the text began say nothing.
  const std::size_t zeros = std::min(head.find_first_not_of('\0'), head.size());
  head.remove_prefix(zeros & ~std::size_t{1});
  // What begins without any is 8-bit text, whatever was appended to it.
  constexpr std::size_t kFirst = 128;
  if (head.substr(0, kFirst).find('\0') == std::string_view::npos) return {};
  // Without a BOM: ASCII in UTF-16 has a zero in every second byte. Text in Chinese or Japanese
  // still has its blanks, digits and line ends, so a fifth is asked for, and next to none of the
  // other parity.
  const std::size_t size = std::min<std::size_t>(head.size(), 4096) & ~std::size_t{1};
  std::size_t even = 0, odd = 0;
  for (std::size_t i = 0; i < size; i += 2) {
    even += head[i] == '\0';
    odd += head[i + 1] == '\0';
  }
  if (size >= 4 && odd * 5 >= size / 2 && even * 10 <= odd) return {TextShape::utf16le, 0};
  if (size >= 4 && even * 5 >= size / 2 && odd * 10 <= even) return {TextShape::utf16be, 0};
  return {};
}

}  // namespace rdptriage::base
