#include "base/time.hpp"

#include <fmt/format.h>

namespace rdptriage::base {

namespace {
// Days from 1601-01-01; the algorithm counts 400-year eras from 0000-03-01 (H. Hinnant, "chrono-
// Compatible Low-Level Date Algorithms").
constexpr std::int64_t kDaysFrom0000To1601 = 584'694;

std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146'097 + static_cast<std::int64_t>(doe) - kDaysFrom0000To1601;
}

unsigned days_in_month(int year, unsigned month) {
  static constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Reads exactly `count` digits.
bool digits(std::string_view& text, std::size_t count, unsigned& out) {
  if (text.size() < count) return false;
  out = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool literal(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}
}  // namespace

std::optional<std::int64_t> ticks_from_civil(const CivilTime& civil) {
  if (civil.month < 1 || civil.month > 12 || civil.day < 1 ||
      civil.day > days_in_month(civil.year, civil.month) || civil.hour > 23 || civil.minute > 59 ||
      civil.second > 60 || civil.ticks >= kTicksPerSecond || civil.year < -9999 ||
      civil.year > 30'000) {
    return std::nullopt;
  }
  const unsigned second = civil.second == 60 ? 59 : civil.second;
  const std::int64_t seconds = days_from_civil(civil.year, civil.month, civil.day) * 86'400 +
                               civil.hour * 3600 + civil.minute * 60 + second;
  return seconds * kTicksPerSecond + civil.ticks;
}

CivilTime civil_from_ticks(std::int64_t ticks) {
  std::int64_t seconds = ticks / kTicksPerSecond;
  std::int64_t rest = ticks % kTicksPerSecond;
  if (rest < 0) {
    rest += kTicksPerSecond;
    --seconds;
  }
  std::int64_t days = seconds / 86'400;
  std::int64_t second_of_day = seconds % 86'400;
  if (second_of_day < 0) {
    second_of_day += 86'400;
    --days;
  }
  const std::int64_t z = days + kDaysFrom0000To1601;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const auto doe = static_cast<unsigned>(z - era * 146'097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  CivilTime out;
  out.day = doy - (153 * mp + 2) / 5 + 1;
  out.month = mp < 10 ? mp + 3 : mp - 9;
  out.year = static_cast<int>(static_cast<std::int64_t>(yoe) + era * 400 + (out.month <= 2));
  out.hour = static_cast<unsigned>(second_of_day / 3600);
  out.minute = static_cast<unsigned>(second_of_day / 60 % 60);
  out.second = static_cast<unsigned>(second_of_day % 60);
  out.ticks = static_cast<std::uint32_t>(rest);
  return out;
}

std::string format_rfc3339(std::int64_t ticks) {
  const CivilTime t = civil_from_ticks(ticks);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", t.year, t.month, t.day, t.hour,
                     t.minute, t.second, t.ticks);
}

std::optional<ParsedTime> parse_iso8601(std::string_view text) {
  CivilTime civil;
  unsigned year = 0;
  if (!digits(text, 4, year) || !literal(text, '-') || !digits(text, 2, civil.month) ||
      !literal(text, '-') || !digits(text, 2, civil.day) ||
      !(literal(text, 'T') || literal(text, ' ')) || !digits(text, 2, civil.hour) ||
      !literal(text, ':') || !digits(text, 2, civil.minute) || !literal(text, ':') ||
      !digits(text, 2, civil.second)) {
    return std::nullopt;
  }
  civil.year = static_cast<int>(year);
  if (literal(text, '.') || literal(text, ',')) {
    std::size_t count = 0;
    unsigned digit = 0;
    while (digits(text, 1, digit)) {
      if (count++ < 7) civil.ticks = civil.ticks * 10 + digit;
    }
    if (count == 0) return std::nullopt;
    for (; count < 7; ++count) civil.ticks *= 10;
  }
  ParsedTime out;
  const auto ticks = ticks_from_civil(civil);
  if (!ticks) return std::nullopt;
  out.ticks = *ticks;
  if (text.empty()) return out;
  out.zoned = true;
  if (text.size() > 1 && (text[1] == '+' || text[1] == '-')) literal(text, ' ');
  if (literal(text, 'Z') || literal(text, 'z'))
    return text.empty() ? std::optional(out) : std::nullopt;
  const bool minus = text.front() == '-';
  if (!literal(text, '+') && !literal(text, '-')) return std::nullopt;
  unsigned hours = 0, minutes = 0;
  if (!digits(text, 2, hours)) return std::nullopt;
  literal(text, ':');
  if (!digits(text, 2, minutes) || !text.empty() || hours > 23 || minutes > 59) return std::nullopt;
  const std::int64_t offset =
      static_cast<std::int64_t>(hours * 60 + minutes) * 60 * kTicksPerSecond;
  out.ticks += minus ? offset : -offset;
  return out;
}

}  // namespace rdptriage::base
