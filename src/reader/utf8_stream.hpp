// An artifact of text as UTF-8, a block at a time, and where in the artifact a piece of it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "container/artifact.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::reader {

class Utf8Stream {
 public:
  // The source must outlive the stream.
  explicit Utf8Stream(container::ByteSource& source) : source_(source) {}

  // Appends the next block to text(); false when that was the last one, or when reading failed.
  bool more();

  const std::string& text() const { return text_; }
  std::uint64_t offset() const { return offset_; }  // of what is not used up yet
  std::uint64_t bytes_read() const { return total_; }
  const std::optional<Error>& error() const { return error_; }
  std::string_view encoding() const;

  // Bytes of the artifact that text()[from, from + count) came from, where what is before `from`
  // has been skipped.
  std::uint64_t source_bytes(std::size_t from, std::size_t count) const;
  // Moves offset() on; drop_used() then erases from the front, which is worth doing rarely.
  void skip(std::size_t from, std::size_t count) { offset_ += source_bytes(from, count); }
  void drop_used(std::size_t used) { text_.erase(0, used); }

 private:
  bool read_block();
  void decode(std::size_t whole);
  bool is_high_surrogate(std::size_t at) const;

  container::ByteSource& source_;
  base::TextStart start_;
  bool started_ = false;
  std::string raw_;   // not decoded yet
  std::string text_;  // decoded, not used up yet
  std::uint64_t offset_ = 0;
  std::uint64_t total_ = 0;  // bytes that were read
  std::optional<Error> error_;
};

}  // namespace rdptriage::reader
