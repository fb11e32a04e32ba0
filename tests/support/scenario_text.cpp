#include "support/scenario_text.hpp"

#include <fmt/format.h>

#include <map>

#include "base/time.hpp"

namespace rdptriage::test {

namespace {
// Code page 850 as far as the scenarios' German and French captures need it.
std::string to_cp850(std::string_view text) {
  static const std::map<std::string_view, char> kLetters = {
      {"ä", '\x84'}, {"ö", '\x94'}, {"ü", '\x81'}, {"Ä", '\x8e'}, {"Ö", '\x99'}, {"Ü", '\x9a'},
      {"ß", '\xe1'}, {"é", '\x82'}, {"è", '\x8a'}, {"à", '\x85'}, {"É", '\x90'}, {"ô", '\x93'}};
  std::string out;
  while (!text.empty()) {
    const auto letter = kLetters.find(text.substr(0, 2));
    out += letter == kLetters.end() ? text.front() : letter->second;
    text.remove_prefix(letter == kLetters.end() ? 1 : 2);
  }
  return out;
}

// ASCII only: what the scenarios write as UTF-16 has no other letters.
std::string to_utf16le(std::string_view text) {
  std::string out = "\xff\xfe";
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}
}  // namespace

std::optional<std::string> encoded(std::string text, std::string_view encoding) {
  if (encoding.empty() || encoding == "utf-8") return text;
  if (encoding == "cp850") return to_cp850(text);
  if (encoding == "utf-16le") return to_utf16le(text);
  return std::nullopt;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::string with_clock(std::string text, std::int64_t clock) {
  constexpr std::int64_t kDay = 24 * 3600;
  const std::int64_t seconds = clock / base::kTicksPerSecond;
  for (std::size_t at = text.find('['); seconds != 0 && at != std::string::npos;
       at = text.find("\n[", at + 1)) {
    const std::size_t begin = at + (text[at] == '[' ? 1 : 2);
    const std::string_view time = std::string_view(text).substr(begin, 9);
    const auto number = [&](std::size_t from) {
      return std::int64_t{time[from] - '0'} * 10 + (time[from + 1] - '0');
    };
    if (time.size() < 9 || time[2] != ':' || time[5] != ':' || time[8] != ':') continue;
    const std::int64_t now =
        (number(0) * 3600 + number(3) * 60 + number(6) + seconds + kDay) % kDay;
    text.replace(begin, 8, fmt::format("{:02}:{:02}:{:02}", now / 3600, now / 60 % 60, now % 60));
  }
  return text;
}

}  // namespace rdptriage::test
