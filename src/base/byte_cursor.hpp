// Reading little-endian numbers out of bytes that nobody has checked yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace rdptriage::base {

using Bytes = std::span<const std::byte>;

// REQUIRES: sizeof(T) readable bytes at `at`. Every host this runs on is little-endian; a
// big-endian one would be caught by the tests of this header.
template <class T>
inline T load_le(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// A position in a run of bytes. Reading past the end gives zeros and sets failed() for good, so a
// parser may read a whole structure and ask once.
class ByteCursor {
 public:
  explicit ByteCursor(Bytes bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {
    if (at > bytes.size()) fail();
  }

  template <class T>
  T read() {
    if (bytes_.size() - at_ < sizeof(T)) {
      fail();
      return T{};
    }
    const T value = load_le<T>(bytes_.data() + at_);
    at_ += sizeof(T);
    return value;
  }
  Bytes take(std::size_t count) {
    if (bytes_.size() - at_ < count) {
      fail();
      return {};
    }
    const Bytes taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }
  void skip(std::size_t count) { take(count); }
  // REQUIRES: left() > ahead.
  std::byte peek(std::size_t ahead) const { return bytes_[at_ + ahead]; }

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  bool done() const { return left() == 0; }
  bool failed() const { return failed_; }
  // Nothing more can be read.
  void fail() {
    failed_ = true;
    at_ = bytes_.size();
  }

 private:
  Bytes bytes_;
  std::size_t at_;
  bool failed_ = false;
};

}  // namespace rdptriage::base
