// Get-NetTCPConnection where a socket is no line: Format-List and Export-Csv.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reader/netstat.hpp"

namespace rdptriage::reader {

class SocketProperties {
 public:
  // True when the line belongs to such output. A socket that it completes waits in take_socket().
  bool take(std::string_view line);
  // The socket completed by the last line; its views live until the next take().
  std::optional<ParsedSocket> take_socket();

 private:
  enum Property {
    kLocalAddress,
    kLocalPort,
    kRemoteAddress,
    kRemotePort,
    kState,
    kProcess,
    kCount
  };

  static std::optional<Property> property_of(std::string_view name);
  bool take_list(std::string_view line);
  bool take_csv(std::string_view line);
  void complete();

  std::vector<std::string> values_ = std::vector<std::string>(kCount);
  std::vector<std::string> done_ = std::vector<std::string>(kCount);
  std::vector<std::optional<Property>> columns_;  // of the CSV header
  bool ready_ = false;
};

}  // namespace rdptriage::reader
