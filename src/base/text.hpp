// Small text questions that the standard library leaves open. ASCII only, bytes in, bytes out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::base {

std::string_view trim(std::string_view text);
std::string to_lower_ascii(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
// Whether `word` stands in `text` with no letter or digit next to it.
bool has_word(std::string_view text, std::string_view word);
// The lines, trimmed, with a blank between them.
std::string on_one_line(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// The known word that a mistyped one most likely means, or "" when none is near.
std::string_view nearest_word(std::string_view typed, const std::vector<std::string_view>& known);

}  // namespace rdptriage::base
