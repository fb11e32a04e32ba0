#include "reader/line_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rdptriage::reader {

namespace {
unsigned number(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// "11" or "Nov"; anything else is no month, and so no time.
unsigned month_of(std::string_view value) {
  constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto known = std::find(kNames.begin(), kNames.end(), value);
  if (known == kNames.end()) return number(value);
  return static_cast<unsigned>(known - kNames.begin()) + 1;
}
}  // namespace

bool TimeGroups::take(std::string_view name, std::string_view value) {
  if (name == "year")
    civil_.year = static_cast<int>(number(value)), has_date_ = true;
  else if (name == "month")
    civil_.month = month_of(value);
  else if (name == "day")
    civil_.day = number(value);
  else if (name == "hour")
    civil_.hour = number(value), has_time_ = true;
  else if (name == "minute")
    civil_.minute = number(value);
  else if (name == "second")
    civil_.second = number(value);
  else if (name == "half")
    afternoon_ = value == "PM" || value == "pm", has_half_ = true;
  else if (name == "zone")
    take_zone(value);
  else if (name == "fraction") {
    civil_.ticks = 0;
    for (std::size_t i = 0; i < 7; ++i) {
      civil_.ticks =
          civil_.ticks * 10 + (i < value.size() ? static_cast<unsigned>(value[i] - '0') : 0);
    }
  } else {
    return false;
  }
  return true;
}

void TimeGroups::store(std::optional<Timestamp>& time, TimeQuality& quality) const {
  if (!has_time_) return;
  base::CivilTime civil = civil_;
  if (has_half_) civil.hour = civil.hour % 12 + (afternoon_ ? 12 : 0);
  if (civil.year < 100) civil.year += 2000;
  if (const auto ticks = base::ticks_from_civil(civil)) {
    time = Timestamp{*ticks - ahead_minutes_ * 60 * base::kTicksPerSecond};
    quality = !has_date_ ? TimeQuality::order_only : zoned_ ? TimeQuality::utc : TimeQuality::local;
  }
}

// "Z", "+0100", "-05:30".
void TimeGroups::take_zone(std::string_view value) {
  if (value.size() >= 5 && (value[0] == '+' || value[0] == '-')) {
    const int minutes =
        static_cast<int>(number(value.substr(1, 2)) * 60 + number(value.substr(value.size() - 2)));
    ahead_minutes_ = value[0] == '-' ? -minutes : minutes;
    zoned_ = true;
  } else {
    zoned_ = value == "Z" || value == "UTC" || value == "GMT";
  }
}

}  // namespace rdptriage::reader
