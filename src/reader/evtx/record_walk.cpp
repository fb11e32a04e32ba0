#include "reader/evtx/record_walk.hpp"

#include <algorithm>

namespace rdptriage::reader::evtx {

LiveEnd live_end(Bytes chunk) {
  const std::size_t free_space = chunk.size() < kChunkFreeSpace + 4
                                     ? 0
                                     : load_le<std::uint32_t>(chunk.data() + kChunkFreeSpace);
  if (free_space < kChunkHeaderBytes || free_space > kChunkBytes) return {chunk.size(), false};
  return {std::min(free_space, chunk.size()), true};
}

bool RecordWalk::has_magic(std::size_t at) const {
  return end_ - at >= 4 && load_le<std::uint32_t>(chunk_.data() + at) == kRecordMagic;
}

bool RecordWalk::is_sound_at(std::size_t at, std::uint32_t& size) const {
  return end_ - at >= kLeastRecordBytes && has_magic(at) && sizes_agree_at(at, size);
}

bool RecordWalk::sizes_agree_at(std::size_t at, std::uint32_t& size) const {
  if (end_ - at < kLeastRecordBytes) return false;
  size = load_le<std::uint32_t>(chunk_.data() + at + 4);
  return size >= kLeastRecordBytes && size <= end_ - at &&
         load_le<std::uint32_t>(chunk_.data() + at + size - 4) == size;
}

std::size_t RecordWalk::find_record(std::size_t from) const {
  std::uint32_t size = 0;
  for (std::size_t at = from; at < end_; ++at) {
    const auto* const star =
        static_cast<const std::byte*>(std::memchr(chunk_.data() + at, '*', end_ - at));
    if (star == nullptr) break;
    at = static_cast<std::size_t>(star - chunk_.data());
    if (is_sound_at(at, size)) return at;
  }
  return end_;
}

bool RecordWalk::next(RecordSpan& span) {
  if (at_ >= end_) return false;
  span.offset = static_cast<std::uint32_t>(at_);
  std::uint32_t size = 0;
  if (is_sound_at(at_, size)) {
    span.kind = RecordSpan::Kind::sound;
    span.size = size;
    at_ += size;
    return true;
  }
  const bool is_record = has_magic(at_) || sizes_agree_at(at_, size);
  span.kind = is_record ? RecordSpan::Kind::torn : RecordSpan::Kind::lost;
  std::size_t next = end_;
  // A torn record whose own size is right leads to the next one; inside it may lie whole records of
  // an earlier life, so its word comes before a search.
  if (span.kind == RecordSpan::Kind::torn && end_ - at_ >= 8) {
    size = load_le<std::uint32_t>(chunk_.data() + at_ + 4);
    if (size >= kLeastRecordBytes && size <= end_ - at_ &&
        (size == end_ - at_ || has_magic(at_ + size))) {
      next = at_ + size;
    } else {
      next = find_record(at_ + 4);
    }
  } else {
    next = find_record(at_ + 1);
  }
  span.size = static_cast<std::uint32_t>(next - at_);
  at_ = next;
  return true;
}

}  // namespace rdptriage::reader::evtx
