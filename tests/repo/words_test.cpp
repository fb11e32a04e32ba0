// Words that must not get into the project.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>

#include "source_tree.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {
namespace {

bool is_this_test(const SourceFile& file) { return file.is_below("tests/repo/"); }

TEST_CASE("American spelling") {
  // Only words that are unlikely in quoted log text; "not_analysable" is a word of the report
  // schema.
  constexpr std::string_view kBritish[] = {"licence",    "colour",    "behaviour", "analyse ",
                                           "analyses a", "analysing", "normalise", "normalisation",
                                           "recognise",  "authorise", "serialise", "initialise",
                                           "optimise",   "summarise", "favourite", "anonymise"};
  for (const SourceFile& file : source_tree()) {
    // Rules and the readers of foreign texts quote what other programs print.
    const bool is_prose = file.is_below("docs/") || file.is_below("include/") ||
                          file.has_ending(".md") || file.is_below("src/") ||
                          file.is_below("rules/codes/") || file.is_below("rules/causes/");
    if (!is_prose || is_this_test(file)) continue;
    for (const std::string& line : lines_of(file.text)) {
      std::string lower = line;
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      for (const std::string_view word : kBritish) {
        if (lower.find(word) == std::string::npos) continue;
        INFO(file.path << ": " << line);
        CHECK(lower.find(word) == std::string::npos);
      }
    }
  }
}

TEST_CASE("no paths of the machine it was written on, no unfinished work") {
  const std::filesystem::path checkout(RDPTRIAGE_SOURCE_DIR);
  const std::string beside = (checkout.parent_path() / "").string();  // where this checkout lies
  const std::regex home("(/home/[a-z]+|/root)/");
  const std::regex unfinished("\\b(TODO|FIXME|XXX|HACK)\\b");
  for (const SourceFile& file : source_tree()) {
    if (is_this_test(file)) continue;
    INFO(file.path);
    if (beside != "/") CHECK(file.text.find(beside) == std::string::npos);
    CHECK_FALSE(std::regex_search(file.text, home));
    if (file.has_ending(".cpp") || file.has_ending(".hpp") || file.has_ending(".yml")) {
      CHECK_FALSE(std::regex_search(file.text, unfinished));
    }
  }
}

TEST_CASE("links in documents lead somewhere") {
  namespace fs = std::filesystem;
  const std::regex link("\\]\\(([^)#]+)(#[^)]*)?\\)");
  std::size_t links = 0;
  for (const SourceFile& file : source_tree()) {
    if (!file.has_ending(".md")) continue;
    for (std::sregex_iterator match(file.text.begin(), file.text.end(), link), end; match != end;
         ++match) {
      const std::string target = (*match)[1];
      if (target.find("://") != std::string::npos || target.rfind("mailto:", 0) == 0) continue;
      INFO(file.path << " links to " << target);
      CHECK(
          fs::exists(fs::path(RDPTRIAGE_SOURCE_DIR) / fs::path(file.path).parent_path() / target));
      ++links;
    }
  }
  CHECK(links > 10);
}

TEST_CASE("every notice of the container and the readers is in docs/notices.md") {
  const std::string& documented = source_text("docs/notices.md");
  const std::regex code("\"((INPUT|LINK|BUNDLE|LIMIT|EVTX|EVT|TEXT|JSON|XML|CSV)_[A-Z_]+)\"");
  for (const SourceFile& file : source_tree()) {
    if (!file.is_below("src/container/") && !file.is_below("src/reader/")) continue;
    for (std::sregex_iterator match(file.text.begin(), file.text.end(), code), end; match != end;
         ++match) {
      const std::string name = (*match)[1];
      if (name.back() == '_') continue;  // a family, compared by its start
      INFO(file.path << ": " << name);
      CHECK(documented.find('`' + name + '`') != std::string::npos);
    }
  }
}

TEST_CASE("every sample has its files and a line in the list") {
  namespace fs = std::filesystem;
  const fs::path samples = fs::path(RDPTRIAGE_SOURCE_DIR) / "samples";
  const std::string& list = source_text("samples/README.md");
  std::size_t found = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(samples)) {
    if (!entry.is_directory()) continue;
    ++found;
    const std::string name = entry.path().filename().string();
    INFO(name);
    for (const char* part : {"README.md", "case", "expected.txt", "expected.json"}) {
      INFO(part);
      CHECK(fs::exists(entry.path() / part));
    }
    CHECK(list.find('(' + name + ')') != std::string::npos);
  }
  CHECK(found >= 8);
}

}  // namespace
}  // namespace rdptriage::test
