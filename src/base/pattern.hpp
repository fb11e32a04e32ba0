// Regular expressions: RE2 syntax, linear time on any input. The only place that sees RE2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rdptriage/result.hpp"

namespace re2 {
class RE2;
}

namespace rdptriage::base {

// Flags combine; with none, `.` stops at line breaks and ^ $ are the ends of the text.
enum class PatternFlags : std::uint8_t { none = 0, ignore_case = 1, multi_line = 2, dot_all = 4 };
constexpr PatternFlags operator|(PatternFlags a, PatternFlags b) {
  return static_cast<PatternFlags>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has_flag(PatternFlags flags, PatternFlags flag) {
  return (static_cast<unsigned>(flags) & static_cast<unsigned>(flag)) != 0;
}

enum class Anchor : std::uint8_t { nowhere, start, both };

// A compiled expression. Immutable and safe to share between threads; move-only.
class Pattern {
 public:
  // Fails with RE2's reason ("invalid perl operator: (?=") and the offending part in `where`.
  static Result<Pattern> compile(std::string_view expression,
                                 PatternFlags flags = PatternFlags::none);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // Somewhere in `text`.
  bool search(std::string_view text) const;
  // The whole of `text`.
  bool full_match(std::string_view text) const;
  // With captures: [0] is the whole match, [n] the n-th group; the views point into `text`, a group
  // that took no part has a null data(). `captures` may be shorter or longer than the groups.
  bool match(std::string_view text, Anchor anchor, std::span<std::string_view> captures) const;

  std::size_t group_count() const { return group_count_; }
  // Name and number of every named group, by number.
  const std::vector<std::pair<std::string, std::size_t>>& named_groups() const { return names_; }
  std::optional<std::size_t> group(std::string_view name) const;

  const std::string& expression() const { return expression_; }

 private:
  Pattern();
  std::unique_ptr<re2::RE2> regex_;
  std::string expression_;
  std::vector<std::pair<std::string, std::size_t>> names_;
  std::size_t group_count_ = 0;
};

// Many expressions at once: which of them are found in a text. Immutable once made.
class PatternSet {
 public:
  // Fails when one of them does not compile, or all together need more than `max_bytes`.
  static Result<PatternSet> compile(std::span<const std::string> expressions, Anchor anchor,
                                    PatternFlags flags = PatternFlags::none,
                                    std::int64_t max_bytes = std::int64_t{64} << 20);
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  ~PatternSet();

  // Replaces `found` by the positions of the expressions that match, ascending. False: the search
  // ran out of memory and `found` says nothing; try the expressions one by one.
  [[nodiscard]] bool match(std::string_view text, std::vector<int>& found) const;

 private:
  struct Impl;
  PatternSet();
  std::unique_ptr<Impl> impl_;
};

// Lower-case ASCII texts of at least `shortest` bytes; whatever matches the expression holds one of
// them in some case. Empty: nothing is known that it must hold.
std::vector<std::string> required_literals(std::string_view expression, PatternFlags flags,
                                           std::size_t shortest);

// `text` as an expression that matches exactly it.
std::string quote_pattern(std::string_view text);

}  // namespace rdptriage::base
