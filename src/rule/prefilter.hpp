// Which of many rules can match an event at all, from the literals they need.
//
// Most rules need some text of four or more characters in some field. One pass over the values
// looks every four-byte window up in a bitmap; the rare hits are verified and name the candidates.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rule/match_program.hpp"

namespace rdptriage::rule {

class LiteralTable;

// How values of <System> are written that are made of few characters.
enum class NumberStyle : std::uint8_t { decimal, hexadecimal, time, guid };

class Prefilter {
 public:
  // `position` is a place in VariantGroup::variants.
  struct Needle {
    std::string_view text;  // folded; \x01 stands for the start of a value, \x02 for its end
    FieldId field = kAnyField;
    std::uint32_t position = 0;
  };
  // Needles of one text (in one place of memory) and field stand side by side, however many
  // variants want it.
  Prefilter(const std::vector<Needle>& needles, std::vector<std::uint32_t> always,
            std::size_t field_count);
  // Spreads the prefilters of a process, for caches of what they find.
  std::size_t number() const { return number_; }

  // Positions that no literal can rule out, ascending.
  const std::vector<std::uint32_t>& always() const { return always_; }
  // Values of other fields need not be scanned, unless keywords are wanted (kAnyField).
  bool wants(FieldId field) const { return wanted_[field]; }
  // Whether some keyword may be found in a value of that style.
  bool wants_numbers(NumberStyle style) const {
    return wants_numbers_[static_cast<std::size_t>(style)];
  }
  // Appends the positions that the value may match under `field` or as a keyword, some of them
  // twice. `framed` is \x01, the folded value, \x02.
  void scan(std::string_view framed, FieldId field, std::vector<std::uint32_t>& hits) const;

 private:
  struct Slot {
    std::uint32_t gram = 0;
    std::uint32_t first = 0, count = 0;  // in entries_
  };
  struct Entry {
    std::uint32_t text = 0, length = 0;  // in texts_
    std::uint32_t offset = 0;            // of the gram in the needle
    FieldId field = kAnyField;
    std::uint32_t first = 0, count = 0;  // in positions_
  };
  using ShortEntries = std::unordered_map<std::uint32_t, std::vector<Entry>>;

  using Windows = std::vector<std::pair<std::uint32_t, Entry>>;
  void index(Windows windows);
  void add(const Entry& entry, std::vector<std::uint32_t>& hits) const {
    hits.insert(hits.end(), positions_.begin() + entry.first,
                positions_.begin() + entry.first + entry.count);
  }

  std::string texts_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> positions_;
  std::vector<Slot> slots_;  // open addressing, a power of two
  std::vector<std::uint64_t> bitmap_;
  // Needles too short for a window, by their bytes: those that begin beyond ASCII (a Cyrillic
  // letter, an emoji) are looked for only where a value leaves ASCII, whole values ("9") only
  // where a value is as short.
  ShortEntries beyond_ascii_, short_values_;
  std::vector<bool> wanted_;
  std::array<bool, 4> wants_numbers_{};  // by NumberStyle
  std::size_t number_ = 0;
  std::vector<std::uint32_t> always_;
};

// Null when the variants are too few to gain.
std::shared_ptr<const Prefilter> make_prefilter(const MatchProgram& program, LiteralTable& literals,
                                                const std::vector<std::uint32_t>& variants);

}  // namespace rdptriage::rule
