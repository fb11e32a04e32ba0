#include "base/case_fold.hpp"

#include "support/catch.hpp"

using namespace rdptriage::base;

TEST_CASE("case folding: simple, one code point for one") {
  struct Case {
    const char* text;
    const char* folded;
  };
  constexpr Case kCases[] = {
      {"Hello", "hello"},   {"[@`{Z", "[@`{z"}, {"ÄRGER", "ärger"},
      {"Straße", "straße"}, {"ẞ", "ß"},         {"ΣΑΣ", "σασ"},
      {"ς", "σ"},           {"ДА", "да"},       {"\xE2\x84\xAA", "k"},
      {"İ", "İ"},           {"ı", "ı"},         {"\xFFZ\xC3", "\xFFz\xC3"},
      {"𐐀", "𐐨"},           {"", ""},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    CHECK(fold_case(c.text) == c.folded);
    CHECK(equals_folded(c.text, c.folded));
  }
  CHECK_FALSE(equals_folded("a", "ab"));
  CHECK_FALSE(equals_folded("\xC3", "ã"));
}
