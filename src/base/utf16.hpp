// UTF-16 little-endian to UTF-8 at the speed event logs need, and back for tests that write such
// text. Text of unknown encoding is the business of encoding.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rdptriage::base {

inline constexpr std::size_t kMaxUtf8PerUnit = 3;

// Writes `units` UTF-16LE code units from `in` to `out` as UTF-8 and returns the end of what was
// written. Needs room for kMaxUtf8PerUnit * units bytes, at least 16. A surrogate without its
// partner becomes U+FFFD. Runs of ASCII, nearly all of an event log, go 16 units a step where the
// processor can.
char* utf16le_to_utf8(const std::byte* in, std::size_t units, char* out);

// The same for a whole text; an odd last byte is left out.
std::string utf16le_to_utf8(std::span<const std::byte> in);

// One code point as UTF-8 (surrogates and values beyond Unicode as U+FFFD); needs 4 bytes.
char* append_utf8(std::uint32_t code_point, char* out);

// UTF-8 to UTF-16LE bytes; malformed bytes become U+FFFD.
std::string utf8_to_utf16le(std::string_view text);

}  // namespace rdptriage::base
