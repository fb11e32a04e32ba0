// What rules cannot match without, in literals: text that some value of some field must hold.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rule/match_program.hpp"

namespace rdptriage::rule {

// Frames of a folded value: literals that stand at its start or end say so.
inline constexpr char kValueStart = '\x01', kValueEnd = '\x02';
// Literals are found by windows of this many bytes, or by what is_short() says.
inline constexpr std::size_t kGram = 4;

// Two or three bytes that begin with one character beyond ASCII.
bool is_short_beyond_ascii(std::string_view text);
// A whole value, framed, of no or one byte.
bool is_short_value(std::string_view text);

using LiteralId = std::uint32_t;

// The literals of a program's predicates, each told once for all prefilters that look for it.
class LiteralTable {
 public:
  enum class Use : std::uint8_t {
    events,  // found by a prefilter
    lines,   // found in a whole line; RE2 is asked what an expression needs, which takes longer
  };
  LiteralTable(const MatchProgram& program, Use use);

  // A value that passes the test contains one of these; empty when nothing can be told.
  std::span<const LiteralId> of(PredicateId predicate);
  std::string_view text(LiteralId literal) const { return texts_[literal]; }
  bool can_be_found(LiteralId literal) const { return findable_[literal]; }
  std::size_t size() const { return texts_.size(); }

 private:
  void tell(PredicateId predicate);
  LiteralId intern(std::string text);

  const MatchProgram& program_;
  Use use_;
  struct Range {
    std::uint32_t first = 0, count = 0;
    bool told = false;
  };
  std::vector<Range> ranges_;  // by predicate, in literals_
  std::vector<LiteralId> literals_;
  std::deque<std::string> texts_;  // by literal
  std::vector<bool> findable_;
  std::unordered_map<std::string_view, LiteralId> ids_;
};

// One of these must be found, each in its field.
struct Need {
  struct Literal {
    LiteralId literal = 0;
    FieldId field = kAnyField;
  };
  std::vector<Literal> literals;
  int score = 0;  // of the least selective one
};

// Finds the most selective need of variants that are looked at together.
class NeedFinder {
 public:
  NeedFinder(const MatchProgram& program, LiteralTable& table,
             std::span<const std::uint32_t> variants);
  // Nothing when the variant can match without any literal that could be found.
  std::optional<Need> need_of(std::uint32_t variant) const;

 private:
  void count(Operand operand);
  int score_of(LiteralId literal) const;
  std::optional<Need> need(Operand operand) const;

  const MatchProgram& program_;
  LiteralTable& table_;
  // How many variants have a literal, wanted or not: what many rules name is common in logs too
  // ("\\powershell.exe", "c:\\program files\\").
  struct Popularity {
    std::uint32_t variants = 0, last = 0;
  };
  std::vector<Popularity> popularity_;  // by literal
  std::uint32_t counted_ = 0;
};

}  // namespace rdptriage::rule
