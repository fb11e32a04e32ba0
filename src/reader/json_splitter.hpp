// Cuts a stream of text into top-level JSON objects without parsing more than brackets and strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rdptriage/function_ref.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

// A stretch of the artifact; bytes as they stand there, whatever they were decoded from.
struct JsonPiece {
  std::uint64_t byte_offset = 0;
  std::uint64_t byte_length = 0;
  std::uint64_t line = 1;  // 1-based, of the first byte
};

// What decoded text was before: a character of UTF-16 takes two or four bytes there.
enum class SourceText : unsigned char { utf8, utf16 };

// Lines are the unit as long as each line holds whole objects, so that a damaged line costs that
// line; otherwise brackets are counted.
class JsonSplitter {
 public:
  using OnObject = FunctionRef<Flow(std::string_view text, const JsonPiece& where)>;
  using OnLost = FunctionRef<void(std::string why, const JsonPiece& where)>;

  // The functions must outlive the splitter.
  JsonSplitter(std::size_t max_bytes, OnObject object, OnLost lost)
      : max_bytes_(max_bytes), object_(object), lost_(lost) {}

  // Before the first text: where it begins in the artifact.
  void start_at(std::uint64_t byte_offset, SourceText source);
  // UTF-8, cut anywhere.
  Flow feed(std::string_view text);
  void finish();
  // Whether a list that began around the objects was not closed: a file that was cut between two.
  bool is_list_open() const { return open_lists_ > 0; }

 private:
  Flow outside(char c);
  Flow inside(char c);
  Flow end_object();
  std::uint64_t source_bytes(char c) const;
  JsonPiece object_so_far() const;
  void report_stray();
  void reset();

  std::size_t max_bytes_;
  OnObject object_;
  OnLost lost_;
  SourceText source_ = SourceText::utf8;
  std::string text_;
  std::uint64_t offset_ = 0, line_ = 1;  // of the next character
  JsonPiece start_;                      // of the open object
  JsonPiece stray_;                      // text between objects in this line
  std::string stray_text_;               // its beginning, without blanks
  std::size_t depth_ = 0;
  std::size_t open_lists_ = 0;  // around the objects
  bool in_string_ = false, escaped_ = false, too_long_ = false, is_too_deep_ = false;
};

}  // namespace rdptriage::reader
