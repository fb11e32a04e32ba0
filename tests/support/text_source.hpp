// Text in memory as readers take their bytes; the text must outlive it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "container/artifact.hpp"

namespace rdptriage::test {

class TextSource final : public container::ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  Result<std::size_t> read(std::span<std::byte> out) override {
    const std::size_t count = std::min(out.size(), text_.size() - at_);
    std::copy_n(reinterpret_cast<const std::byte*>(text_.data()) + at_, count, out.data());
    at_ += count;
    return count;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace rdptriage::test
