// What prefilters found in the values they saw last. Logs repeat nearly all of their values: a look
// here takes a tenth of folding and scanning them again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rule/match_program.hpp"

namespace rdptriage::rule {

class ScanMemo {
 public:
  ScanMemo() : entries_(kEntries) {}

  struct Entry {
    bool known = false;                // else the caller fills `found`
    std::vector<std::uint32_t> found;  // as Prefilter::scan() gives them
    std::uint64_t hash = 0;
    const Prefilter* prefilter = nullptr;
    FieldId field = kAnyField;
    std::string value;
  };
  // Longer values are worth no memory.
  static constexpr std::size_t kLongestValue = 256;

  // The entry of a value, not folded, of at most that length; lives until the next call.
  Entry& find(const Prefilter& prefilter, FieldId field, std::string_view value);

 private:
  static constexpr std::size_t kEntries = 2048;  // a power of two; some hundred kilobytes
  std::vector<Entry> entries_;                   // by hash; a new value takes the place of an old
};

}  // namespace rdptriage::rule
