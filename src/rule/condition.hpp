// The condition language of detections, filters and text conditions of correlations:
//
//   condition = or-expression ;  not binds tighter than and, and tighter than or
//   primary   = "(" condition ")" | ("1" | "any" | "all") "of" ("them" | pattern) | identifier
//
// Operators are whole words in any letter case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace rdptriage::rule {

enum class ConditionOp : std::uint8_t {
  identifier,
  any_of,
  all_of,
  negation,
  conjunction,
  disjunction
};

struct Condition {
  ConditionOp op = ConditionOp::identifier;
  std::string name;  // identifier; any_of, all_of: the pattern, "*" for `them`
  std::vector<Condition> operands;
  std::size_t offset = 0, length = 0;  // in the condition's text
};

struct ConditionError {
  const char* code;  // "P015" syntax, "P037" a construct that Sigma 2 has given up
  std::string message, help;
  std::size_t offset = 0, length = 1;
};

// Fails on the first mistake. Brackets and `not` may nest 64 deep.
tl::expected<Condition, ConditionError> parse_condition(std::string_view text);

// Does a pattern of `x of pattern` select this identifier? Identifiers that begin with `_` only
// when the pattern does.
bool selects(std::string_view pattern, std::string_view identifier);

}  // namespace rdptriage::rule
