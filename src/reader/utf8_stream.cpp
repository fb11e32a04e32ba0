#include "reader/utf8_stream.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace rdptriage::reader {

using base::TextShape;

namespace {
constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::size_t kShapeBytes = 4096;  // enough to tell UTF-16 without a byte order mark
}  // namespace

bool Utf8Stream::more() {
  bool is_more = read_block();
  if (!started_) {
    while (is_more && raw_.size() < kShapeBytes) is_more = read_block();
    start_ = base::detect_text_start(raw_);
    raw_.erase(0, start_.bom_bytes);
    offset_ = start_.bom_bytes;
    started_ = true;
  }
  // A pair of surrogates, or of bytes, may be split between two blocks.
  std::size_t whole = raw_.size();
  if (start_.shape != TextShape::bytes && is_more) {
    whole &= ~std::size_t{1};
    if (whole >= 2 && is_high_surrogate(whole - 2)) whole -= 2;
  }
  decode(whole);
  return is_more;
}

std::string_view Utf8Stream::encoding() const {
  switch (start_.shape) {
    case TextShape::utf16le:
      return "utf-16le";
    case TextShape::utf16be:
      return "utf-16be";
    case TextShape::bytes:
      break;
  }
  return "utf-8";
}

std::uint64_t Utf8Stream::source_bytes(std::size_t from, std::size_t count) const {
  if (start_.shape == TextShape::bytes) return count;
  const std::uint64_t bytes = base::utf16_bytes(std::string_view(text_).substr(from, count));
  return std::min(bytes, total_ - offset_);  // half a unit at the end became a whole character
}

bool Utf8Stream::read_block() {
  std::array<std::byte, kBlock> block;
  const auto count = source_.read(block);
  if (!count) error_ = count.error();
  if (!count || *count == 0) return false;
  raw_.append(reinterpret_cast<const char*>(block.data()), *count);
  total_ += *count;
  return true;
}

void Utf8Stream::decode(std::size_t whole) {
  const std::string_view bytes = std::string_view(raw_).substr(0, whole);
  if (start_.shape == TextShape::bytes) {
    text_ += bytes;
  } else {
    const bool is_big = start_.shape == TextShape::utf16be;
    base::append_utf16(bytes, is_big ? base::ByteOrder::big : base::ByteOrder::little, text_);
  }
  raw_.erase(0, whole);
}

bool Utf8Stream::is_high_surrogate(std::size_t at) const {
  const char high = raw_[at + (start_.shape == TextShape::utf16be ? 0 : 1)];
  return (static_cast<unsigned char>(high) & 0xFCU) == 0xD8;
}

}  // namespace rdptriage::reader
