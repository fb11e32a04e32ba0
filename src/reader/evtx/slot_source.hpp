// Cuts a log into the pieces that chunks are stored in, from first to last byte, whatever the
// file's header says about their number.
#pragma once

#include <cstdint>
#include <vector>

#include "container/artifact.hpp"
#include "reader/evtx/layout.hpp"

namespace rdptriage::reader::evtx {

struct Slot {
  enum class Kind : std::uint8_t {
    file_header,
    chunk,   // starts with the chunk magic; shorter than a chunk when the log ends in it or the
             // next chunk starts too early
    unused,  // zeros
    lost,    // something else
  };
  Kind kind = Kind::chunk;
  std::uint64_t offset = 0;  // in the log
  Bytes bytes;
};

// Some slots and the memory they lie in.
struct SlotBatch {
  std::vector<std::byte> memory;
  std::vector<Slot> slots;
};

// Not thread-safe: readers take turns.
class SlotSource {
 public:
  explicit SlotSource(container::ByteSource& bytes) : bytes_(bytes) {}

  // Fills `batch` with the next slots; none at the end. An error is an I/O error or a limit; what
  // was read before it stands.
  Result<void> next(SlotBatch& batch);
  std::uint64_t offset() const { return offset_; }

 private:
  Slot cut(Bytes rest, bool is_last) const;

  container::ByteSource& bytes_;
  std::vector<std::byte> carried_;  // read, not handed out yet
  std::uint64_t offset_ = 0;        // of carried_
  bool ended_ = false;
};

}  // namespace rdptriage::reader::evtx
