// A report as the body of the request that opens a ticket. Nothing is sent: the caller posts it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/report.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage {

// What a system takes in one field. `count` says what its limit counts.
struct TicketLimit {
  enum class Count : std::uint8_t { utf16_units, bytes, items };
  std::string_view field;  // JSON pointer into the payload; "*" stands for every item of a list
  std::size_t most = 0;
  Count count = Count::utf16_units;
};

struct TicketSystem {
  std::string_view name;     // "servicenow"
  std::string_view title;    // "ServiceNow"
  std::string_view request;  // "POST /api/now/table/incident"
  std::string_view dedupe;   // JSON pointer of the member that finds the ticket again
  std::vector<TicketLimit> limits;
};

// Every system, for --help, the documents and the tests of the limits.
const std::vector<TicketSystem>& ticket_systems();

// The payload as indented JSON, inside all limits of the system: lines of evidence, steps and
// commands are in it whole or not at all, and a line says how many were left out. The same trouble
// on the same machines gives the same key to deduplicate by, whenever it was analyzed. Fails on an
// unknown system.
Result<std::string> write_ticket(const Report& report, std::string_view system);

}  // namespace rdptriage
