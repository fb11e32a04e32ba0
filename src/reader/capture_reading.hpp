// Takes lines for the output of commands: sockets, registry exports, statistics and whatever the
// capture formats know, one after the other in one text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "container/artifact.hpp"
#include "reader/capture_format.hpp"
#include "reader/capture_record.hpp"
#include "reader/reader.hpp"
#include "reader/registry_export.hpp"
#include "reader/socket_properties.hpp"
#include "reader/socket_table.hpp"
#include "reader/tcp_statistics.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

class CaptureReading {
 public:
  // All of them must outlive the reading.
  CaptureReading(const CaptureSet& set, const container::Artifact& artifact,
                 const ReadContext& context, EventSink& sink);

  // False: no expression takes the line. It may stand inside of a record all the same.
  bool add(const TextLine& line);
  // No line comes any more.
  void finish();

  std::uint64_t records() const { return records_; }
  std::uint64_t lines() const { return lines_; }         // without blank ones
  std::uint64_t known() const { return known_; }         // of these, taken or inside of a record
  const std::string& format() const { return format_; }  // the first that was seen

 private:
  enum class Share : std::uint8_t { none, inside, taken };

  bool take_socket(const TextLine& line, bool blank);
  void add_property_socket(const TextLine& line);
  Share take_other(const TextLine& line);
  Share take_record(const TextLine& line);
  bool opens(const CaptureFormat& format) const;
  void close();
  void flush_sockets();
  void note(std::string_view format);

  const CaptureSet& set_;
  const container::Artifact& artifact_;
  EventSink& sink_;
  const std::string given_role_;  // by the user; else "" and what the path says
  const std::string role_;
  const DateOrder date_order_;
  SocketTable sockets_;
  SocketProperties properties_;
  bool property_rows_ = false;
  TcpStatistics statistics_;
  RegistryText registry_;
  std::optional<CaptureRecord> open_;
  std::vector<int> opened_by_;  // openers of the line at hand
  std::string before_;          // the line before, for headings
  std::string format_;
  std::uint64_t records_ = 0, lines_ = 0, known_ = 0;
};

}  // namespace rdptriage::reader
