#include "report/json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "report/safe_text.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rdptriage::report {

namespace {

// Control characters, the quote and the backslash; all else of ASCII stands for itself.
bool may_need_escape(char c) { return may_begin_active(c) || c == '"' || c == '\\'; }

char* write_code_unit(std::uint32_t value, char* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out++ = '\\';
  *out++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = kHex[(value >> shift) & 15];
  return out;
}

// The character at `at`, escaped if it must be; moves `at` behind what was written.
char* write_one(const char*& at, const char* end, char* out) {
  const char c = *at;
  const auto both = [&](char letter) {
    ++at;
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
      const CodePoint active = active_front({at, static_cast<std::size_t>(end - at)});
      if (active.length == 0) {
        *out++ = *at++;
        return out;
      }
      at += active.length;
      return write_code_unit(active.value, out);
    }
  }
}

char* write_slowly(const char* at, const char* end, char* out) {
  while (at != end) {
    if (may_need_escape(*at)) {
      out = write_one(at, end, out);
    } else {
      *out++ = *at++;
    }
  }
  return out;
}

#if defined(__SSE2__)
// A bit for every byte that may need an escape (may_need_escape).
unsigned escapes_in(__m128i bytes) {
  const auto is = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const auto any = [](__m128i one, __m128i other) { return _mm_or_si128(one, other); };
  const auto bits = [](__m128i mask) { return static_cast<unsigned>(_mm_movemask_epi8(mask)); };
  // Signed: everything from 0x80 on is below the blank as well.
  const __m128i not_ascii_text = any(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), is('\x7F'));
  const __m128i markup = any(is('"'), is('\\'));
  const unsigned found = bits(any(not_ascii_text, markup));
  if (found == 0 || bits(bytes) == 0) return found;
  const __m128i control =
      _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0x1F)), _mm_set1_epi8(0x1F));
  const __m128i lead = any(any(is('\xC2'), is('\xD8')), any(is('\xE2'), is('\xEF')));
  return bits(any(any(control, is('\x7F')), any(lead, markup)));
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
  const char* const end = at + text.size();
#if defined(__SSE2__)
  std::size_t left = text.size();
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
    at += clean;
    out = write_one(at, end, out + clean);
    left = static_cast<std::size_t>(end - at);
  }
  return write_short(at, left, out);
#else
  return write_slowly(at, end, out);
#endif
}

}  // namespace rdptriage::report

namespace rdptriage {

std::string safe_json(std::string_view document) {
  std::string out;
  out.reserve(document.size());
  while (!document.empty()) {
    const auto is_layout = [](char c) { return c == '\n' || c == '\r'; };
    const auto* const found = std::find_if(document.begin(), document.end(), [&](char c) {
      return report::may_begin_active(c) && !is_layout(c);
    });
    const auto clean = static_cast<std::size_t>(found - document.begin());
    out.append(document.substr(0, clean));
    document.remove_prefix(clean);
    if (document.empty()) break;
    const report::CodePoint active = report::active_front(document);
    if (active.length == 0) {
      out += document.front();
      document.remove_prefix(1);
    } else {
      char unit[6];
      out.append(unit, report::write_code_unit(active.value, unit));
      document.remove_prefix(active.length);
    }
  }
  return out;
}

}  // namespace rdptriage
