#include "base/literal_set.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace rdptriage::base {

namespace {
constexpr std::uint32_t kBitmapBits = 16;  // 8 KiB: stays in the first-level cache

constexpr std::array<std::uint8_t, 256> make_lower() {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(i >= 'A' && i <= 'Z' ? i + 32 : i);
  }
  return out;
}
constexpr std::array<std::uint8_t, 256> kLower = make_lower();

std::uint8_t lower(char c) { return kLower[static_cast<std::uint8_t>(c)]; }

// Three bytes without the bit that sets letters' case apart: other characters fall together too,
// which costs a look at the literal and nothing else.
std::uint32_t window_at(const char* text) {
  const auto byte = [text](std::size_t i) {
    return std::uint32_t{static_cast<std::uint8_t>(text[i])};
  };
  return byte(0) | byte(1) << 8U | byte(2) << 16U | 0x20'2020U;
}

std::uint32_t mix(std::uint32_t window) { return window * 0x9E37'79B1U; }

// How often a character stands in logs, roughly; a window of rare ones is met rarely.
unsigned commonness(char c) {
  constexpr std::string_view kOften = "etaoinsrcd", kMostly = "lmpufgh_:.-123456789 ";
  if (c == '0') return 8;  // codes are filled up with zeros
  if (kOften.find(c) != std::string_view::npos) return 4;
  return kMostly.find(c) != std::string_view::npos ? 3 : 1;
}
}  // namespace

void LiteralSet::add(std::string_view text, std::uint64_t bits) {
  Literal literal{to_lower_ascii(text), bits, 0};
  unsigned best = ~0U;
  for (std::uint32_t i = 0; i + kShortest <= literal.text.size(); ++i) {
    const unsigned score = commonness(literal.text[i]) * commonness(literal.text[i + 1]) *
                           commonness(literal.text[i + 2]);
    if (score >= best) continue;
    best = score;
    literal.offset = i;
  }
  literals_.push_back(std::move(literal));
}

void LiteralSet::index() {
  const auto window_of = [](const Literal& literal) {
    return window_at(literal.text.data() + literal.offset);
  };
  std::stable_sort(literals_.begin(), literals_.end(),
                   [&](const Literal& a, const Literal& b) { return window_of(a) < window_of(b); });
  bitmap_.assign((std::size_t{1} << kBitmapBits) / 64, 0);
  std::size_t slots = 64;
  slot_shift_ = 32 - 6;
  for (; slots < literals_.size() * 4; slots *= 2) --slot_shift_;
  slots_.assign(slots, Slot{});
  for (std::uint32_t first = 0; first < literals_.size();) {
    const std::uint32_t window = window_of(literals_[first]);
    std::uint32_t last = first;
    while (last < literals_.size() && window_of(literals_[last]) == window) ++last;
    const std::uint32_t bit = mix(window) >> (32 - kBitmapBits);
    bitmap_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    std::size_t at = mix(window) >> slot_shift_;
    while (slots_[at].count != 0) at = (at + 1) & (slots - 1);
    slots_[at] = {window, first, last - first, 0};
    for (std::uint32_t i = first; i < last; ++i) slots_[at].bits |= literals_[i].bits;
    first = last;
  }
}

void LiteralSet::verify(std::string_view text, std::size_t at, std::uint32_t window,
                        std::uint64_t& found) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = mix(window) >> slot_shift_; slots_[slot].count != 0;
       slot = (slot + 1) & mask) {
    if (slots_[slot].window != window) continue;
    // Most windows come again and again in a line: "0x0", "tls", "ssl".
    if ((slots_[slot].bits & ~found) == 0) return;
    for (std::uint32_t i = 0; i < slots_[slot].count; ++i) {
      const Literal& literal = literals_[slots_[slot].first + i];
      if ((literal.bits & ~found) == 0 || literal.offset > at ||
          text.size() - (at - literal.offset) < literal.text.size())
        continue;
      const char* const start = text.data() + (at - literal.offset);
      if (std::equal(literal.text.begin(), literal.text.end(), start, [](char known, char c) {
            return static_cast<std::uint8_t>(known) == lower(c);
          })) {
        found |= literal.bits;
      }
    }
    return;
  }
}

std::uint64_t LiteralSet::find(std::string_view text) const {
  if (text.size() < kShortest || literals_.empty()) return 0;
  const std::uint64_t* const bitmap = bitmap_.data();
  std::uint64_t found = 0;
  for (std::size_t at = 0; at + kShortest <= text.size(); ++at) {
    const std::uint32_t window = window_at(text.data() + at);
    const std::uint32_t bit = mix(window) >> (32 - kBitmapBits);
    if ((bitmap[bit / 64] >> (bit % 64) & 1U) != 0) verify(text, at, window, found);
  }
  return found;
}

}  // namespace rdptriage::base
