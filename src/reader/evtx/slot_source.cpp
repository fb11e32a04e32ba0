#include "reader/evtx/slot_source.hpp"

#include <algorithm>

namespace rdptriage::reader::evtx {

namespace {

// Large enough that taking turns costs nothing, small enough to stay in the second-level cache.
constexpr std::size_t kBatchBytes = 4 * kChunkBytes;
// A slot is cut when the magic of its successor can be seen.
constexpr std::size_t kMagicBytes = kChunkMagic.size();
constexpr std::size_t kLookAhead = kChunkBytes + kMagicBytes;
// A whole log goes through in batches that leave little more than a magic to carry over.
constexpr std::size_t kMemoryBytes = kFileHeaderBytes + kBatchBytes + kMagicBytes;

// Where the next chunk starts, from `from` on; bytes.size() when none does.
std::size_t find_chunk(Bytes bytes, std::size_t from) {
  for (std::size_t at = from; at + 48 <= bytes.size(); ++at) {
    const auto* const e =
        static_cast<const std::byte*>(std::memchr(bytes.data() + at, 'E', bytes.size() - at));
    if (e == nullptr) break;
    at = static_cast<std::size_t>(e - bytes.data());
    // The magic alone may be text; the header's own size (128) is not.
    if (at + 48 <= bytes.size() && starts_with(bytes.subspan(at), kChunkMagic) &&
        load_le<std::uint32_t>(bytes.data() + at + 40) == 128) {
      return at;
    }
  }
  return bytes.size();
}

}  // namespace

Slot SlotSource::cut(Bytes rest, bool is_last) const {
  Slot slot;
  std::size_t size = std::min(kChunkBytes, rest.size());
  if (starts_with(rest, kChunkMagic)) {
    slot.kind = Slot::Kind::chunk;
    // Bytes that a broken copy dropped move all later chunks: then the next one starts in here.
    const Bytes next = rest.subspan(size);
    const bool aligned = next.empty()
                             ? is_last
                             : next.size() < kMagicBytes || starts_with(next, kChunkMagic) ||
                                   is_zero(next.first(kMagicBytes));
    if (!aligned) size = find_chunk(rest.first(size), kMagicBytes);
  } else {
    size = find_chunk(rest.first(size), 1);
    slot.kind = is_zero(rest.first(size)) ? Slot::Kind::unused : Slot::Kind::lost;
  }
  slot.bytes = rest.first(size);
  return slot;
}

Result<void> SlotSource::next(SlotBatch& batch) {
  batch.slots.clear();
  batch.memory.resize(kMemoryBytes);
  std::copy(carried_.begin(), carried_.end(), batch.memory.begin());
  std::size_t filled = carried_.size();
  carried_.clear();
  Result<void> outcome;
  while (!ended_ && filled < batch.memory.size()) {
    const auto count = bytes_.read(std::span(batch.memory).subspan(filled));
    if (!count || *count == 0) {
      ended_ = true;
      if (!count) outcome = tl::make_unexpected(count.error());
      break;
    }
    filled += *count;
  }
  Bytes rest = Bytes(batch.memory).first(filled);
  const auto add = [&](Slot slot) {
    slot.offset = offset_;
    offset_ += slot.bytes.size();
    rest = rest.subspan(slot.bytes.size());
    batch.slots.push_back(slot);
  };
  // A log without its first page, carved from a disk say, starts with a chunk.
  if (offset_ == 0 && !rest.empty() && !starts_with(rest, kChunkMagic)) {
    const Bytes page = rest.first(std::min(kFileHeaderBytes, rest.size()));
    const bool is_header = starts_with(page, kFileMagic);
    if (is_header || starts_with(rest.subspan(page.size()), kChunkMagic)) {
      add({is_header ? Slot::Kind::file_header : Slot::Kind::lost, 0, page});
    }
  }
  while (ended_ ? !rest.empty() : rest.size() >= kLookAhead) add(cut(rest, ended_));
  carried_.assign(rest.begin(), rest.end());
  return outcome;
}

}  // namespace rdptriage::reader::evtx
