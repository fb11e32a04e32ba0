#include "rule/condition.hpp"

#include "support/catch.hpp"

using namespace rdptriage::rule;

namespace {
std::string dump(const Condition& tree) {
  const auto list = [&](const char* op) {
    std::string out = std::string("(") + op;
    for (const Condition& operand : tree.operands) out += " " + dump(operand);
    return out + ")";
  };
  switch (tree.op) {
    case ConditionOp::identifier:
      return tree.name;
    case ConditionOp::any_of:
      return "any:" + tree.name;
    case ConditionOp::all_of:
      return "all:" + tree.name;
    case ConditionOp::negation:
      return list("not");
    case ConditionOp::conjunction:
      return list("and");
    case ConditionOp::disjunction:
      return list("or");
  }
  return {};
}
}  // namespace

TEST_CASE("condition: precedence, brackets, quantities") {
  struct Case {
    const char* text;
    const char* tree;
  };
  constexpr Case kCases[] = {
      {"a", "a"},
      {"a or b and c", "(or a (and b c))"},
      {"(a or b) and c", "(and (or a b) c)"},
      {"not a and b", "(and (not a) b)"},
      {"not not a", "(not (not a))"},
      {"a   or(b and c)", "(or a (and b c))"},
      {"a AND NOT b Or c", "(or (and a (not b)) c)"},
      {"1 of them", "any:*"},
      {"any of sel_*", "any:sel_*"},
      {"all of sel* and not 1 of filter*", "(and all:sel* (not any:filter*))"},
      {"notable and not android", "(and notable (not android))"},
      {"sel-a and sel-b", "(and sel-a sel-b)"},
      {"1 of them or all", "(or any:* all)"},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    const auto tree = parse_condition(c.text);
    REQUIRE(tree);
    CHECK(dump(*tree) == c.tree);
  }
}

TEST_CASE("condition: mistakes are refused where they stand") {
  struct Case {
    const char* text;
    const char* code;
    std::size_t offset;
  };
  constexpr Case kCases[] = {
      {"", "P015", 0},
      {"a and (not a", "P015", 12},
      {"a b", "P015", 2},
      {"a and", "P015", 5},
      {"and a", "P015", 0},
      {"a)", "P015", 1},
      {"2 of them", "P015", 0},
      {"1 of", "P015", 4},
      {"sel*", "P015", 0},
      {"a & b", "P015", 2},
      {"a | count() > 3", "P037", 2},
      {"1 of and", "P015", 5},
      {"of a", "P015", 0},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    const auto tree = parse_condition(c.text);
    REQUIRE_FALSE(tree);
    CHECK(std::string(tree.error().code) == c.code);
    CHECK(tree.error().offset == c.offset);
  }
}

TEST_CASE("condition: nesting has a limit, not a crash") {
  const std::string open(100'000, '('), close(100'000, ')');
  CHECK_FALSE(parse_condition(open + "a" + close));
  std::string negations;
  for (int i = 0; i < 100'000; ++i) negations += "not ";
  CHECK_FALSE(parse_condition(negations + "a"));
  CHECK(parse_condition(std::string(60, '(') + "a" + std::string(60, ')')));
}

TEST_CASE("condition: patterns leave out identifiers that begin with _") {
  CHECK(selects("*", "a"));
  CHECK_FALSE(selects("*", "_a"));
  CHECK(selects("_*", "_a"));
  CHECK(selects("*_t*", "sel_two"));
  CHECK_FALSE(selects("sel*x", "sel_two"));
  CHECK(selects("sel", "sel"));
}
