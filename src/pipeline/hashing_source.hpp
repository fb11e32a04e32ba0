// Hashes and counts the bytes of an artifact while a reader takes them.
#pragma once

#include <cstdint>
#include <span>

#include "base/sha256.hpp"
#include "container/artifact.hpp"
#include "rdptriage/case.hpp"

namespace rdptriage::pipeline {

// Random access goes past it.
class HashingSource final : public container::ByteSource {
 public:
  // `hash` and `progress` may be null; all must outlive this.
  HashingSource(container::ByteSource& inner, base::Sha256* hash, ReadProgress* progress)
      : inner_(&inner), hash_(hash), progress_(progress) {}

  Result<std::size_t> read(std::span<std::byte> out) override;
  const container::RandomAccess* random_access() const override { return inner_->random_access(); }

  // Reads on to the end, for the hash and the size.
  void drain();
  std::uint64_t passed() const { return passed_; }
  // The end was not reached: damage, or a limit.
  bool failed() const { return failed_; }

 private:
  container::ByteSource* inner_;
  base::Sha256* hash_;
  ReadProgress* progress_;
  std::uint64_t passed_ = 0;
  bool failed_ = false;
};

}  // namespace rdptriage::pipeline
