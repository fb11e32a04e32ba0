// The literals that an expression cannot match without.
#include <fmt/format.h>

#include <string>

#include "rule/regex_literal.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
struct Case {
  const char* name;
  const char* expression;
  const char* want;  // joined with |; "none"
};
constexpr Case kCases[] = {
    {"a plain text", "abc", "abc"},
    {"the longest run", "ab.cdef[0-9]gh", "cdef"},
    {"escaped characters are themselves", R"(a\.b\\c)", R"(a.b\c)"},
    {"classes end a run", R"(abc\d+de)", "abc"},
    {"a star makes the character before it optional", "abcd*ef", "abc"},
    {"a question mark too, greedy or not", "abcd??ef", "abc"},
    {"a plus keeps it and ends the run", "abc+de", "abc"},
    {"a count from zero", "abcd{0,3}e", "abc"},
    {"a count from one", "abcd{1,3}e", "abcd"},
    {"a count of a count", "ab{1}{0}cdef", "cdef"},
    {"a brace as it stands", "ab{c}", "ab{c}"},
    {"alternatives need one of them", "abc|defg", "abc|defg"},
    {"an alternative without text", "abc|[0-9]", "none"},
    {"a group", "x(abc|def)y", "abc|def"},
    {"an optional group", "xy(abcd)?z", "xy"},
    {"a nested group", "(a(bcd(e|f)))", "bcd"},
    {"flags", "(?i)ABC", "ABC"},
    {"a group with flags", "(?i:abc)d", "abc"},
    {"a named group", "(?P<n>abc)", "abc"},
    {"a bracket inside a class", "[]abc]+x", "x"},
    {"a negated class with a bracket", "[^]a]bc", "bc"},
    {"a named class", "[[:alpha:]x]bc", "bc"},
    {"anchors", R"(^ab\b$)", "ab"},
    {"spelled characters are not read", R"(abc\x41)", "none"},
    {"quotations are not read", R"(\Qa*b\E)", "none"},
    {"properties are not read", R"(abc\pN)", "none"},
    {"characters beyond ASCII", "aж*bcd", "bcd"},
    {"nothing but classes", "[0-9]+", "none"},
    {"nothing", "", "none"},
};
}  // namespace

TEST_CASE("required literals") {
  for (const Case& c : kCases) {
    INFO(c.name);
    const auto got = rule::required_literals(c.expression);
    CHECK((got ? fmt::format("{}", fmt::join(*got, "|")) : "none") == c.want);
  }
}

TEST_CASE("required literals: deep nesting is given up") {
  CHECK_FALSE(rule::required_literals(std::string(40, '(') + "abc" + std::string(40, ')')));
  CHECK(rule::required_literals(std::string(30, '(') + "abc" + std::string(30, ')')));
}
