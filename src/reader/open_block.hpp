// Lines that stand together and become one event, while they are collected.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reader/line_time.hpp"
#include "reader/text_format_impl.hpp"

namespace rdptriage::reader {

// A block that has been opened and waits for its other lines.
class OpenBlock {
 public:
  explicit OpenBlock(const LineBlock& block) : block_(&block) {}

  // Takes the line in when it belongs here. True when the block is complete.
  bool take(std::string_view line, std::uint64_t number);

  bool is_open() const { return first_line_ != 0; }
  const LineBlock& block() const { return *block_; }
  // One line says all of it.
  bool is_sentence() const { return block_->lines.size() == 1; }
  const std::vector<std::pair<std::string, std::string>>& values() const { return values_; }
  const std::string& text() const { return text_; }
  std::uint64_t first_line() const { return first_line_; }
  std::uint64_t last_line() const { return first_line_ + block_->within; }  // that it can take
  const TimeGroups& time() const { return time_; }  // what the block itself says
  void reset() {
    first_line_ = 0;
    time_ = {};
    values_.clear();
    text_.clear();
  }

 private:
  bool gives_more(const FieldPattern& pattern) const;
  bool has(std::string_view name) const {
    return std::any_of(values_.begin(), values_.end(),
                       [&](const auto& value) { return value.first == name; });
  }

  const LineBlock* block_;
  std::uint64_t first_line_ = 0;
  std::vector<std::pair<std::string, std::string>> values_;
  std::string text_;
  TimeGroups time_;
};

}  // namespace rdptriage::reader
