// Words that texts of some kind hold, looked for in a text that was decoded on trial.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rdptriage::base {

class KeyWords {
 public:
  // ASCII is left out: it reads the same under every code page, so it tells none from another.
  void add(std::string_view utf8);
  // How many of the words stand in `text`; one that was added twice counts twice.
  int count_in(std::u32string_view text) const;

 private:
  struct Word {
    std::u32string text;
    std::size_t before;  // characters in front of its first one beyond ASCII
    std::size_t number;  // of the word: each counts once in a text
    int weight;          // how often it was added: what several tables know counts more
  };
  // By that first character beyond ASCII, of which most texts have few.
  std::unordered_map<char32_t, std::vector<Word>> words_;
  std::size_t count_ = 0;
};

// The code points of well-formed UTF-8.
std::u32string code_points(std::string_view utf8);

}  // namespace rdptriage::base
