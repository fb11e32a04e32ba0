#include "pipeline/same_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/sha256.hpp"
#include "container/file_source.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kBlock = std::size_t{256} << 10;

using Digest = SeenBytes::Digest;

// What two artifacts must share before all of them is compared.
constexpr std::size_t kHead = std::size_t{4} << 10;

Digest digest_of(std::span<const std::byte> bytes) {
  base::Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

// The digest of a listed file; nothing when it cannot be read as a whole.
std::optional<Digest> digest_of(const container::ListedFile& file) {
  if (file.path.empty()) return digest_of(file.bytes);
  base::Sha256 hash;
  auto source = container::open_file(file.path, container::Opening::named_by_user);
  if (!source) return std::nullopt;
  std::vector<std::byte> block(kBlock);
  for (;;) {
    const auto count = (*source)->read(block);
    if (!count) return std::nullopt;
    if (*count == 0) return hash.finish();
    hash.update(std::span<const std::byte>(block).first(*count));
  }
}

}  // namespace

SameBytes find_same_bytes(const container::Listing& listing) {
  std::map<std::uint64_t, std::vector<const container::ListedFile*>> by_size;
  for (const container::ListedFile& file : listing.files) {
    if (file.is_stream || file.refusal || file.artifact.bytes.value_or(0) == 0) continue;
    by_size[*file.artifact.bytes].push_back(&file);
  }
  SameBytes repeats;
  for (const auto& [size, files] : by_size) {
    if (files.size() < 2) continue;
    std::map<Digest, const container::ListedFile*> first_of;
    for (const container::ListedFile* const file : files) {
      const auto digest = digest_of(*file);
      if (!digest) continue;
      const auto [first, is_new] = first_of.emplace(*digest, file);
      if (!is_new) repeats[file] = first->second;
    }
  }
  return repeats;
}

const std::string* SeenBytes::find(container::PeekSource& source) {
  const auto head = source.peek(kHead);
  if (head.empty()) return nullptr;
  const Digest digest = digest_of(head);
  if (heads_.count(digest) == 0) return nullptr;
  // Step by step: what is asked for is allocated.
  std::span<const std::byte> whole;
  for (std::size_t wanted = 16 * kHead; whole.size() <= kMostHeld; wanted *= 4) {
    whole = source.peek(wanted);
    if (whole.size() < wanted) break;
  }
  if (whole.size() > kMostHeld) return nullptr;
  hash_files_like(digest);
  const auto same = paths_.find(digest_of(whole));
  return same == paths_.end() ? nullptr : &same->second;
}

void SeenBytes::add(const container::Artifact& artifact, std::span<const std::byte> head,
                    const std::optional<Digest>& digest) {
  const Digest begins = digest_of(head.first(std::min(head.size(), kHead)));
  heads_.insert(begins);
  if (digest) {
    paths_.emplace(*digest, artifact.path);
  } else if (artifact.index < listing_->files.size()) {
    not_hashed_.emplace(begins, artifact.index);
  }
}

void SeenBytes::hash_files_like(const Digest& head) {
  const auto [first, last] = not_hashed_.equal_range(head);
  for (auto file = first; file != last; ++file) {
    const container::ListedFile& listed = listing_->files[file->second];
    if (const auto digest = digest_of(listed)) paths_.emplace(*digest, listed.artifact.path);
  }
  not_hashed_.erase(first, last);
}

}  // namespace rdptriage::pipeline
