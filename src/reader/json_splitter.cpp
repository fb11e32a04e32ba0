#include "reader/json_splitter.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kLongestHeading = 32;
// No tool's events come near; what looks into values of values must not run out of stack.
constexpr unsigned kMostDepth = 512;

// "Record 17", without its blank: evtx_dump numbers what it writes.
bool is_heading(std::string_view text) {
  constexpr std::string_view kRecord = "Record";
  return text.size() > kRecord.size() && text.starts_with(kRecord) &&
         text.find_first_not_of("0123456789", kRecord.size()) == std::string_view::npos;
}
}  // namespace

void JsonSplitter::start_at(std::uint64_t byte_offset, SourceText source) {
  offset_ = byte_offset;
  source_ = source;
}

Flow JsonSplitter::feed(std::string_view text) {
  for (const char c : text) {
    const std::uint64_t next = offset_ + source_bytes(c);
    const Flow flow = depth_ == 0 ? outside(c) : inside(c);
    if (flow == Flow::stop) return Flow::stop;
    offset_ = next;
    if (depth_ == 0 && !text_.empty() && end_object() == Flow::stop) return Flow::stop;
    if (c == '\n') ++line_;
  }
  return Flow::go_on;
}

void JsonSplitter::finish() {
  report_stray();
  if (depth_ > 0) lost_("the last object is not complete", object_so_far());
  reset();
}

Flow JsonSplitter::outside(char c) {
  if (c == '\n') {
    report_stray();
  } else if (c == '{') {
    report_stray();
    start_ = {offset_, 0, line_};
    text_.assign(1, c);
    depth_ = 1;
  } else if (c == '[') {
    ++open_lists_;
  } else if (c == ']') {
    if (open_lists_ > 0) --open_lists_;
  } else if (c != ',' && c != ' ' && c != '\t' && c != '\r') {
    if (stray_.byte_length == 0) stray_ = {offset_, 0, line_};
    stray_.byte_length = offset_ + source_bytes(c) - stray_.byte_offset;
    if (stray_text_.size() <= kLongestHeading) stray_text_ += c;
  }
  return Flow::go_on;
}

Flow JsonSplitter::inside(char c) {
  if (c == '\n' && in_string_) {
    // A line break cannot stand in a string: the object was cut off in this line.
    lost_("an object ends inside a text", object_so_far());
    reset();
    return Flow::go_on;
  }
  if (depth_ > kMostDepth) is_too_deep_ = true;
  if (text_.size() < max_bytes_ && !is_too_deep_) {
    text_ += c;
  } else {
    too_long_ = true;
  }
  if (in_string_) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
  }
  return Flow::go_on;
}

// The bracket that closes the object has just been read.
Flow JsonSplitter::end_object() {
  const JsonPiece where = object_so_far();
  Flow flow = Flow::go_on;
  if (is_too_deep_) {
    lost_(fmt::format("an object has more than {} values in each other", kMostDepth), where);
  } else if (too_long_) {
    lost_(fmt::format("an object is longer than {} bytes", max_bytes_), where);
  } else {
    flow = object_(text_, where);
  }
  reset();
  return flow;
}

std::uint64_t JsonSplitter::source_bytes(char c) const {
  return source_ == SourceText::utf8 ? 1 : base::utf16_bytes(std::string_view(&c, 1));
}

JsonPiece JsonSplitter::object_so_far() const {
  return {start_.byte_offset, offset_ - start_.byte_offset, start_.line};
}

void JsonSplitter::report_stray() {
  if (stray_.byte_length > 0 && !is_heading(stray_text_))
    lost_("text outside of any object", stray_);
  stray_ = {};
  stray_text_.clear();
}

void JsonSplitter::reset() {
  text_.clear();
  depth_ = 0;
  in_string_ = escaped_ = too_long_ = is_too_deep_ = false;
}

}  // namespace rdptriage::reader
