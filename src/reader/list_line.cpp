#include "reader/list_line.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rdptriage::reader {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Labelled> labelled(std::string_view line) {
  constexpr std::size_t kLongestLabel = 60;
  constexpr std::string_view kWide = "\xEF\xBC\x9A";  // the colon of Chinese and Japanese
  const auto start = line.find_first_not_of(' ');
  if (start == std::string_view::npos) return std::nullopt;
  const auto narrow = line.find(':', start), wide = line.find(kWide, start);
  const auto colon = std::min(narrow, wide);
  if (colon == std::string_view::npos || colon == start || colon - start > kLongestLabel)
    return std::nullopt;
  Labelled out;
  out.indent = start;
  out.is_padded = line[colon - 1] == ' ';
  out.label = base::trim(line.substr(start, colon - start));
  out.value = base::trim(line.substr(colon + (colon == narrow ? 1 : kWide.size())));
  return out;
}

std::optional<Labelled> assigned(std::string_view line) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto equals = line.find_first_not_of(kLetters);
  if (equals == 0 || equals == std::string_view::npos || line[equals] != '=') return std::nullopt;
  return Labelled{line.substr(0, equals), base::trim(line.substr(equals + 1))};
}

bool is_numbered(std::string_view line) {
  line = base::trim(line);
  if (line.ends_with(':')) line.remove_suffix(1);
  const auto open = line.find('[');
  return open != std::string_view::npos && open > 0 && line.ends_with(']') &&
         line.find_first_of(" \t") == std::string_view::npos &&
         is_digits(line.substr(open + 1, line.size() - open - 2));
}

std::optional<Labelled> numbered_source(std::string_view line) {
  const auto close = line.find("] ");
  if (!line.starts_with('[') || close == std::string_view::npos ||
      !is_digits(line.substr(1, close - 1)) || base::trim(line.substr(close + 2)).empty()) {
    return std::nullopt;
  }
  return Labelled{line.substr(1, close - 1), base::trim(line.substr(close + 2))};
}

std::optional<std::string_view> log_of(std::string_view line) {
  const auto at = line.find(" log on \\\\");
  if (at == std::string_view::npos || !line.ends_with(':')) return std::nullopt;
  return line.substr(0, at);
}

std::size_t closing_quote(std::string_view line) {
  for (auto at = line.find('"'); at != std::string_view::npos; at = line.find('"', at + 2)) {
    if (at + 1 == line.size() || line[at + 1] != '"') return at;
  }
  return std::string_view::npos;
}

}  // namespace rdptriage::reader
