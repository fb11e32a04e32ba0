// What a run of bytes is, as far as the container stage cares: a bundle to open, a bundle that is
// refused, something that never holds a log, or none of these. Decided by content alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rdptriage::container {

enum class Kind : std::uint8_t {
  plain,     // for the readers to look at
  bundle,    // opened by container::open
  refused,   // a bundle that this program does not open
  not_used,  // known, and of no use here: pictures, mail, executables …
};

enum class BundleFormat : std::uint8_t { none, zip, seven_zip, cab, tar, gzip, bzip2, xz, zstd };

struct Sniffed {
  Kind kind = Kind::plain;
  BundleFormat bundle = BundleFormat::none;
  std::string_view format;  // "zip", "rar", "png"; empty for plain
  std::string_view title;   // "RAR archive"
  std::string_view advice;  // what would make it usable; may be empty
};

// Enough for the volume descriptor of an ISO image, the magic that stands farthest in.
inline constexpr std::size_t kSniffBytes = 0x8006;

// `head`: the first kSniffBytes, or all of something shorter.
Sniffed sniff(std::span<const std::byte> head);

}  // namespace rdptriage::container
