// What the user knows of the trouble that the files do not say: when it was, whose it was, which
// machine is what. Narrows an analysis down; never adds a fact to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/event.hpp"

namespace rdptriage {

// Which attempts the question is about. Attempts that the files know to be others are left out;
// what the files do not place stays.
struct Focus {
  std::optional<Timestamp> since, until;  // attempts that were going on in since <= time < until
  std::optional<Timestamp> around;        // when it failed: the hour before and the hour after
  std::vector<std::string> users;         // "anna", "CORP\anna", "anna@corp.example"
  std::vector<std::string> hosts;         // names or addresses of machines that took part

  bool empty() const { return !since && !until && !around && users.empty() && hosts.empty(); }
};

// What the user knows of one machine.
struct KnownHost {
  std::string name;                  // empty: all whose files do not say (only of `zone`)
  std::string role;                  // one of host_roles(); empty: not known
  std::optional<std::int64_t> zone;  // ticks that its local time is ahead of UTC
};

// How dates like 03/04/2026 are written; a year of four digits in front says it itself.
enum class DateOrder : std::uint8_t { unknown, day_first, month_first, year_first };

// "+01:00", "UTC-5", "Z" as ticks ahead of UTC. Nothing for names: their offset changes with the
// season.
std::optional<std::int64_t> parse_zone(std::string_view text);

// A machine's part in a connection: "client", "gateway", …
const std::vector<std::string_view>& host_roles();

}  // namespace rdptriage
