// netstat, ss and Get-NetTCPConnection, row by row; socket_table.hpp sums a capture up.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rdptriage::reader {

// One socket as a tool printed it; the views point into the line.
struct SocketRow {
  std::string_view protocol;              // "TCP" or "UDP"
  std::string_view local_ip, local_port;  // without brackets; the port may be a name
  std::string_view remote_ip, remote_port;
  std::string_view state;              // the word as printed, "" for UDP
  std::string_view process_id, image;  // "" when the form has none
};

enum class SocketForm : std::uint8_t { windows, linux, ss, powershell };
struct ParsedSocket {
  SocketRow row;
  SocketForm form = SocketForm::windows;
};

// Reads one row of any form by its shape; headings, titles and languages do not matter. Nothing
// when the line is not a row.
std::optional<ParsedSocket> parse_socket_row(std::string_view line);

}  // namespace rdptriage::reader
