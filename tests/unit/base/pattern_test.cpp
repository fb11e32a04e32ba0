#include "base/pattern.hpp"

#include <array>

#include "support/catch.hpp"

using namespace rdptriage::base;

TEST_CASE("pattern: search, full match and flags") {
  struct Case {
    const char* expression;
    PatternFlags flags;
    const char* text;
    bool found, whole;
  };
  constexpr Case kCases[] = {
      {"b", PatternFlags::none, "abc", true, false},
      {"a.c", PatternFlags::none, "abc", true, true},
      {"A.C", PatternFlags::none, "abc", false, false},
      {"A.C", PatternFlags::ignore_case, "abc", true, true},
      {"a.c", PatternFlags::none, "a\nc", false, false},
      {"a.c", PatternFlags::dot_all, "a\nc", true, true},
      {"^c$", PatternFlags::none, "a\nc\nd", false, false},
      {"^c$", PatternFlags::multi_line, "a\nc\nd", true, false},
      {"ä", PatternFlags::ignore_case, "Ä", true, true},
  };
  for (const Case& c : kCases) {
    INFO(c.expression << " on " << c.text);
    const auto pattern = Pattern::compile(c.expression, c.flags);
    REQUIRE(pattern);
    CHECK(pattern->search(c.text) == c.found);
    CHECK(pattern->full_match(c.text) == c.whole);
  }
}

TEST_CASE("pattern: named groups; one that took no part has no data") {
  const auto pattern = Pattern::compile("(?P<verb>GET|PUT) (?P<path>/\\S*)?(x)?");
  REQUIRE(pattern);
  CHECK(pattern->group_count() == 3);
  CHECK(pattern->group("path") == 2);
  CHECK_FALSE(pattern->group("nothing"));
  std::array<std::string_view, 6> captures;
  REQUIRE(pattern->match("-- PUT /a", Anchor::nowhere, captures));
  CHECK(captures[0] == "PUT /a");
  CHECK(captures[1] == "PUT");
  CHECK(captures[2] == "/a");
  CHECK(captures[3].data() == nullptr);
  CHECK_FALSE(pattern->match("-- PUT /a", Anchor::start, captures));
}

TEST_CASE("pattern: what RE2 refuses is an error that names the part") {
  for (const char* expression : {"(?=x)", "a(b", "(a)\\1", "a{1,5000}"}) {
    INFO(expression);
    const auto pattern = Pattern::compile(expression);
    REQUIRE_FALSE(pattern);
    CHECK(pattern.error().code == "PATTERN_INVALID");
    CHECK_FALSE(pattern.error().message.empty());
  }
}

TEST_CASE("pattern set: which of many are found") {
  const std::vector<std::string> expressions = {"abc", "x.z", quote_pattern("a+b")};
  const auto set = PatternSet::compile(expressions, Anchor::nowhere);
  REQUIRE(set);
  std::vector<int> found;
  REQUIRE(set->match("a+b xyz", found));
  CHECK(found == std::vector<int>{1, 2});
  REQUIRE(set->match("nothing", found));
  CHECK(found.empty());
}

TEST_CASE("pattern set: one that needs more memory than it may have is refused") {
  const std::vector<std::string> expressions(50, "(?i)[a-z]{1,200}[0-9]{1,200}x");
  REQUIRE(PatternSet::compile(expressions, Anchor::nowhere, {}, std::int64_t{256} << 20));
  const auto set = PatternSet::compile(expressions, Anchor::nowhere, {}, 20'000);
  REQUIRE_FALSE(set);
  CHECK(set.error().code == "PATTERN_SET_TOO_LARGE");
}

TEST_CASE("pattern: required literals are what every match holds one of") {
  struct Case {
    const char* expression;
    std::vector<std::string> literals;
  };
  const Case kCases[] = {
      {"HTTP status", {"http status"}},
      {"(?i)gateway", {"gateway"}},
      {"(refused|timed out) by", {"refused by", "timed out by"}},
      {"issuer:.*certificate", {"certificate"}},  // both are needed: the longer one tells more
      {"abc|x", {}},                              // `x` is too short to look for
      {".*", {}},
      {"Zürich", {}},  // only ASCII is looked for
      {"(", {}},
  };
  for (const Case& c : kCases) {
    INFO(c.expression);
    CHECK(required_literals(c.expression, PatternFlags::none, 3) == c.literals);
  }
}
