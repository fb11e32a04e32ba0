// Text inside a JSON string: every format of ours that is JSON escapes here and nowhere else.
#pragma once

#include <cstddef>
#include <string_view>

namespace rdptriage::report {

// `text` as the inside of a JSON string; returns the end. Needs json_room(text) bytes at `out`.
// Control characters of C1 and bidirectional controls are escaped as well: JSON does not ask for
// it, but events and reports are looked at in terminals.
// REQUIRES: `text` is UTF-8.
char* write_json_text(std::string_view text, char* out);
inline std::size_t json_room(std::string_view text) { return 6 * text.size() + 16; }

}  // namespace rdptriage::report
