// A cause file's own tests: a whole list of events and the verdict it must lead to.
#pragma once

#include <string>
#include <vector>

#include "base/yaml.hpp"

namespace rdptriage::diagnosis {

struct CauseTest {
  std::string cause;                    // the file's
  std::vector<base::YamlNode> events;   // maps of fields; `logsource` says what an event is
  std::string code;                     // what the dialog showed
  std::string verdict;                  // "" = any
  std::string expected;                 // first cause, "" = none may be confirmed or likely
  std::vector<std::string> not_causes;  // must not be confirmed or likely
  std::string file;
  unsigned line = 0;
};

}  // namespace rdptriage::diagnosis
