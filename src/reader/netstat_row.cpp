// The row shapes. What differs between languages is only the heading and, in German, the state:
//   Windows   TCP  LOCAL:PORT  FOREIGN:PORT  [STATE]  [PID] [offload]     UDP  LOCAL:PORT  *:*
//   [PID] Linux     tcp  RECVQ SENDQ  LOCAL:PORT  FOREIGN:PORT  [STATE]  [PID/PROGRAM] BSD tcp4
//   RECVQ SENDQ  LOCAL.PORT  FOREIGN.PORT  [STATE] ss        [NETID] STATE RECVQ SENDQ  LOCAL:PORT
//   PEER:PORT  [users:(("PROGRAM",pid=PID,fd=N))] PowerShell  LOCAL PORT  FOREIGN PORT  STATE
//   [SETTING]  PID
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "reader/netstat.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMaxWords = 12;

struct Words {
  std::array<std::string_view, kMaxWords> at{};
  std::size_t count = 0;
};

Words split_words(std::string_view line) {
  Words words;
  while (words.count < kMaxWords) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos) break;
    line.remove_prefix(first);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    words.at[words.count++] = line.substr(0, end);
    line.remove_prefix(end);
  }
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.size() <= 10 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_ip(std::string_view word) {
  const bool v4 = std::count(word.begin(), word.end(), '.') == 3 &&
                  word.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto zone = std::min(word.find('%'), word.size());
  const bool v6 =
      std::count(word.begin(), word.end(), ':') >= 2 &&
      word.substr(0, zone).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  return v4 || v6;
}

struct Endpoint {
  std::string_view ip, port;
};

// "10.0.0.5:3389", "[fe80::1%4]:49703", "*:*", "host:ms-wbt-server", "127.0.0.1%lo:53", ":::22".
std::optional<Endpoint> split_endpoint(std::string_view word) {
  const auto colon = word.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == word.size() || colon == 0)
    return std::nullopt;
  Endpoint out{word.substr(0, colon), word.substr(colon + 1)};
  if (out.ip.front() == '[') {
    if (out.ip.back() != ']' || out.ip.size() < 3) return std::nullopt;
    out.ip = out.ip.substr(1, out.ip.size() - 2);
  }
  const bool port_word = std::all_of(out.port.begin(), out.port.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '*';
  });
  return port_word ? std::optional(out) : std::nullopt;
}

// BSD and macOS: "192.0.2.5.50123", "*.3389", "fe80::1%en0.3389".
std::optional<Endpoint> split_dotted(std::string_view word) {
  const auto dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == word.size()) return std::nullopt;
  const Endpoint out{word.substr(0, dot), word.substr(dot + 1)};
  const bool ip = out.ip == "*" || is_ip(out.ip);
  return ip && (out.port == "*" || is_number(out.port)) ? std::optional(out) : std::nullopt;
}

bool starts_with_protocol(std::string_view word, std::string_view& protocol) {
  const std::string lower = base::to_lower_ascii(word.substr(0, 5));
  const bool known = lower == "tcp" || lower == "tcp4" || lower == "tcp6" || lower == "tcp46" ||
                     lower == "udp" || lower == "udp4" || lower == "udp6" || lower == "udp46";
  if (!known || word.size() > 5) return false;
  protocol = lower.front() == 't' ? "TCP" : "UDP";
  return true;
}

// From the first to the last of some words of one line, blanks between them included.
std::string_view joined(std::string_view first, std::string_view last) {
  return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
}

void assign(SocketRow& row, const Endpoint& local, const Endpoint& remote) {
  row.local_ip = local.ip;
  row.local_port = local.port;
  row.remote_ip = remote.ip;
  row.remote_port = remote.port;
}

// Everything behind the addresses: the state may be two words, the number behind it is the PID.
void read_tail_windows(const Words& words, std::size_t from, SocketRow& row) {
  std::size_t end = from;
  while (end < words.count && !is_number(words.at[end])) ++end;
  if (end > from) row.state = joined(words.at[from], words.at[end - 1]);
  if (end < words.count) row.process_id = words.at[end];
}

void read_tail_linux(const Words& words, std::size_t from, SocketRow& row) {
  if (from < words.count && words.at[from].find('/') == std::string_view::npos &&
      words.at[from] != "-") {
    row.state = words.at[from++];
  }
  if (from >= words.count) return;
  const auto slash = words.at[from].find('/');
  if (slash == std::string_view::npos || !is_number(words.at[from].substr(0, slash))) return;
  row.process_id = words.at[from].substr(0, slash);
  row.image = words.at[from].substr(slash + 1);
}

// users:(("xfreerdp",pid=29852,fd=29))
void read_tail_ss(std::string_view line, SocketRow& row) {
  const auto users = line.find("users:((\"");
  if (users == std::string_view::npos) return;
  std::string_view rest = line.substr(users + 9);
  row.image = rest.substr(0, rest.find('"'));
  const auto pid = rest.find("pid=");
  if (pid == std::string_view::npos) return;
  rest.remove_prefix(pid + 4);
  row.process_id = rest.substr(0, rest.find_first_not_of("0123456789"));
}

std::optional<ParsedSocket> parse_with_protocol(const Words& words, std::string_view line) {
  ParsedSocket out;
  SocketRow& row = out.row;
  if (words.count < 3 || !starts_with_protocol(words.at[0], row.protocol)) return std::nullopt;
  if (const auto local = split_endpoint(words.at[1])) {
    const auto remote = split_endpoint(words.at[2]);
    if (!remote) return std::nullopt;
    assign(row, *local, *remote);
    if (row.protocol == "TCP" || words.count > 3) read_tail_windows(words, 3, row);
    if (row.protocol == "UDP") row.state = {};
    return out;
  }
  if (words.count >= 5 && is_number(words.at[1]) && is_number(words.at[2])) {
    auto local = split_endpoint(words.at[3]), remote = split_endpoint(words.at[4]);
    if (!local || !remote) {
      local = split_dotted(words.at[3]);
      remote = split_dotted(words.at[4]);
    }
    if (!local || !remote) return std::nullopt;
    out.form = SocketForm::linux;
    assign(row, *local, *remote);
    read_tail_linux(words, 5, row);
    if (row.protocol == "UDP" && row.state.find_first_of("0123456789") == 0) row.state = {};
    return out;
  }
  if (words.count >= 6 && is_number(words.at[2]) && is_number(words.at[3])) {  // ss with Netid
    const auto local = split_endpoint(words.at[4]), remote = split_endpoint(words.at[5]);
    if (!local || !remote) return std::nullopt;
    out.form = SocketForm::ss;
    row.state = words.at[1];
    assign(row, *local, *remote);
    read_tail_ss(line, row);
    return out;
  }
  return std::nullopt;
}

std::optional<ParsedSocket> parse_ss(const Words& words, std::string_view line) {
  if (words.count < 5 || !is_number(words.at[1]) || !is_number(words.at[2])) return std::nullopt;
  const std::string_view state = words.at[0];
  if (state.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_12") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto local = split_endpoint(words.at[3]), remote = split_endpoint(words.at[4]);
  if (!local || !remote) return std::nullopt;
  ParsedSocket out;
  out.form = SocketForm::ss;
  out.row.protocol = state == "UNCONN" ? "UDP" : "TCP";
  out.row.state = state == "UNCONN" ? std::string_view() : state;
  assign(out.row, *local, *remote);
  read_tail_ss(line, out.row);
  return out;
}

// Get-NetTCPConnection as a table, or as CSV with its quotes.
std::optional<ParsedSocket> parse_powershell(const Words& words) {
  if (words.count < 5 || !is_ip(words.at[0]) || !is_number(words.at[1]) || !is_ip(words.at[2]) ||
      !is_number(words.at[3]) || is_number(words.at[4])) {
    return std::nullopt;
  }
  ParsedSocket out;
  out.form = SocketForm::powershell;
  out.row.protocol = "TCP";
  assign(out.row, {words.at[0], words.at[1]}, {words.at[2], words.at[3]});
  out.row.state = words.at[4];
  if (words.count > 5 && is_number(words.at[words.count - 1])) {
    out.row.process_id = words.at[words.count - 1];
  }
  return out;
}
}  // namespace

std::optional<ParsedSocket> parse_socket_row(std::string_view line) {
  const Words words = split_words(line);
  if (words.count < 3) return std::nullopt;
  if (auto row = parse_with_protocol(words, line)) return row;
  if (auto row = parse_ss(words, line)) return row;
  return parse_powershell(words);
}

}  // namespace rdptriage::reader
