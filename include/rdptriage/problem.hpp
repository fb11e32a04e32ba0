// Something wrong with a rule file.
#pragma once

#include <string>

namespace rdptriage {

// `text` is the whole message as users see it, the offending line and the mark included.
struct Problem {
  std::string code;  // stable: "P014"; the table is in docs/rule-format.md
  std::string file;
  unsigned line = 0, column = 0;  // 1-based; 0: the file as a whole
  std::string message, help;
  std::string text;
};

}  // namespace rdptriage
