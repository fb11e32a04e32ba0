// What an independent reader makes of a log: libevtx's evtxexport, when it is installed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace rdptriage::test {

struct SeenByLibevtx {
  std::size_t events = 0;
  std::string complaint;  // its first; empty: none
};

// Nothing, with a word on standard output, when evtxexport is not there.
std::optional<SeenByLibevtx> seen_by_libevtx(std::span<const std::byte> log);

}  // namespace rdptriage::test
