// Many literals looked for at once in short texts, without regard to ASCII case.
//
// One pass over the text asks a bitmap about every window of three bytes; the rare windows that it
// knows are verified. Made for lines: what is not in a line need not be tried on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::base {

// Immutable once indexed; safe to share between threads.
class LiteralSet {
 public:
  static constexpr std::size_t kShortest = 3;

  // `text` is ASCII of at least kShortest bytes; its finding sets `bits`.
  void add(std::string_view text, std::uint64_t bits);
  // Once, after the last add().
  void index();

  // The bits of all literals that occur in `text`.
  std::uint64_t find(std::string_view text) const;

 private:
  struct Literal {
    std::string text;  // lower case
    std::uint64_t bits = 0;
    std::uint32_t offset = 0;  // of the window it is indexed by
  };
  struct Slot {
    std::uint32_t window = 0, first = 0, count = 0;  // in literals_
    std::uint64_t bits = 0;                          // of all of these
  };
  // Adds the bits of the literals whose window is at `at`.
  void verify(std::string_view text, std::size_t at, std::uint32_t window,
              std::uint64_t& found) const;

  std::vector<Literal> literals_;  // by window
  std::vector<Slot> slots_;        // open addressing, a power of two
  unsigned slot_shift_ = 0;        // leaves the upper bits of a mixed window: the slot
  std::vector<std::uint64_t> bitmap_;
};

}  // namespace rdptriage::base
