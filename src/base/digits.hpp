// Numbers and times as text, written straight into a buffer: readers and writers of millions of
// events spend their time here.
#pragma once

#include <cstdint>
#include <cstring>

namespace rdptriage::base {

inline constexpr char kDigitPairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
    "949596979899";

inline char* write_two_digits(unsigned value, char* out) {
  std::memcpy(out, kDigitPairs + 2 * value, 2);
  return out + 2;
}

// Needs 20 bytes.
inline char* write_decimal(std::uint64_t value, char* out) {
  if (value < 10) {
    *out = static_cast<char>('0' + value);
    return out + 1;
  }
  if (value < 100) return write_two_digits(static_cast<unsigned>(value), out);
  char buffer[20];
  char* at = buffer + sizeof buffer;
  while (value >= 100) {
    at -= 2;
    std::memcpy(at, kDigitPairs + 2 * (value % 100), 2);
    value /= 100;
  }
  if (value >= 10) {
    at -= 2;
    std::memcpy(at, kDigitPairs + 2 * value, 2);
  } else {
    *--at = static_cast<char>('0' + value);
  }
  const auto length = static_cast<std::size_t>(buffer + sizeof buffer - at);
  std::memcpy(out, at, length);
  return out + length;
}

inline char* write_decimal_signed(std::int64_t value, char* out) {
  if (value >= 0) return write_decimal(static_cast<std::uint64_t>(value), out);
  *out++ = '-';
  return write_decimal(~static_cast<std::uint64_t>(value) + 1, out);
}

// "0x" and lower-case digits without leading zeros; needs 18 bytes.
inline char* write_hex(std::uint64_t value, char* out) {
  int shift = 0;
  for (std::uint64_t rest = value >> 4; rest != 0; rest >>= 4) shift += 4;
  *out++ = '0';
  *out++ = 'x';
  for (; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[value >> shift & 0xF];
  return out;
}

// As format_rfc3339 (time.hpp); needs 40 bytes.
char* write_rfc3339(std::int64_t ticks, char* out);

}  // namespace rdptriage::base
