// Artifacts of a case that hold the same bytes.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "container/peek_source.hpp"
#include "container/walk.hpp"

namespace rdptriage::pipeline {

// For every listed file that repeats the bytes of an earlier one, that one. Only files of one size
// are looked into.
using SameBytes = std::map<const container::ListedFile*, const container::ListedFile*>;
SameBytes find_same_bytes(const container::Listing& listing);

// The same for members of bundles, which can be read but once: what begins like an artifact before
// it is held in memory and compared as a whole before it is read.
class SeenBytes {
 public:
  // More than this is not held, and so not compared.
  static constexpr std::size_t kMostHeld = std::size_t{64} << 20;
  using Digest = std::array<std::byte, 32>;

  // `listing` must outlive this.
  explicit SeenBytes(const container::Listing& listing) : listing_(&listing) {}

  // The path of the artifact with the same bytes, or null. Before anything is read of `source`.
  const std::string* find(container::PeekSource& source);
  // `digest` of all its bytes; not needed for a listed file, which can be read again.
  void add(const container::Artifact& artifact, std::span<const std::byte> head,
           const std::optional<Digest>& digest);

 private:
  void hash_files_like(const Digest& head);

  const container::Listing* listing_;
  std::set<Digest> heads_;
  std::map<Digest, std::string> paths_;              // by digest of all bytes
  std::multimap<Digest, std::uint32_t> not_hashed_;  // listed files by digest of their head
};

}  // namespace rdptriage::pipeline
