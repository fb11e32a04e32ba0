// Every event of a case as text: the library side of `rdptriage events`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/analyze.hpp"
#include "rdptriage/case.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/function_ref.hpp"

namespace rdptriage {

// jsonl, csv and xml are ours and Windows' own; timesketch and ecs are JSON lines for other
// timelines, which leave out events without a date and say so in a notice.
enum class EventFormat : std::uint8_t { jsonl, csv, xml, timesketch, ecs };

// Which events are written; an empty list means all. Names are compared without regard to ASCII
// case. An event without the member that a filter asks for is not written.
struct EventFilter {
  std::vector<std::string> channels, providers, hosts;
  std::vector<std::uint32_t> event_ids;
  std::optional<Timestamp> since, until;  // since <= time < until
};

// A time as users write it: RFC 3339, with a blank for the T, without the seconds, or a date alone
// (its midnight). Without a zone it is one that is `ahead` ticks ahead of UTC.
std::optional<Timestamp> parse_time(std::string_view text, std::int64_t ahead = 0);

struct WriteSummary : ReadSummary {
  std::uint64_t logs = 0;  // artifacts that could be read as a log, be it an empty one
};

// Hands the events to `out` as bytes, in the order of artifacts and records whatever the number of
// threads (CaseOptions::jobs), until it answers stop. Memory does not grow with the case. Returns
// one row per artifact and the notices. `rules` has the text formats; null means the default pack.
WriteSummary write_events(const Case& input, EventFormat format, const EventFilter& filter,
                          FunctionRef<EventFlow(std::string_view bytes)> out,
                          const RuleSet* rules = nullptr);

}  // namespace rdptriage
