// Lines of a text with those around them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

// Holds each line back until the lines behind it are known.
class LineWindow {
 public:
  // Lines shown before and behind one.
  static constexpr std::uint64_t kAround = 2;

  void add(const TextLine& line) {
    Slot& slot = slots_[added_++ % slots_.size()];
    slot.text = line.text;
    slot.line = line;
  }
  void end() { ended_ = true; }

  // The next line whose neighbors are known; nothing while there is none.
  std::optional<TextLine> take() {
    if (taken_ == added_ || (!ended_ && added_ - taken_ <= kAround)) return std::nullopt;
    TextLine line = at(taken_++);
    return line;
  }

  // The line behind the one that was taken last.
  std::optional<TextLine> behind() const {
    return taken_ < added_ ? std::optional(at(taken_)) : std::nullopt;
  }

  // The line that was taken last, with its neighbors.
  std::span<const NearLine> around() {
    around_.clear();
    const std::uint64_t own = taken_ - 1;
    for (std::uint64_t i = own - std::min(own, kAround); i < std::min(own + kAround + 1, added_);
         ++i) {
      const TextLine line = at(i);
      if (i == own || !base::trim(line.text).empty())
        around_.push_back({line.number, shortened(line.text)});
    }
    return around_;
  }

 private:
  struct Slot {
    TextLine line;
    std::string text;
  };

  TextLine at(std::uint64_t i) const {
    const Slot& slot = slots_[i % slots_.size()];
    TextLine line = slot.line;
    line.text = slot.text;
    return line;
  }

  static std::string_view shortened(std::string_view text) {
    constexpr std::size_t kLongest = 400;
    if (text.size() <= kLongest) return text;
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
  }

  std::array<Slot, 2 * kAround + 1> slots_;
  std::uint64_t added_ = 0, taken_ = 0;
  bool ended_ = false;
  std::vector<NearLine> around_;
};

}  // namespace rdptriage::reader
