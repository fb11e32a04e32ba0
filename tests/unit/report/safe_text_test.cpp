#include "report/safe_text.hpp"

#include <nlohmann/json.hpp>

#include "report/json_text.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using namespace rdptriage::report;

TEST_CASE("safe text: nothing from a log acts on what shows it") {
  struct Case {
    const char* name;
    std::string_view in;
    std::string_view want;
  };
  const Case kCases[] = {
      {"plain text stays", "ABHÖREN 接続", "ABHÖREN 接続"},
      {"terminal escapes", "\x1b[31mred\x07", "\\x1b[31mred\\x07"},
      {"C1 control sequence introducer",
       "\xC2\x9B"
       "2J",
       "\\x9b2J"},
      {"a lone carriage return", "good\rbad", "good\\rbad"},
      {"line breaks", "a\r\nb\nc", "a\\nb\\nc"},
      {"bidirectional override",
       "x\xE2\x80\xAE"
       "txt",
       "x\\u202etxt"},
      {"bytes that are not UTF-8", "a\xFF\xC0\x80z", "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"},
      {"surrogates are not UTF-8", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"cut in the middle of a character", "\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const Case& c : kCases) {
    INFO(c.name);
    CHECK(safe_text(c.in) == c.want);
  }
  CHECK(safe_text(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("safe markup: markup characters become references") {
  CHECK(safe_markup("</script><img onerror='x'>&\"") ==
        "&lt;/script&gt;&lt;img onerror=&#39;x&#39;&gt;&amp;&quot;");
  CHECK(safe_markup("a\nb") == "a\nb");
}

TEST_CASE("cut: counts characters, not bytes, and marks the cut") {
  CHECK(cut_to("äöü", 3) == "äöü");
  CHECK(cut_to("äöüß", 3) == "äö…");
  CHECK(cut_to("", 3).empty());
}

TEST_CASE("cut at a word: no part of one is left") {
  CHECK(cut_at_word("nla > licensing > session", 40) == "nla > licensing > session");
  CHECK(cut_at_word("nla > licensing > session", 14) == "nla > …");
  CHECK(cut_at_word("nla > licensing > session", 17) == "nla > licensing …");
  CHECK(cut_at_word("onewordonly", 5) == "onew…");
  CHECK(cut_at_word("", 5).empty());
}

TEST_CASE("JSON: what acts becomes an escape of the same value, wherever it stands") {
  const std::string_view kActive[] = {"\x1b",         "\x7F",     "\xC2\x9B",
                                      "\xE2\x80\xAE", "\xD8\x9C", "\xEF\xBB\xBF"};
  // What begins like it, and the characters that JSON escapes.
  const std::string_view kOthers[] = {"\xC2\xA0", "’", "ä", "接続", "：", "\"", "\\", "\t"};
  const auto check = [](const std::string& text) {
    std::string written(json_room(text), '\0');
    written.resize(
        static_cast<std::size_t>(write_json_text(text, written.data()) - written.data()));
    for (const std::string& document :
         {"[\"" + written + "\"]", safe_json(nlohmann::json{text}.dump(2))}) {
      INFO(document);
      CHECK(nlohmann::json::parse(document) == nlohmann::json{text});
      for (std::size_t i = 0; i < document.size(); ++i) {
        if (document[i] == '\n') continue;
        CHECK(active_front(std::string_view(document).substr(i)).length == 0);
      }
    }
  };
  for (std::size_t before = 0; before < 34; ++before) {
    for (const std::size_t behind : {0U, 1U, 3U, 7U, 15U, 16U, 40U}) {
      for (const auto piece : kActive)
        check(std::string(before, 'a') + std::string(piece) + std::string(behind, 'b'));
      for (const auto piece : kOthers)
        check(std::string(before, 'a') + std::string(piece) + "\xC2\x80" +
              std::string(behind, 'b'));
    }
  }
}
