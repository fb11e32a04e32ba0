#include "reader/near_lines_sink.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
// Lines that are remembered: a table is given out at its end. What is further back has no context.
constexpr std::size_t kRemembered = 4096;
constexpr std::size_t kLongest = 400;
// Lines shown before and behind a record, and of all in all.
constexpr std::ptrdiff_t kAround = 2, kMostShown = 12;

std::string_view shortened(std::string_view text) {
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}
}  // namespace

void NearLinesSink::saw(const TextLine& line) {
  if (lines_.size() == kRemembered) lines_.pop_front();
  lines_.push_back({line.number, line.byte_offset, std::string(shortened(line.text))});
}

Flow NearLinesSink::event(EventView& event) {
  event.set_near_lines(around(event.locator()));
  return inner_.event(event);
}

std::span<const NearLine> NearLinesSink::around(const Locator& locator) {
  around_.clear();
  if (!locator.line) return around_;
  const auto own =
      std::lower_bound(lines_.begin(), lines_.end(), *locator.line,
                       [](const Line& line, std::uint64_t number) { return line.number < number; });
  if (own == lines_.end() || own->number != *locator.line) return around_;
  const auto behind = std::lower_bound(
      own, lines_.end(), locator.byte_offset + locator.byte_length,
      [](const Line& line, std::uint64_t offset) { return line.byte_offset < offset; });
  const auto first = own - std::min(kAround, own - lines_.begin());
  const auto last = behind + std::min(kAround, lines_.end() - behind);
  for (auto line = first; line != last && line - first < kMostShown; ++line) {
    // A record may begin at the blank line before it.
    if (!base::trim(line->text).empty()) around_.push_back({line->number, line->text});
  }
  return around_;
}

}  // namespace rdptriage::reader
