// The TCP part of `netstat -s`, Windows and Linux.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "reader/reader.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

class TcpStatistics {
 public:
  explicit TcpStatistics(std::uint32_t artifact) : artifact_(artifact) {}

  // True when the line belongs to the statistics; a finished table is given to `sink`.
  bool take(const TextLine& line, EventSink& sink, std::uint64_t& records);
  void finish(EventSink& sink, std::uint64_t& records);

 private:
  // Windows prints these eight in this order in every language.
  enum Counter {
    kActiveOpens,
    kPassiveOpens,
    kFailed,
    kReset,
    kCurrent,
    kReceived,
    kSent,
    kRetransmitted
  };

  std::uint32_t artifact_;
  bool tcp_ = false;
  std::string title_;
  std::array<std::uint64_t, 8> counters_{};
  std::size_t count_ = 0;
  std::uint64_t line_ = 0, offset_ = 0, end_ = 0;
};

}  // namespace rdptriage::reader
