#include "reader/exported_time.hpp"

#include <algorithm>

namespace rdptriage::reader {

namespace {
// Not the two letters of AM and PM.
bool is_zone_word(std::string_view word) {
  return word.size() >= 3 && word.size() <= 5 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}
}  // namespace

std::optional<base::ParsedTime> parse_exported_time(std::string_view text) {
  const auto blank = text.rfind(' ');
  if (blank == std::string_view::npos || !is_zone_word(text.substr(blank + 1)))
    return base::parse_iso8601(text);
  const std::string_view word = text.substr(blank + 1);
  auto parsed = base::parse_iso8601(text.substr(0, blank));
  if (parsed && (word == "UTC" || word == "GMT")) parsed->zoned = true;
  return parsed;
}

}  // namespace rdptriage::reader
