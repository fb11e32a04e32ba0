#include "base/case_fold.hpp"

#include <algorithm>
#include <iterator>

#include "base/case_fold_table.hpp"

namespace rdptriage::base {

namespace {
unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// Length of the well-formed sequence at `at` and its code point, or length 1 for a stray byte.
struct Decoded {
  std::uint32_t code_point;
  std::size_t length;
  bool valid;
};
Decoded decode(std::string_view text, std::size_t at) {
  const unsigned char first = byte_at(text, at);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0x80) return {first, 1, true};
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {first, 1, false};
  std::uint32_t code_point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned char next = byte_at(text, at + i);
    if ((next & 0xC0U) != 0x80U) return {first, 1, false};
    code_point = (code_point << 6U) | (next & 0x3FU);
  }
  return {code_point, length, true};
}

void append_utf8(std::uint32_t c, std::string& out) {
  const auto put = [&](std::uint32_t byte) {
    out += static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}
}  // namespace

std::uint32_t fold_code_point(std::uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  const auto* range =
      std::upper_bound(std::begin(kFoldRanges), std::end(kFoldRanges), c,
                       [](std::uint32_t value, const FoldRange& row) { return value < row.first; });
  if (range == std::begin(kFoldRanges)) return c;
  --range;
  if (c > range->last || (c - range->first) % range->stride != 0) return c;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(c) + range->delta);
}

void append_folded(std::string_view text, std::string& out) {
  // Nearly every value is ASCII; this loop vectorizes.
  const std::size_t start = out.size();
  out.resize(start + text.size());
  char* to = out.data() + start;
  unsigned char high = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    high |= c;
    const auto upper =
        static_cast<unsigned char>(static_cast<unsigned char>(c - 'A') < 26 ? 0x20 : 0);
    to[i] = static_cast<char>(c | upper);
  }
  if (high < 0x80) return;
  out.resize(start);
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = decode(text, at);
    if (decoded.valid) {
      append_utf8(fold_code_point(decoded.code_point), out);
    } else {
      out += text[at];
    }
    at += decoded.length;
  }
}

std::string fold_case(std::string_view text) {
  std::string out;
  append_folded(text, out);
  return out;
}

bool equals_folded(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const Decoded x = decode(a, i), y = decode(b, j);
    if (x.valid != y.valid) return false;
    if (x.valid ? fold_code_point(x.code_point) != fold_code_point(y.code_point)
                : x.code_point != y.code_point) {
      return false;
    }
    i += x.length;
    j += y.length;
  }
  return i == a.size() && j == b.size();
}

}  // namespace rdptriage::base
