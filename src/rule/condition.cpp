#include "rule/condition.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"

namespace rdptriage::rule {

namespace {
constexpr unsigned kMaxDepth = 64;

struct Lexeme {
  std::string_view text;  // "" at the end
  std::size_t offset = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '*' || c == '.';
}
bool is(const Lexeme& lexeme, std::string_view word) {
  return base::equals_ignoring_case(lexeme.text, word);
}
bool is_operator(const Lexeme& lexeme) {
  return is(lexeme, "and") || is(lexeme, "or") || is(lexeme, "not") || is(lexeme, "of");
}

using Parsed = tl::expected<Condition, ConditionError>;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { next(); }

  Parsed parse() {
    if (now_.text.empty())
      return error("the condition is empty", "name the selections that must hold");
    Parsed out = alternatives(0);
    if (!out || now_.text.empty()) return out;
    if (now_.text == "|") {
      return tl::make_unexpected(ConditionError{
          "P037", "aggregations behind `|` are not part of Sigma 2",
          "write a correlation document of type event_count or value_count", now_.offset, 1});
    }
    if (now_.text == ")")
      return error("there is a `)` too many", "remove it, or open a bracket before");
    return error(fmt::format("an operator is missing before `{}`", now_.text),
                 "join selections with `and` or `or`");
  }

 private:
  void next() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    const std::size_t from = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (at_ == from && at_ < text_.size()) ++at_;
    now_ = {text_.substr(from, at_ - from), from};
  }

  tl::unexpected<ConditionError> error(std::string message, std::string help) const {
    return tl::make_unexpected(ConditionError{"P015", std::move(message), std::move(help),
                                              now_.offset,
                                              now_.text.empty() ? 1 : now_.text.size()});
  }

  Condition join(ConditionOp op, std::vector<Condition> operands) {
    Condition out;
    out.op = op;
    out.offset = operands.front().offset;
    out.length = operands.back().offset + operands.back().length - out.offset;
    out.operands = std::move(operands);
    return out;
  }

  Parsed list(ConditionOp op, std::string_view word, unsigned depth) {
    std::vector<Condition> operands;
    for (;;) {
      Parsed operand = op == ConditionOp::disjunction ? list(ConditionOp::conjunction, "and", depth)
                                                      : negation(depth);
      if (!operand) return operand;
      operands.push_back(std::move(*operand));
      if (!is(now_, word)) break;
      next();
    }
    if (operands.size() == 1) return std::move(operands.front());
    return join(op, std::move(operands));
  }

  Parsed alternatives(unsigned depth) { return list(ConditionOp::disjunction, "or", depth); }

  Parsed negation(unsigned depth) {
    if (!is(now_, "not")) return primary(depth);
    if (depth >= kMaxDepth) return error("nested too deep", "use fewer brackets and `not`");
    const std::size_t offset = now_.offset;
    next();
    Parsed operand = negation(depth + 1);
    if (!operand) return operand;
    Condition out;
    out.op = ConditionOp::negation;
    out.offset = offset;
    out.length = operand->offset + operand->length - offset;
    out.operands.push_back(std::move(*operand));
    return out;
  }

  Parsed primary(unsigned depth) {
    if (now_.text.empty()) return error("the condition ends too early", "name a selection here");
    if (now_.text == "(") {
      if (depth >= kMaxDepth) return error("nested too deep", "use fewer brackets and `not`");
      const std::size_t offset = now_.offset;
      next();
      Parsed inner = alternatives(depth + 1);
      if (!inner) return inner;
      if (now_.text != ")") return error("a `)` is missing", "close the bracket");
      inner->length = now_.offset + 1 - offset;
      inner->offset = offset;
      next();
      return inner;
    }
    if (!is_word(now_.text.front())) {
      return error(fmt::format("`{}` cannot stand in a condition", now_.text),
                   "conditions have selections, and, or, not, brackets, `1 of x*`, `all of x*`");
    }
    const Lexeme word = now_;
    next();
    if (is(now_, "of")) return quantifier(word);
    if (is_operator(word)) {
      now_ = word;
      return error(fmt::format("`{}` has nothing to work on", word.text),
                   "name a selection before it");
    }
    if (word.text.find('*') != std::string_view::npos) {
      now_ = word;
      return error("a pattern needs `1 of` or `all of` before it",
                   fmt::format("write `1 of {}`", word.text));
    }
    Condition out;
    out.name = word.text;
    out.offset = word.offset;
    out.length = word.text.size();
    return out;
  }

  Parsed quantifier(const Lexeme& quantity) {
    Condition out;
    if (is(quantity, "1") || is(quantity, "any")) {
      out.op = ConditionOp::any_of;
    } else if (is(quantity, "all")) {
      out.op = ConditionOp::all_of;
    } else {
      now_ = quantity;
      return error(fmt::format("`{} of` is not a quantity", quantity.text),
                   "use `1 of`, `any of` or `all of`");
    }
    next();
    if (now_.text.empty() || !is_word(now_.text.front()) || is_operator(now_)) {
      return error("`of` needs selections", "write `them` or a pattern such as `selection_*`");
    }
    out.name = is(now_, "them") ? std::string("*") : std::string(now_.text);
    out.offset = quantity.offset;
    out.length = now_.offset + now_.text.size() - quantity.offset;
    next();
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Lexeme now_;
};
}  // namespace

tl::expected<Condition, ConditionError> parse_condition(std::string_view text) {
  return Parser(text).parse();
}

bool selects(std::string_view pattern, std::string_view identifier) {
  if (identifier.substr(0, 1) == "_" && pattern.substr(0, 1) != "_") return false;
  // Both are short; the classic scan with one point to come back to.
  std::size_t p = 0, i = 0;
  std::optional<std::size_t> star, resume;
  while (i < identifier.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = i;
    } else if (p < pattern.size() && pattern[p] == identifier[i]) {
      ++p;
      ++i;
    } else if (star) {
      p = *star + 1;
      i = ++*resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace rdptriage::rule
