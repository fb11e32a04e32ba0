// Finds the records of a chunk: the ones in order, the torn ones, and where to go on behind damage.
#pragma once

#include <cstdint>

#include "reader/evtx/layout.hpp"

namespace rdptriage::reader::evtx {

struct RecordSpan {
  enum class Kind : std::uint8_t {
    sound,  // magic, size and the copy of the size at its end agree
    torn,   // starts like a record, or ends like one; not both
    lost,   // bytes in which no record starts
  };
  Kind kind = Kind::sound;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

// The end of a chunk's live records as its header says, or the chunk's end when the header says
// nonsense (`is_plausible` false). Bytes behind it belong to records of an earlier life.
struct LiveEnd {
  std::size_t offset = 0;
  bool is_plausible = true;
};
LiveEnd live_end(Bytes chunk);

// Walks chunk[begin, end).
class RecordWalk {
 public:
  RecordWalk(Bytes chunk, std::size_t begin, std::size_t end)
      : chunk_(chunk), at_(begin), end_(end) {}
  // False at the end.
  bool next(RecordSpan& span);

 private:
  bool is_sound_at(std::size_t at, std::uint32_t& size) const;
  bool sizes_agree_at(std::size_t at, std::uint32_t& size) const;
  bool has_magic(std::size_t at) const;
  std::size_t find_record(std::size_t from) const;

  Bytes chunk_;
  std::size_t at_, end_;
};

}  // namespace rdptriage::reader::evtx
