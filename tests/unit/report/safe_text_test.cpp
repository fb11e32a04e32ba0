#include "report/safe_text.hpp"

#include "support/catch.hpp"

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
