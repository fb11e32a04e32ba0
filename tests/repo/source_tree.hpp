// The files of the project as text, for the tests over them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::test {

struct SourceFile {
  std::string path;  // relative to the project, "/" between folders
  std::string text;
  bool has_ending(std::string_view ending) const {
    return std::string_view(path).ends_with(ending);
  }
  bool is_below(std::string_view folder) const {
    return std::string_view(path).starts_with(folder);
  }
};

// Every text file of the project that people wrote, sorted by path: no build folders, no logs.
const std::vector<SourceFile>& source_tree();

// Text of one file; fails the test when there is none.
const std::string& source_text(std::string_view path);

std::vector<std::string> lines_of(std::string_view text);

}  // namespace rdptriage::test
