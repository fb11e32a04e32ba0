// Builds events of captures field by field; for readers whose records are few and small.
#pragma once

#include <charconv>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "reader/reader.hpp"

namespace rdptriage::reader {

class RecordBuilder final : private EventDecoder {
 public:
  // `category` must outlive the builder.
  RecordBuilder(std::uint32_t artifact, std::string_view category) {
    key_.product = "windows";
    key_.category = category;
    locator_.artifact = artifact;
  }

  // Copies both; an empty value is a field that is there and empty. A name given twice is a list.
  void add(std::string_view name, std::string_view value, ValueKind kind = ValueKind::text) {
    pending_.push_back({keep(name), keep(value), FieldSection::other, kind});
  }
  void add(std::string_view name, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    add(name, std::string_view(digits, static_cast<std::size_t>(end - digits)), ValueKind::number);
  }
  void add_flag(std::string_view name, std::string_view true_or_false) {
    add(name, true_or_false, ValueKind::boolean);
  }
  bool empty() const { return pending_.empty(); }

  // Gives the event to `sink` and starts the next one.
  Flow emit(std::uint64_t line, std::uint64_t offset, std::uint64_t length, EventSink& sink) {
    locator_.line = line;
    locator_.byte_offset = offset;
    locator_.byte_length = length;
    EventView view(key_, locator_, *this, storage_);
    const Flow flow = sink.event(view);
    clear();
    return flow;
  }
  void clear() {
    pending_.clear();
    text_.clear();
  }

 private:
  void decode_system(SystemFields&) override {}
  void decode_fields(std::vector<Field>& out) override { out = pending_; }
  std::string_view keep(std::string_view text) { return text_.emplace_back(text); }

  EventKey key_;
  Locator locator_;
  std::deque<std::string> text_;  // nodes never move, so the views below stay valid
  std::vector<Field> pending_, storage_;
};

}  // namespace rdptriage::reader
