// Something wrong with an *input*: said in the report, never a reason to stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rdptriage {

struct Notice {
  std::string code;  // stable, UPPER_SNAKE, e.g. "EVTX_CHUNK_DAMAGED"; listed in docs/notices.md
  std::string text;  // what was seen, where, what it costs, what to do
  std::optional<std::uint32_t> artifact;  // index into the case's artifacts
  std::optional<std::uint64_t> byte_offset;
  std::uint64_t bytes_lost = 0;
};

}  // namespace rdptriage
