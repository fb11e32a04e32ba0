// An artifact: one named run of bytes inside a case, with its provenance, and how its bytes are
// read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rdptriage/result.hpp"

namespace rdptriage::container {

// Bytes at any offset; safe to use from several threads at once.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual std::uint64_t size() const = 0;
  // Fills a prefix of `out`; shorter only at the end of the data. An error is an I/O error.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

// The bytes of one artifact, once, from first to last.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills a prefix of `out` (not empty); 0 means the end. An error is an I/O error, a damaged
  // archive member or a limit; what was read before it stands.
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
  // Plain files and memory can also be read out of order; members of archives cannot (null).
  virtual const RandomAccess* random_access() const { return nullptr; }
};

// Fills all of `out` unless the source ends first; returns how much was filled.
Result<std::size_t> read_fully(ByteSource& source, std::span<std::byte> out);

// A view as a source; `bytes` must outlive it.
class MemorySource final : public ByteSource, private RandomAccess {
 public:
  explicit MemorySource(std::span<const std::byte> bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> out) override;
  const RandomAccess* random_access() const override { return this; }

 private:
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override;

  std::span<const std::byte> bytes_;
  std::size_t next_ = 0;
};

// Where an artifact came from. Owned by the case; readers see it read-only.
struct Artifact {
  std::uint32_t index = 0;              // position in the case, in a fixed order of paths
  std::optional<std::uint32_t> parent;  // the bundle it came out of
  std::string path;                     // as shown to the user: "case.zip/logs/System.evtx"
  std::string name;                     // last component of the path
  std::optional<std::uint64_t> bytes;   // size where known beforehand
};

}  // namespace rdptriage::container
