// A connection attempt while it is being put together, and what is known of each record beforehand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "timeline/fate.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::timeline {

// Events of one try follow each other within this; a user who tries again needs longer than that
// only rarely, and then a start mark tells the tries apart.
inline constexpr std::int64_t kSameAttemptGap = 900'000'000;  // ticks: 90 s
// What is still logged after an attempt was closed: the other machines' view of the same end.
inline constexpr std::int64_t kAfterEnd = 50'000'000;  // ticks: 5 s

// Whom a record names.
struct Hint {
  std::string user, client;
  std::string from;    // the client as the record has it, with the port
  std::string wanted;  // the target's name
  std::optional<HostIndex> target;
  bool other_target = false;
};

// Whose part in a connection a record tells of.
enum class Part : std::uint8_t { other, client, gateway, host };

struct Marks {
  bool bound = false, near = false, start = false, end = false, broke = false, arrived = false;
  std::optional<std::size_t> broke_at, passed_at, near_at;  // depths of stages
  Part part = Part::other;

  bool makes_attempt() const { return bound || start || end; }
};

void note_marks(const Marks& marks, std::int64_t ticks, Fate& fate);

// A try while it is being put together.
struct Draft {
  std::vector<EventIndex> events;
  std::set<HostIndex> started_by;  // hosts that logged a start
  bool started = false;            // … or a start without a host
  std::optional<std::int64_t> ended;
  EventIndex ended_by = 0;  // of a text
  TimeScale scale = TimeScale::common;
  std::optional<std::int64_t> first, last;  // on `scale`
  bool from_text = false;                   // lines of one artifact
  bool broke = false, arrived = false;      // what its records say of it
  // What one machine's log calls an activity, in one channel.
  std::map<std::pair<std::optional<HostIndex>, std::string_view>, std::string_view> activities;
  // Whom one machine says that it is about. Machines may differ: a gateway sees the client's public
  // address, the host the gateway's; and the gateway may have been given another user.
  std::map<std::optional<HostIndex>, std::string> users, clients;
  std::set<HostIndex> targets;
  bool other_target = false;
  std::string user;
  std::set<std::string> all_users;
  std::set<HostIndex> hosts;        // that logged it, …
  std::set<HostIndex> served_by;    // … as the host
  std::optional<HostIndex> client;  // the machine whose own log tells of it, …
  Fate said;                        // … what it says in the end, …
  std::string wanted;               // … and the name that it asked for
  Fate by_gateway, by_host;
  std::optional<EventIndex> start;  // the last one
};

}  // namespace rdptriage::timeline
