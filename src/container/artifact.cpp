#include "container/artifact.hpp"

#include <algorithm>
#include <cstring>

namespace rdptriage::container {

Result<std::size_t> read_fully(ByteSource& source, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    RDPTRIAGE_TRY(const std::size_t count, source.read(out.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

Result<std::size_t> MemorySource::read(std::span<std::byte> out) {
  RDPTRIAGE_TRY(const std::size_t count, read_at(next_, out));
  next_ += count;
  return count;
}

Result<std::size_t> MemorySource::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  const auto start = static_cast<std::size_t>(offset);
  const std::size_t count = std::min(out.size(), bytes_.size() - start);
  if (count != 0) std::memcpy(out.data(), bytes_.data() + start, count);
  return count;
}

}  // namespace rdptriage::container
