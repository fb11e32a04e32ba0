// Dates in the output of commands ("not after 2026-11-19"): whether they had passed when the case
// happened, which nobody knows before the whole case has been read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "event/event_store.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/focus.hpp"

namespace rdptriage::pipeline {

// What the dates of captures are held against.
struct DateReference {
  Timestamp time;
  // `incident`: the moment that the case is about. `at_least`: nobody analyzes before it, so what
  // had ended by then has ended; of what ends later nothing is known.
  enum class Kind : std::uint8_t { incident, at_least } kind = Kind::incident;
};

// Whether the event is a capture's and has one of these fields (sorted), not yet judged by whoever
// made it.
bool holds_unjudged_date(const EventView& event, std::span<const std::string> date_fields);

// Gives each of these fields a companion "<name>Passed": true, false or unknown.
void judge_dates(event::Event& event, std::span<const std::string> date_fields,
                 const std::optional<DateReference>& reference, DateOrder order,
                 event::EventStore& store);

}  // namespace rdptriage::pipeline
