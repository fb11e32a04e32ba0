// Dates as Windows prints them for people: the order of day and month depends on the language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rdptriage/event.hpp"
#include "rdptriage/focus.hpp"

namespace rdptriage::reader {

// "2026-09-01 09:14" when the text can be read in one way only, else the text as it is.
std::string normalize_local_date(std::string_view text, DateOrder order = DateOrder::unknown);

// The likeliest reading as ticks of a time without zone: dots and a 24-hour clock put the day
// first, unless `order` says better.
std::optional<std::int64_t> local_ticks(std::string_view text,
                                        DateOrder order = DateOrder::unknown);

// Whether the moment lies before `today`, when every way to read it agrees.
std::optional<bool> has_passed(std::string_view text, Timestamp today,
                               DateOrder order = DateOrder::unknown);

}  // namespace rdptriage::reader
