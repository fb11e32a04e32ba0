// Instants as 100-ns ticks since 1601-01-01T00:00:00Z, to and from text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rdptriage::base {

inline constexpr std::int64_t kTicksPerSecond = 10'000'000;

// A calendar moment, proleptic Gregorian.
struct CivilTime {
  int year = 1601;
  unsigned month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::uint32_t ticks = 0;  // 0 … 9'999'999
};

// Nothing when a member is out of its range (31 February, hour 24; second 60 is taken as 59).
std::optional<std::int64_t> ticks_from_civil(const CivilTime& civil);
CivilTime civil_from_ticks(std::int64_t ticks);

// "2026-11-20T08:11:52.1031234Z": seven digits, always Z.
std::string format_rfc3339(std::int64_t ticks);

// RFC 3339 and the forms Windows and WinEvent tools write: 'T' or blank between date and time, 0–9
// fraction digits (more than seven are cut), 'Z', "+hh:mm" (also behind a blank) or no zone
// (`zoned` tells which).
struct ParsedTime {
  std::int64_t ticks = 0;
  bool zoned = false;
};
std::optional<ParsedTime> parse_iso8601(std::string_view text);

}  // namespace rdptriage::base
