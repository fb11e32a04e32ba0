#include "reader/tcp_statistics.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "reader/record_builder.hpp"

namespace rdptriage::reader {

namespace {
std::optional<std::uint64_t> number(std::string_view text) {
  text = base::trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}
}  // namespace

bool TcpStatistics::take(const TextLine& line, EventSink& sink, std::uint64_t& records) {
  const std::string_view text = base::trim(line.text);
  const auto mark = [&] {
    if (line_ == 0) {
      line_ = line.number;
      offset_ = line.byte_offset;
    }
    end_ = line.byte_offset + line.byte_length;
  };
  // Linux: "    121300 segments sent out".
  if (const auto blank = text.find(' '); blank != std::string_view::npos) {
    const std::string_view words = text.substr(blank + 1);
    const bool sent = words.starts_with("segments sent out");
    if (sent || words.starts_with("segments retransmit")) {
      const auto value = number(text.substr(0, blank));
      if (value) {
        mark();
        counters_[sent ? kSent : kRetransmitted] = *value;
        title_ = "TCP";
        if (!sent) count_ = counters_.size();
        return true;
      }
    }
  }
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    if (text.empty()) return false;
    // A title: the words differ, the protocol's name does not.
    const bool title =
        line.text.front() != ' ' && text.size() < 80 && text.find(':') == std::string_view::npos;
    const bool tcp = title && text.find("TCP") != std::string_view::npos;
    if (title) {
      finish(sink, records);
      tcp_ = tcp;
      title_ = text;
    }
    return tcp;
  }
  const auto value = number(text.substr(equals + 1));
  if (!value || text.find('=', equals + 1) != std::string_view::npos) return false;
  if (!tcp_)
    return !title_.empty() &&
           (title_.find("IPv") != std::string::npos || title_.find("ICMP") != std::string::npos ||
            title_.find("UDP") != std::string::npos);
  mark();
  if (count_ < counters_.size()) counters_[count_++] = *value;
  return true;
}

void TcpStatistics::finish(EventSink& sink, std::uint64_t& records) {
  if (count_ == counters_.size()) {
    const std::uint64_t sent = counters_[kSent], again = counters_[kRetransmitted];
    RecordBuilder record(artifact_, "network_statistics");
    record.add("RecordType", "tcp");
    record.add("Title", title_);
    record.add("FailedConnectionAttempts", counters_[kFailed]);
    record.add("ResetConnections", counters_[kReset]);
    record.add("SegmentsSent", sent);
    record.add("SegmentsRetransmitted", again);
    if (sent > 0) {
      record.add(
          "RetransmitPercent",
          fmt::format("{:.1f}", static_cast<double>(again) * 100 / static_cast<double>(sent)),
          ValueKind::number);
    }
    record.add("Message",
               fmt::format("{}: {} segments sent, {} retransmitted", title_, sent, again));
    ++records;
    record.emit(line_, offset_, end_ - offset_, sink);
  }
  tcp_ = false;
  title_.clear();
  counters_ = {};
  count_ = 0;
  line_ = offset_ = end_ = 0;
}

}  // namespace rdptriage::reader
