// The lines of a text, the first of which can be looked at before they are taken.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reader/text_lines.hpp"

namespace rdptriage::reader {

class HeadLines {
 public:
  // Reads ahead about as much as probes see. `lines` must outlive this.
  explicit HeadLines(LineReader& lines) : lines_(lines) {
    while (head_.size() < kProbeBytes) {
      const auto line = lines_.next();
      if (!line) break;
      ahead_.emplace_back(*line, line->text);
      head_.append(line->text.substr(0, kMostOfLine)).push_back('\n');
    }
  }

  // The first lines, each with its end; long ones are cut.
  const std::string& head() const { return head_; }

  // All lines from the first; the text is valid until the next call.
  std::optional<TextLine> next() {
    if (given_ == ahead_.size()) {
      ahead_.clear();
      given_ = 0;
      return lines_.next();
    }
    TextLine line = ahead_[given_].first;
    line.text = ahead_[given_++].second;
    return line;
  }

 private:
  static constexpr std::size_t kMostOfLine = 4000;

  LineReader& lines_;
  std::vector<std::pair<TextLine, std::string>> ahead_;
  std::size_t given_ = 0;
  std::string head_;
};

}  // namespace rdptriage::reader
