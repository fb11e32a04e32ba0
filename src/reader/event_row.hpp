// One event of an export that names its parts: a row of a table or a list of labels and values.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "container/artifact.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/focus.hpp"
#include "reader/column_formats.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

class EventRow final : private EventDecoder {
 public:
  // All live as long as the row.
  EventRow(const ColumnFormats& formats, const container::Artifact& artifact, DateOrder date_order);

  void begin();
  // A part under its canonical name (rules/formats/columns.yml); "" is of no use. Values live until
  // give().
  void take(std::string_view column, std::string_view value);
  // Times without a zone are UTC.
  void set_utc() { local_quality_ = TimeQuality::utc; }
  bool is_event() const { return key_.event_id.has_value(); }
  // REQUIRES: is_event().
  Flow give(const Locator& where, EventSink& sink);

 private:
  void decode_system(SystemFields& out) override { out = system_; }
  void decode_fields(std::vector<Field>& out) override { out = fields_; }
  void take_time(std::string_view value);

  const ColumnFormats& formats_;
  const DateOrder date_order_;
  TimeQuality local_quality_ = TimeQuality::local;
  std::string channel_of_file_;
  EventKey key_;
  SystemFields system_;
  std::vector<Field> fields_, storage_;
  std::deque<std::string> texts_;
};

}  // namespace rdptriage::reader
