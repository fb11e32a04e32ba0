#include "pipeline/same_bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/sha256.hpp"
#include "container/file_source.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kBlock = std::size_t{256} << 10;

using Digest = std::array<std::byte, 32>;

// The digest of a listed file; nothing when it cannot be read as a whole.
std::optional<Digest> digest_of(const container::ListedFile& file) {
  base::Sha256 hash;
  if (file.path.empty()) {
    hash.update(file.bytes);
    return hash.finish();
  }
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

}  // namespace rdptriage::pipeline
