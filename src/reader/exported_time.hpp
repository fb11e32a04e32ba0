// Times as programs that export events write them.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace rdptriage::reader {

// ISO 8601, also with a word for the zone behind it, as Splunk has it: "2026-11-20 09:11:53.000
// UTC". A word that stands for several zones says nothing: the time is a local one.
std::optional<base::ParsedTime> parse_exported_time(std::string_view text);

}  // namespace rdptriage::reader
