// A source whose first bytes can be looked at before they are read.
#pragma once

#include <optional>
#include <vector>

#include "container/artifact.hpp"

namespace rdptriage::container {

class PeekSource final : public ByteSource {
 public:
  // `inner` must outlive this and must not have been read from.
  explicit PeekSource(ByteSource& inner) : inner_(&inner) {}

  // The first `count` bytes, or all when there are fewer. Only before the first read(). Bytes in
  // front of an I/O error or damage are given; the error itself comes again from read().
  std::span<const std::byte> peek(std::size_t count);

  Result<std::size_t> read(std::span<std::byte> out) override;
  const RandomAccess* random_access() const override { return inner_->random_access(); }

 private:
  ByteSource* inner_;
  std::vector<std::byte> head_;
  std::size_t given_ = 0;  // bytes of head_ that read() has handed out
  bool ended_ = false;
  std::optional<Error> error_;  // met while peeking, due when head_ is used up
};

}  // namespace rdptriage::container
