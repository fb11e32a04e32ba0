// One record of a capture format while its lines come in.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reader/capture_format.hpp"
#include "reader/reader.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

class CaptureRecord {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  CaptureRecord(const CaptureSet& set, const CaptureFormat& format)
      : set_(&set), format_(&format), used_(format.lines.size()) {}

  const CaptureFormat& format() const { return *format_; }
  bool full() const { return lines_ >= format_->max_lines; }
  // True when a record of this format starts anew at its expression `begin`.
  bool restarts_at(int begin) const { return begin <= last_begin_; }
  void set_begin(int begin) { last_begin_ = begin; }

  // Gives the line to the first expression that it matches; false when there is none.
  bool take(const TextLine& line);

  // What all records of one capture share.
  struct Origin {
    std::uint32_t artifact = 0;
    std::string_view role;  // of the machine; "" when unknown
    DateOrder date_order = DateOrder::unknown;
  };
  // The events of the record, none when required fields are missing.
  Flow emit(const Origin& origin, EventSink& sink, std::uint64_t& records) const;

 private:
  struct Part {
    std::string type;  // RecordType of a row
    Fields fields;
    std::string text;
    std::uint64_t line = 0, offset = 0, end = 0;
  };

  bool fill(Fields& fields, const CapturePattern& pattern,
            std::span<const std::string_view> groups);
  bool is_complete() const;
  static void touch(Part& part, const TextLine& line, bool matched);

  const CaptureSet* set_;
  const CaptureFormat* format_;
  std::vector<bool> used_;  // expressions that have matched, by position
  int last_begin_ = -1;
  unsigned lines_ = 0;
  Part whole_;
  std::vector<Part> rows_;
};

}  // namespace rdptriage::reader
