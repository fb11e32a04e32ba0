// The time that named groups of an expression make: year, month, day, hour, minute, second,
// fraction, half (AM, PM) and zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::reader {

class TimeGroups {
 public:
  // False when the group is no part of a time.
  bool take(std::string_view name, std::string_view value);

  bool has_date() const { return has_date_; }

  // Leaves both as they are when the groups make no time.
  void store(std::optional<Timestamp>& time, TimeQuality& quality) const;

 private:
  void take_zone(std::string_view value);

  base::CivilTime civil_;
  std::int64_t ahead_minutes_ = 0;
  bool has_date_ = false, has_time_ = false, has_half_ = false, afternoon_ = false, zoned_ = false;
};

}  // namespace rdptriage::reader
