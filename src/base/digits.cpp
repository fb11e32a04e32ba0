#include "base/digits.hpp"

#include <string>

#include "base/time.hpp"

namespace rdptriage::base {

char* write_rfc3339(std::int64_t ticks, char* out) {
  const CivilTime t = civil_from_ticks(ticks);
  if (t.year < 0 || t.year > 9999) {
    const std::string text = format_rfc3339(ticks);
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  const auto year = static_cast<unsigned>(t.year);
  out = write_two_digits(year / 100, out);
  out = write_two_digits(year % 100, out);
  *out++ = '-';
  out = write_two_digits(t.month, out);
  *out++ = '-';
  out = write_two_digits(t.day, out);
  *out++ = 'T';
  out = write_two_digits(t.hour, out);
  *out++ = ':';
  out = write_two_digits(t.minute, out);
  *out++ = ':';
  out = write_two_digits(t.second, out);
  *out++ = '.';
  *out++ = static_cast<char>('0' + t.ticks / 1'000'000);
  out = write_two_digits(t.ticks / 10'000 % 100, out);
  out = write_two_digits(t.ticks / 100 % 100, out);
  out = write_two_digits(t.ticks % 100, out);
  *out++ = 'Z';
  return out;
}

}  // namespace rdptriage::base
