#include "base/text.hpp"

#include "support/catch.hpp"

using namespace rdptriage::base;

TEST_CASE("text: nearest word finds the typing mistake, and nothing far away") {
  const std::vector<std::string_view> known = {"contains", "startswith", "endswith", "re", "cidr"};
  CHECK(nearest_word("contians", known) == "contains");
  CHECK(nearest_word("startwith", known) == "startswith");
  CHECK(nearest_word("CIDR", known) == "cidr");
  CHECK(nearest_word("zzzzzzzz", known).empty());
}

TEST_CASE("text: trim and split") {
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim("   ").empty());
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
}

TEST_CASE("text: lines become one, whatever ends them") {
  CHECK(on_one_line("one") == "one");
  CHECK(on_one_line("  a\tb ") == "a\tb");
  CHECK(on_one_line("a\r\n\r\n  b\rc \n") == "a b c");
  CHECK(on_one_line("\n\r").empty());
  CHECK(on_one_line("").empty());
}
