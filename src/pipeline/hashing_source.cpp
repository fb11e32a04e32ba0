#include "pipeline/hashing_source.hpp"

#include <vector>

namespace rdptriage::pipeline {

Result<std::size_t> HashingSource::read(std::span<std::byte> out) {
  auto count = inner_->read(out);
  if (!count) {
    failed_ = true;
    return count;
  }
  passed_ += *count;
  if (progress_ != nullptr) progress_->bytes += *count;
  if (hash_ != nullptr) hash_->update(std::span<const std::byte>(out.first(*count)));
  return count;
}

void HashingSource::drain() {
  std::vector<std::byte> block(std::size_t{64} << 10);
  while (!failed_) {
    const auto count = read(block);
    if (!count || *count == 0) break;
  }
}

}  // namespace rdptriage::pipeline
