// What the records of a try say of how far it got, and which of them cannot be of the same try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "timeline/stages.hpp"

namespace rdptriage::timeline {

// How far a try got by what one side logged of it.
struct Fate {
  std::optional<std::size_t> broke;     // depth of the stage that failed, the last one said
  std::optional<std::size_t> passed;    // the deepest stage that was got over
  std::optional<std::int64_t> arrived;  // in its session, since then

  void note_broke(std::optional<std::size_t> depth) {
    if (depth) broke = depth;
  }
  void note_passed(std::optional<std::size_t> depth) {
    if (depth && (!passed || *depth > *passed)) passed = depth;
  }
  void note_arrived(std::int64_t ticks) {
    if (!arrived || ticks < *arrived) arrived = ticks;
  }
  bool failed() const { return broke && !arrived; }
};

// Whose records say it, of the two that serve a client.
enum class Server : std::uint8_t { gateway, host };

// Whether what the client says of its try can be true of the one that a server tells of. A client
// that never opened its connection was accepted by nobody, and one that the gateway turned away got
// to no host.
bool can_be_one_try(const Fate& client, const Fate& server, Server by);

}  // namespace rdptriage::timeline
