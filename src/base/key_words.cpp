#include "base/key_words.hpp"

#include <algorithm>
#include <iterator>

namespace rdptriage::base {

std::u32string code_points(std::string_view utf8) {
  std::u32string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k) {
      code = code << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
    }
    out.push_back(code);
    i += length;
  }
  return out;
}

void KeyWords::add(std::string_view utf8) {
  std::u32string text = code_points(utf8);
  const auto foreign = std::find_if(text.begin(), text.end(), [](char32_t c) { return c >= 0x80; });
  if (foreign == text.end()) return;
  std::vector<Word>& words = words_[*foreign];
  for (Word& word : words) {
    if (word.text != text) continue;
    ++word.weight;
    return;
  }
  const auto before = static_cast<std::size_t>(std::distance(text.begin(), foreign));
  words.push_back({std::move(text), before, count_++, 1});
}

int KeyWords::count_in(std::u32string_view text) const {
  int count = 0;
  std::vector<bool> seen(count_);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] < 0x80) continue;
    const auto words = words_.find(text[at]);
    if (words == words_.end()) continue;
    for (const Word& word : words->second) {
      if (seen[word.number] || at < word.before) continue;
      if (text.substr(at - word.before, word.text.size()) != word.text) continue;
      seen[word.number] = true;
      count += word.weight;
    }
  }
  return count;
}

}  // namespace rdptriage::base
