// Which lines of a text are worth being taken apart, and which expressions are worth a try on them:
// one look at the line instead of some hundred.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/literal_set.hpp"

namespace rdptriage::reader {

struct FieldPattern;
struct LineBlock;

// A field and a text in lower case, one of whose values must hold it for anybody to want the event;
// an empty field is any field.
struct LineNeed {
  std::string field;
  std::string text;
};

// What one look has found.
class LineSigns {
 public:
  static constexpr std::uint64_t kWanted = std::uint64_t{1} << 63U;
  // Expressions beyond the number of bits share them, which costs tries and nothing else.
  static constexpr std::uint64_t block(std::size_t index) {
    return std::uint64_t{1} << (kExtractions + index % (63U - kExtractions));
  }
  static constexpr std::uint64_t extraction(std::size_t index) {
    return std::uint64_t{1} << (index % kExtractions);
  }

  explicit LineSigns(std::uint64_t bits) : bits_(bits) {}
  bool wanted() const { return (bits_ & kWanted) != 0; }
  bool may_open_block(std::size_t index) const { return (bits_ & block(index)) != 0; }
  bool may_open_any_block() const { return (bits_ & ~kWanted) >> kExtractions != 0; }
  bool may_extract(std::size_t index) const { return (bits_ & extraction(index)) != 0; }

 private:
  static constexpr std::size_t kExtractions = 47;
  std::uint64_t bits_;
};

class FormatSet;

// Immutable; safe to share between threads.
class LineFilter {
 public:
  // Without needs every line is wanted; so it is when a need cannot be told from the line's text.
  // The format set must outlive the filter.
  LineFilter(const FormatSet& formats, const std::optional<std::span<const LineNeed>>& needs);

  LineSigns look(std::string_view line) const;

 private:
  base::LiteralSet literals_;
  std::uint64_t always_ = 0;
};

}  // namespace rdptriage::reader
