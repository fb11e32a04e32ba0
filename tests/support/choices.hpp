// Made cases that can be made smaller: a case is the bytes that its decisions were drawn from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rdptriage::test {

using CaseBytes = std::vector<std::uint8_t>;

// Decisions drawn from a case's bytes, which must outlive it; zeros when they are used up.
class Choices {
 public:
  explicit Choices(const CaseBytes& bytes) : bytes_(bytes) {}

  // 0 to limit - 1; at most 256 different answers.
  template <class Int>
  Int below(Int limit) {
    const Int byte = at_ < bytes_.size() ? static_cast<Int>(bytes_[at_]) : Int{0};
    ++at_;
    return static_cast<Int>(byte % limit);
  }
  bool one_in(std::size_t count) { return below(count) == 0; }

  template <std::size_t N>
  const char* from(const char* const (&list)[N]) {
    return list[below(N)];
  }

 private:
  const CaseBytes& bytes_;
  std::size_t at_ = 0;
};

// Fewer bytes, then smaller ones, as long as `fails` holds of them.
template <class Fails>
CaseBytes shrink(CaseBytes bytes, Fails fails) {
  for (std::size_t size = bytes.size() / 2 + 1; size > 0; size /= 2) {
    for (std::size_t at = 0; at + size <= bytes.size();) {
      CaseBytes smaller = bytes;
      const auto from = smaller.begin() + static_cast<std::ptrdiff_t>(at);
      smaller.erase(from, from + static_cast<std::ptrdiff_t>(size));
      if (fails(smaller)) {
        bytes = std::move(smaller);
      } else {
        at += size;
      }
    }
  }
  for (std::uint8_t& byte : bytes) {
    const std::uint8_t before = byte;
    for (const int smaller : {0, before / 4, before / 2, before - 1}) {
      if (smaller < 0) break;
      byte = static_cast<std::uint8_t>(smaller);
      if (fails(bytes)) break;
      byte = before;
    }
  }
  return bytes;
}

}  // namespace rdptriage::test
