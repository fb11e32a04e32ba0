// Collects the sockets of one capture and says what all of them together show.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "reader/capture_format.hpp"
#include "reader/netstat.hpp"
#include "reader/record_builder.hpp"

namespace rdptriage::reader {

// One table of sockets: rows go in, events come out at the end of the table, when it is known which
// ports listen. Bounded: rows over the limit are counted, not kept.
class SocketTable {
 public:
  // `given_role` is what the user says of the machine; "" when nothing.
  SocketTable(const CaptureSet& set, const container::Artifact& artifact,
              std::string_view given_role = {})
      : set_(set), artifact_(artifact), given_role_(given_role) {}

  void add(const ParsedSocket& socket, std::uint64_t line, std::uint64_t offset,
           std::uint64_t length);
  // What `netstat -b` prints below a row: "  TermService", " [svchost.exe]" or a sentence.
  bool add_owner_line(std::string_view line);
  void saw_heading() { heading_ = true; }
  // The text ended inside a row.
  void saw_cut_row() { cut_ = true; }

  void clear() {
    rows_.clear();
    listening_ports_.clear();
    heading_ = cut_ = false;
    dropped_ = 0;
  }
  bool empty() const { return rows_.empty(); }
  Flow emit(EventSink& sink, std::uint64_t& records);

 private:
  struct Row {
    std::string protocol, local_ip, local_port, remote_ip, remote_port, state, process_id, image,
        service;
    std::uint64_t line = 0, offset = 0, length = 0;
    bool listens() const { return state == "LISTENING"; }
  };

  std::string state_of(const SocketRow& row) const;
  std::string role() const;
  Flow emit_summary(EventSink& sink, const std::string& role);

  const CaptureSet& set_;
  const container::Artifact& artifact_;
  std::string given_role_;
  std::vector<Row> rows_;
  std::unordered_set<std::string> listening_ports_;
  SocketForm form_ = SocketForm::windows;
  bool heading_ = false, cut_ = false;
  std::uint64_t dropped_ = 0;
};

}  // namespace rdptriage::reader
