#include "container/peek_source.hpp"

#include <algorithm>
#include <cstring>

namespace rdptriage::container {

std::span<const std::byte> PeekSource::peek(std::size_t count) {
  std::size_t filled = head_.size();
  // A folder of small files must not cost 64 KiB each.
  if (const RandomAccess* const whole = inner_->random_access(); whole != nullptr) {
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, whole->size()));
  }
  if (filled < count && !ended_ && !error_) {
    head_.resize(count);
    while (filled < count) {
      auto got = inner_->read(std::span(head_).subspan(filled));
      if (!got) {
        error_ = std::move(got).error();
        break;
      }
      if (*got == 0) {
        ended_ = true;
        break;
      }
      filled += *got;
    }
    head_.resize(filled);
  }
  return std::span<const std::byte>(head_).first(std::min(count, head_.size()));
}

Result<std::size_t> PeekSource::read(std::span<std::byte> out) {
  if (given_ < head_.size()) {
    const std::size_t count = std::min(out.size(), head_.size() - given_);
    std::memcpy(out.data(), head_.data() + given_, count);
    given_ += count;
    return count;
  }
  if (error_) return tl::make_unexpected(*error_);
  if (ended_) return std::size_t{0};
  return inner_->read(out);
}

}  // namespace rdptriage::container
