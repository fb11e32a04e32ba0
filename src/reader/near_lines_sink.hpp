// Gives each event of a text the lines that it was made of with those around them, as its reader
// saw them. For readers whose records span lines and come late, like tables.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "reader/reader.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

class NearLinesSink final : public EventSink {
 public:
  explicit NearLinesSink(EventSink& inner) : inner_(inner) {}

  // Every line, before the reader makes something of it.
  void saw(const TextLine& line);

  Flow event(EventView& event) override;
  void notice(Notice notice) override { inner_.notice(std::move(notice)); }

 private:
  struct Line {
    std::uint64_t number = 0, byte_offset = 0;
    std::string text;
  };
  std::span<const NearLine> around(const Locator& locator);

  EventSink& inner_;
  std::deque<Line> lines_;  // the last ones
  std::vector<NearLine> around_;
};

}  // namespace rdptriage::reader
