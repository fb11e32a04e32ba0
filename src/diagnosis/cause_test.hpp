// A cause file's own tests: a whole list of events and the verdict it must lead to.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rdptriage::diagnosis {

struct CauseTest {
  using FlatEvent = std::vector<std::pair<std::string, std::vector<std::string>>>;

  std::string cause;  // the file's
  std::vector<FlatEvent> events;
  std::string verdict;                  // "" = any
  std::string expected;                 // first cause, "" = none may be confirmed or likely
  std::vector<std::string> not_causes;  // must not be confirmed or likely
  std::string file;
  unsigned line = 0;
};

}  // namespace rdptriage::diagnosis
