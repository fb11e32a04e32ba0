// The table of src/README.md is the law; these tests read it and the #include lines.
#include <map>
#include <regex>
#include <set>

#include "source_tree.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {
namespace {

using Layers = std::map<std::string, std::set<std::string>>;

// folder → what its includes may start with.
Layers read_table() {
  Layers layers;
  std::set<std::string> above{"rdptriage/"};
  for (const std::string& line : lines_of(source_text("src/README.md"))) {
    static const std::regex kRow("\\| `([a-z]+)` \\|.*\\| ([^|]*) \\|");
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    std::set<std::string>& allowed = layers[row[1]];
    allowed.insert(row[1].str() + '/');
    std::string rest = row[2];
    if (rest == "all of the above") allowed.insert(above.begin(), above.end());
    rest = std::regex_replace(rest, std::regex("\\(.*?\\)"), "");
    static const std::regex kWord("[a-z_/]+");
    for (std::sregex_iterator word(rest.begin(), rest.end(), kWord), end; word != end; ++word) {
      const std::string name = word->str();
      if (name == "public") {
        allowed.insert("rdptriage/");
      } else if (name.find('/') != std::string::npos) {
        allowed.insert(name + '.');
      } else {
        allowed.insert(name + '/');
      }
    }
    above.insert(row[1].str() + '/');
  }
  return layers;
}

std::vector<std::string> includes(const std::string& text, const char* pattern) {
  std::vector<std::string> found;
  const std::regex include(pattern);
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (std::regex_search(line, match, include)) found.push_back(match[1]);
  }
  return found;
}

TEST_CASE("each folder includes only what the layer table allows") {
  const Layers layers = read_table();
  REQUIRE(layers.size() == 10);
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("src/") || !(file.has_ending(".cpp") || file.has_ending(".hpp"))) continue;
    const std::string folder = file.path.substr(4, file.path.find('/', 4) - 4);
    const auto layer = layers.find(folder);
    INFO(file.path);
    REQUIRE(layer != layers.end());
    for (const std::string& include : includes(file.text, "^#include \"([^\"]+)\"")) {
      INFO("#include \"" << include << '"');
      const bool is_allowed = std::any_of(
          layer->second.begin(), layer->second.end(),
          [&](const std::string& start) { return std::string_view(include).starts_with(start); });
      CHECK(is_allowed);
    }
  }
}

TEST_CASE("public headers include only the standard library, tl-expected and each other") {
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("include/")) continue;
    INFO(file.path);
    for (const std::string& include : includes(file.text, "^#include \"([^\"]+)\"")) {
      CHECK(include.rfind("rdptriage/", 0) == 0);
    }
    for (const std::string& include : includes(file.text, "^#include <([^>]+)>")) {
      INFO(include);
      CHECK((include.find('/') == std::string::npos || include == "tl/expected.hpp"));
      CHECK(include.find(".h") == (include == "tl/expected.hpp" ? 11 : std::string::npos));
    }
  }
}

TEST_CASE("each third-party library is visible where src/README.md says, and nowhere else") {
  const std::pair<const char*, std::set<std::string>> kWhere[] = {
      {"^#include <(yaml\\.h)>", {"src/base/yaml.cpp"}},
      {"^#include <(re2/.*)>", {"src/base/"}},
      {"^#include <(openssl/.*)>", {"src/base/sha256.cpp"}},
      {"^#include <(archive.*\\.h)>", {"src/container/archive.cpp"}},
      {"^#include <(pugixml.*)>", {"src/reader/event_xml.cpp"}},
      {"^#include <(nlohmann/.*)>",
       {"src/report/", "src/reader/json_event.cpp", "src/reader/json_shape.cpp",
        "src/reader/json_shape.hpp", "src/cli/"}},
      {"^#include <(CLI/.*)>", {"src/cli/"}},
  };
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("src/")) continue;
    for (const auto& [pattern, places] : kWhere) {
      if (includes(file.text, pattern).empty()) continue;
      INFO(file.path << " matches " << pattern);
      bool is_allowed = false;
      for (const std::string& place : places) is_allowed |= file.is_below(place);
      CHECK(is_allowed);
    }
  }
}

TEST_CASE("every source file is in the list of its folder") {
  for (const SourceFile& file : source_tree()) {
    if (!file.has_ending(".cpp") || !(file.is_below("src/") || file.is_below("tests/"))) continue;
    if (file.is_below("tests/embed/")) continue;
    INFO(file.path);
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    // The list can be in any folder above, or in one that borrows the file.
    const bool is_listed =
        std::any_of(source_tree().begin(), source_tree().end(), [&](const SourceFile& list) {
          return list.has_ending("CMakeLists.txt") && list.text.find(name) != std::string::npos;
        });
    CHECK(is_listed);
  }
}

TEST_CASE("there is no code that could send anything") {
  const std::regex socket("#include <(sys/socket|netinet/|arpa/|netdb|curl/|winsock)");
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("src/") && !file.is_below("include/")) continue;
    INFO(file.path);
    CHECK_FALSE(std::regex_search(file.text, socket));
  }
}

}  // namespace
}  // namespace rdptriage::test
