// The text of a scenario's file as its machine would have written it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rdptriage::test {

// From UTF-8; nothing for an encoding that is not known. "" is UTF-8.
std::optional<std::string> encoded(std::string text, std::string_view encoding);

std::string with_crlf(std::string_view text);

// "[09:11:52:001]" at the beginning of the lines of FreeRDP's traces, by a clock that is `clock`
// ticks wrong.
std::string with_clock(std::string text, std::int64_t clock);

}  // namespace rdptriage::test
