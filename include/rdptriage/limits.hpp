// One guard for everything an input can be too large in. All limits count across nesting.
#pragma once

#include <cstdint>

namespace rdptriage {

struct Limits {
  std::uint32_t max_depth = 4;                                // containers inside containers
  std::uint32_t max_entries = 20'000;                         // artifacts in a case
  std::uint64_t max_expanded_bytes = std::uint64_t{8} << 30;  // bytes read out of containers
  std::uint32_t max_ratio = 200;  // expanded : packed, applied above …
  std::uint64_t ratio_floor_bytes = std::uint64_t{64} << 20;  // … this many expanded bytes
  std::uint64_t max_line_bytes = std::uint64_t{1} << 20;      // one line of a text artifact
};

}  // namespace rdptriage
