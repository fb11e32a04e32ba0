#include "base/arena.hpp"

#include <algorithm>
#include <cstring>

namespace rdptriage::base {

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  char* out = reserve(text.size());
  std::memcpy(out, text.data(), text.size());
  return commit(out + text.size());
}

std::string_view Arena::join(std::string_view left, char separator, std::string_view right) {
  char* out = reserve(left.size() + 1 + right.size());
  out = std::copy(left.begin(), left.end(), out);
  *out++ = separator;
  return commit(std::copy(right.begin(), right.end(), out));
}

void Arena::reset() {
  if (blocks_.empty()) return;
  if (blocks_.size() > 1) {
    blocks_.resize(1);
    start_ = blocks_.front().get();
    end_ = start_ + kBlockBytes;
  }
  next_ = start_;
  filled_ = 0;
}

void Arena::grow(std::size_t count) {
  // The first block has the standard size, whatever is asked for: reset() relies on it.
  if (blocks_.empty()) {
    blocks_.push_back(std::unique_ptr<char[]>(new char[kBlockBytes]));
    start_ = next_ = blocks_.front().get();
    end_ = start_ + kBlockBytes;
    if (count <= kBlockBytes) return;
  }
  filled_ += static_cast<std::size_t>(next_ - start_);
  const std::size_t size = std::max(kBlockBytes, count);
  blocks_.push_back(std::unique_ptr<char[]>(new char[size]));
  start_ = next_ = blocks_.back().get();
  end_ = start_ + size;
}

}  // namespace rdptriage::base
