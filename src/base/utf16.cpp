#include "base/utf16.hpp"

#include "base/byte_cursor.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rdptriage::base {

namespace {

// Copies a leading run of ASCII units; returns how many.
std::size_t copy_ascii(const std::byte* in, std::size_t units, char* out) {
  std::size_t done = 0;
#if defined(__SSE2__)
  const __m128i beyond_ascii = _mm_set1_epi16(static_cast<short>(0xFF80));
  const __m128i zero = _mm_setzero_si128();
  for (; units - done >= 16; done += 16) {
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * done));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * done + 16));
    const __m128i beyond = _mm_and_si128(_mm_or_si128(low, high), beyond_ascii);
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(beyond, zero)) != 0xFFFF) break;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + done), _mm_packus_epi16(low, high));
  }
  // Eight at a time; the last step overlaps the one before it instead of leaving a tail.
  while (units - done >= 8 || (units >= 8 && done < units)) {
    const std::size_t at = units - done >= 8 ? done : units - 8;
    const __m128i eight = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * at));
    const __m128i beyond = _mm_and_si128(eight, beyond_ascii);
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(beyond, zero)) != 0xFFFF) break;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + at), _mm_packus_epi16(eight, eight));
    done = at + 8;
  }
#endif
  for (; done < units; ++done) {
    const auto unit = load_le<std::uint16_t>(in + 2 * done);
    if (unit >= 0x80) break;
    out[done] = static_cast<char>(unit);
  }
  return done;
}

// Length of the well-formed UTF-8 sequence at the start of `text` (not empty), 0 when malformed.
std::size_t utf8_length(std::string_view text, std::uint32_t& code_point) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    code_point = lead;
    return 1;
  }
  std::size_t length = 0;
  std::uint32_t least = 0;
  if (lead >= 0xC2 && lead < 0xE0) {
    length = 2, least = 0x80, code_point = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    length = 3, least = 0x800, code_point = lead & 0x0FU;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    length = 4, least = 0x10000, code_point = lead & 0x07U;
  } else {
    return 0;
  }
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
    code_point = code_point << 6 | (byte(i) & 0x3FU);
  }
  if (code_point < least || code_point > 0x10FFFF) return 0;
  if (code_point >= 0xD800 && code_point < 0xE000) return 0;
  return length;
}

}  // namespace

char* append_utf8(std::uint32_t code_point, char* out) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) code_point = 0xFFFD;
  if (code_point < 0x80) {
    *out++ = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    *out++ = static_cast<char>(0xC0 | code_point >> 6);
    *out++ = static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    *out++ = static_cast<char>(0xE0 | code_point >> 12);
    *out++ = static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | code_point >> 18);
    *out++ = static_cast<char>(0x80 | (code_point >> 12 & 0x3F));
    *out++ = static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3F));
  }
  return out;
}

char* utf16le_to_utf8(const std::byte* in, std::size_t units, char* out) {
  std::size_t at = 0;
  while (true) {
    const std::size_t ascii = copy_ascii(in + 2 * at, units - at, out);
    out += ascii;
    at += ascii;
    if (at >= units) return out;
    // Text in another script: stay here until ASCII comes back.
    while (at < units) {
      const auto unit = load_le<std::uint16_t>(in + 2 * at);
      if (unit < 0x80) break;
      ++at;
      std::uint32_t code_point = unit;
      if (unit >= 0xD800 && unit < 0xDC00 && at < units) {
        const auto low = load_le<std::uint16_t>(in + 2 * at);
        if (low >= 0xDC00 && low < 0xE000) {
          code_point = 0x10000 + ((unit - 0xD800U) << 10) + (low - 0xDC00U);
          ++at;
        }
      }
      out = append_utf8(code_point, out);
    }
  }
}

std::string utf16le_to_utf8(std::span<const std::byte> in) {
  const std::size_t units = in.size() / 2;
  std::string out(kMaxUtf8PerUnit * units + 16, '\0');
  char* const end = utf16le_to_utf8(in.data(), units, out.data());
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

std::string utf8_to_utf16le(std::string_view text) {
  std::string out;
  const auto append = [&](std::uint32_t unit) {
    out += static_cast<char>(unit & 0xFF);
    out += static_cast<char>(unit >> 8);
  };
  while (!text.empty()) {
    std::uint32_t code_point = 0xFFFD;
    const std::size_t length = utf8_length(text, code_point);
    text.remove_prefix(length == 0 ? 1 : length);
    if (length == 0) code_point = 0xFFFD;
    if (code_point < 0x10000) {
      append(code_point);
    } else {
      append(0xD800 + ((code_point - 0x10000) >> 10));
      append(0xDC00 + ((code_point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

}  // namespace rdptriage::base
