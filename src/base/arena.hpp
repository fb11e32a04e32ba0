// Memory for the text of one event: allocated by moving a pointer, given back all at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace rdptriage::base {

// Not thread-safe. Views into it live until reset() or the arena's end. The first block is kept
// over resets, so a steady stream of events allocates nothing.
class Arena {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

  // At least `count` writable bytes; call commit() with what was used of them.
  char* reserve(std::size_t count) {
    if (static_cast<std::size_t>(end_ - next_) < count) grow(count);
    return next_;
  }
  // REQUIRES: used_end lies inside the last reserve(). Returns the text that was written.
  std::string_view commit(const char* used_end) {
    const std::string_view text(next_, static_cast<std::size_t>(used_end - next_));
    next_ += text.size();
    return text;
  }
  std::string_view copy(std::string_view text);
  // `left`, the separator, `right`; either may be empty.
  std::string_view join(std::string_view left, char separator, std::string_view right);

  void reset();
  // Bytes handed out since the last reset, rounded up to whole blocks for all blocks but the last.
  std::size_t used() const { return filled_ + static_cast<std::size_t>(next_ - start_); }

 private:
  void grow(std::size_t count);

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* start_ = nullptr;
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::size_t filled_ = 0;
};

}  // namespace rdptriage::base
