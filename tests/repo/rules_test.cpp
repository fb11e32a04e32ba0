// What holds over all rule files together.
#include <map>
#include <regex>
#include <set>

#include "source_tree.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {
namespace {

bool is_rule(const SourceFile& file) {
  return file.has_ending(".yml") &&
         (file.is_below("rules/detections/") || file.is_below("rules/correlations/"));
}

TEST_CASE("names and ids of rules are unique, names are snake_case") {
  std::map<std::string, std::string> seen;
  const std::regex name("[a-z][a-z0-9_]*");
  for (const SourceFile& file : source_tree()) {
    if (!is_rule(file)) continue;
    for (const std::string& line : lines_of(file.text)) {
      const bool is_name = line.rfind("name: ", 0) == 0;
      if (!is_name && line.rfind("id: ", 0) != 0) continue;
      const std::string value = line.substr(line.find(' ') + 1);
      INFO(file.path << ": " << line << ", also in " << seen[value]);
      CHECK(seen[value].empty());
      seen[value] = file.path;
      if (is_name) CHECK(std::regex_match(value, name));
    }
  }
  CHECK(seen.size() > 100);
}

TEST_CASE("a cause file is named after its cause") {
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("rules/causes/") || file.path.find("/_") != std::string::npos) continue;
    INFO(file.path);
    std::string id = file.path.substr(13, file.path.size() - 13 - 4);
    std::replace(id.begin(), id.end(), '/', '.');
    CHECK(file.text.find("cause: " + id + '\n') != std::string::npos);
  }
}

TEST_CASE("no cause is named in the sources: they live in rules/") {
  std::set<std::string> areas;
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("rules/causes/") || file.path.find("/_") != std::string::npos) continue;
    areas.insert(file.path.substr(13, file.path.find('/', 13) - 13));
  }
  CHECK(areas.size() > 10);
  std::string any;
  for (const std::string& area : areas) any += (any.empty() ? "" : "|") + area;
  const std::regex cause("\"(" + any + ")\\.[a-z0-9-]+\"");
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("src/")) continue;
    INFO(file.path);
    CHECK_FALSE(std::regex_search(file.text, cause));
  }
}

}  // namespace
}  // namespace rdptriage::test
