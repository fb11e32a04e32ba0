#include "rule/literal_needs.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/case_fold.hpp"
#include "base/pattern.hpp"
#include "rule/matcher.hpp"
#include "rule/regex_literal.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::size_t kShortestOfLine = 3;   // what a look at a whole line can find
constexpr std::size_t kMostLiterals = 8192;  // of one variant; one with more is always looked at
constexpr std::size_t kLongEnough = 16;      // longer literals select no better

using Texts = std::vector<std::string>;

Texts literals_of(const ValueTest& test) {
  std::string text;
  if (test.kind != TestKind::regex) base::append_folded(test.text, text);
  switch (test.kind) {
    case TestKind::equals:
    case TestKind::number:
      text.insert(text.begin(), kValueStart);
      text += kValueEnd;
      return {text};
    case TestKind::starts_with:
      text.insert(text.begin(), kValueStart);
      return {text};
    case TestKind::ends_with:
      text += kValueEnd;
      return {text};
    case TestKind::contains:
      return {text};
    case TestKind::glob: {
      std::string best;
      for (std::size_t i = 0; i < test.tokens.size(); ++i) {
        if (test.tokens[i].kind != TokenKind::text) continue;
        std::string part = base::fold_case(test.tokens[i].text);
        if (i == 0) part.insert(part.begin(), kValueStart);
        if (i + 1 == test.tokens.size()) part += kValueEnd;
        if (part.size() > best.size()) best = std::move(part);
      }
      return {best};
    }
    case TestKind::regex: {
      Texts out = required_literals(test.text).value_or(Texts{});
      for (std::string& literal : out) literal = base::fold_case(literal);
      return out;
    }
    default:
      return {};
  }
}
}  // namespace

bool is_short_beyond_ascii(std::string_view text) {
  constexpr unsigned char kLeastLeadByte = 0xC0;
  return text.size() >= 2 && text.size() < kGram &&
         static_cast<unsigned char>(text.front()) >= kLeastLeadByte;
}

bool is_short_value(std::string_view text) {
  return text.size() >= 2 && text.size() < kGram && text.front() == kValueStart &&
         text.back() == kValueEnd;
}

LiteralTable::LiteralTable(const MatchProgram& program, Use use)
    : program_(program), use_(use), ranges_(program.predicates.size()) {}

std::span<const LiteralId> LiteralTable::of(PredicateId predicate) {
  if (!ranges_[predicate].told) tell(predicate);
  const Range& range = ranges_[predicate];
  return std::span(literals_).subspan(range.first, range.count);
}

void LiteralTable::tell(PredicateId predicate) {
  const ValueTest& test = program_.predicates[predicate].test;
  const bool ask_re2 = use_ == Use::lines && test.kind == TestKind::regex;
  Texts texts =
      ask_re2 ? base::required_literals(test.text, test.flags, kShortestOfLine) : literals_of(test);
  Range& range = ranges_[predicate];
  range.told = true;
  range.first = static_cast<std::uint32_t>(literals_.size());
  range.count = static_cast<std::uint32_t>(texts.size());
  for (std::string& text : texts) literals_.push_back(intern(std::move(text)));
}

LiteralId LiteralTable::intern(std::string text) {
  if (const auto known = ids_.find(text); known != ids_.end()) return known->second;
  const auto id = static_cast<LiteralId>(texts_.size());
  texts_.push_back(std::move(text));
  const std::string_view kept = texts_.back();
  ids_.emplace(kept, id);
  const std::size_t shortest = use_ == Use::lines ? kShortestOfLine : kGram;
  findable_.push_back(kept.size() >= shortest || is_short_beyond_ascii(kept) ||
                      (use_ == Use::events && is_short_value(kept)));
  return id;
}

NeedFinder::NeedFinder(const MatchProgram& program, LiteralTable& table,
                       std::span<const std::uint32_t> variants)
    : program_(program), table_(table) {
  for (const std::uint32_t variant : variants) {
    ++counted_;
    count(program.variants[variant].root);
  }
}

void NeedFinder::count(Operand operand) {
  if ((operand & kPredicateBit) == 0) {
    const Node& node = program_.nodes[operand];
    for (std::uint32_t i = 0; i < node.count; ++i) count(program_.operands[node.first + i]);
    return;
  }
  for (const LiteralId literal : table_.of(operand & ~kPredicateBit)) {
    if (literal >= popularity_.size()) popularity_.resize(table_.size());
    Popularity& known = popularity_[literal];
    if (std::exchange(known.last, counted_) != counted_) ++known.variants;
  }
}

// Long and rarely named is selective; twice as popular counts as two characters less.
int NeedFinder::score_of(LiteralId literal) const {
  std::uint32_t count = literal < popularity_.size() ? popularity_[literal].variants : 1;
  int doublings = 0;
  for (; count > 1; count /= 2) ++doublings;
  // A character beyond ASCII is rarer than its few bytes tell.
  const std::string_view text = table_.text(literal);
  const std::size_t length = is_short_beyond_ascii(text) ? 2 * kGram : text.size();
  return static_cast<int>(std::min(length, kLongEnough)) - 2 * doublings;
}

std::optional<Need> NeedFinder::need_of(std::uint32_t variant) const {
  auto out = need(program_.variants[variant].root);
  if (out && out->literals.size() > kMostLiterals) return std::nullopt;
  return out;
}

std::optional<Need> NeedFinder::need(Operand operand) const {
  if ((operand & kPredicateBit) != 0) {
    const PredicateId id = operand & ~kPredicateBit;
    const FieldId field = program_.predicates[id].field;
    // Values of <System> are not scanned.
    if (field != kAnyField && program_.fields[field].system) return std::nullopt;
    const auto literals = table_.of(id);
    const auto found = [this](LiteralId literal) { return table_.can_be_found(literal); };
    if (literals.empty() || !std::all_of(literals.begin(), literals.end(), found)) {
      return std::nullopt;
    }
    Need out;
    for (const LiteralId literal : literals) {
      const int score = score_of(literal);
      out.score = out.literals.empty() ? score : std::min(out.score, score);
      out.literals.push_back({literal, field});
    }
    return out;
  }
  const Node& node = program_.nodes[operand];
  if (node.op == NodeOp::negation) return std::nullopt;
  std::optional<Need> out;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    auto below = need(program_.operands[node.first + i]);
    if (node.op == NodeOp::disjunction) {
      if (!below) return std::nullopt;
      if (!out) {
        out = std::move(below);
        continue;
      }
      out->score = std::min(out->score, below->score);
      out->literals.insert(out->literals.end(), below->literals.begin(), below->literals.end());
      if (out->literals.size() > kMostLiterals) return std::nullopt;
    } else if (below) {
      const auto rank = [](const Need& need) {
        return std::pair(need.score, kMostLiterals - need.literals.size());
      };
      if (!out || rank(*below) > rank(*out)) out = std::move(below);
    }
  }
  return out;
}

std::optional<std::vector<ValueNeed>> needs_of(const CompiledRules& rules, const EventKey& key) {
  const MatchProgram& program = rules.program();
  const Bucket& bucket = program.bucket_for(key);
  std::vector<std::uint32_t> variants = bucket.own.variants;
  if (bucket.common != nullptr) {
    variants.insert(variants.end(), bucket.common->variants.begin(), bucket.common->variants.end());
  }
  LiteralTable table(program, LiteralTable::Use::lines);
  const NeedFinder finder(program, table, {});
  std::set<std::pair<std::string, std::string>> needs;
  for (const std::uint32_t variant : variants) {
    const auto need = finder.need_of(variant);
    if (!need) return std::nullopt;
    for (const Need::Literal& wanted : need->literals) {
      std::string_view text = table.text(wanted.literal);
      if (text.front() == kValueStart) text.remove_prefix(1);
      if (!text.empty() && text.back() == kValueEnd) text.remove_suffix(1);
      needs.emplace(wanted.field == kAnyField ? std::string() : program.fields[wanted.field].name,
                    text);
    }
  }
  std::vector<ValueNeed> out;
  for (const auto& [field, text] : needs) out.push_back({field, text});
  return out;
}

}  // namespace rdptriage::rule
