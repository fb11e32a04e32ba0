#include "report/json_text.hpp"

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rdptriage::report {

namespace {

// Control characters, the quote and the backslash; all else stands for itself.
bool must_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

char* write_escaped(char c, char* out) {
  const auto both = [&](char letter) {
    *out++ = '\\';
    *out++ = letter;
    return out;
  };
  switch (c) {
    case '"':
    case '\\':
      return both(c);
    case '\n':
      return both('n');
    case '\r':
      return both('r');
    case '\t':
      return both('t');
    default: {
      static constexpr char kHex[] = "0123456789abcdef";
      const auto value = static_cast<unsigned char>(c);
      std::memcpy(out, "\\u00", 4);
      out[4] = kHex[value >> 4];
      out[5] = kHex[value & 15];
      return out + 6;
    }
  }
}

char* write_slowly(const char* at, const char* end, char* out) {
  for (; at != end; ++at) {
    if (must_escape(*at)) {
      out = write_escaped(*at, out);
    } else {
      *out++ = *at;
    }
  }
  return out;
}

#if defined(__SSE2__)
// A bit for every byte that must be escaped.
unsigned escapes_in(__m128i bytes) {
  const __m128i control =
      _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0x1F)), _mm_set1_epi8(0x1F));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
}

// Up to 15 bytes, without reading past them.
char* write_short(const char* at, std::size_t size, char* out) {
  if (size >= 8) {
    std::uint64_t first = 0, last = 0;
    std::memcpy(&first, at, 8);
    std::memcpy(&last, at + size - 8, 8);
    const __m128i both =
        _mm_set_epi64x(static_cast<long long>(last), static_cast<long long>(first));
    if (escapes_in(both) != 0) return write_slowly(at, at + size, out);
    std::memcpy(out, &first, 8);
    std::memcpy(out + size - 8, &last, 8);
    return out + size;
  }
  if (size >= 4) {
    std::uint32_t first = 0, last = 0;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + size - 4, 4);
    const __m128i both = _mm_set_epi32(static_cast<int>(last), static_cast<int>(first),
                                       static_cast<int>(last), static_cast<int>(first));
    if (escapes_in(both) != 0) return write_slowly(at, at + size, out);
    std::memcpy(out, &first, 4);
    std::memcpy(out + size - 4, &last, 4);
    return out + size;
  }
  return write_slowly(at, at + size, out);
}
#endif

}  // namespace

char* write_json_text(std::string_view text, char* out) {
  const char* at = text.data();
  std::size_t left = text.size();
#if defined(__SSE2__)
  while (left >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    const unsigned escapes = escapes_in(bytes);
    if (escapes == 0) {
      at += 16;
      out += 16;
      left -= 16;
      continue;
    }
    const auto clean = static_cast<unsigned>(__builtin_ctz(escapes));
    out = write_escaped(at[clean], out + clean);
    at += clean + 1;
    left -= clean + 1;
  }
  return write_short(at, left, out);
#else
  return write_slowly(at, at + left, out);
#endif
}

}  // namespace rdptriage::report
