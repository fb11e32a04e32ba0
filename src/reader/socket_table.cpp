#include "reader/socket_table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMaxRows = 100'000;

bool is_loopback(std::string_view ip) { return ip.starts_with("127.") || ip == "::1"; }

// "*", "0.0.0.0" with port 0: nobody is at the other end.
bool is_anybody(std::string_view ip, std::string_view port) {
  return port == "0" || port == "*" || ip == "*";
}

std::string_view form_name(SocketForm form) {
  switch (form) {
    case SocketForm::linux:
      return "linux-netstat";
    case SocketForm::ss:
      return "ss";
    case SocketForm::powershell:
      return "get-nettcpconnection";
    case SocketForm::windows:
      break;
  }
  return "netstat";
}

std::string endpoint(std::string_view ip, std::string_view port) {
  const bool v6 = ip.find(':') != std::string_view::npos;
  return (v6 ? "[" + std::string(ip) + "]" : std::string(ip)) + ":" + std::string(port);
}
}  // namespace

std::string SocketTable::state_of(const SocketRow& row) const {
  if (row.protocol == "UDP") return {};
  if (const auto known = set_.canonical("SocketState", row.state); !known.empty()) {
    return std::string(known);
  }
  // Whatever the word: a TCP socket with nobody at the other end listens (in every language).
  return is_anybody(row.remote_ip, row.remote_port) ? "LISTENING" : "UNKNOWN";
}

void SocketTable::add(const ParsedSocket& socket, std::uint64_t line, std::uint64_t offset,
                      std::uint64_t length) {
  if (rows_.size() >= kMaxRows) {
    ++dropped_;
    return;
  }
  const SocketRow& from = socket.row;
  form_ = socket.form;
  Row& row = rows_.emplace_back();
  const auto port = [this](std::string_view text) {
    const auto number = set_.canonical("PortName", text);  // netstat without -n prints names
    return std::string(number.empty() ? text : number);
  };
  row.protocol = from.protocol;
  row.local_ip = from.local_ip;
  row.local_port = port(from.local_port);
  row.remote_ip = from.remote_ip;
  row.remote_port = port(from.remote_port);
  row.state = state_of(from);
  row.process_id = from.process_id;
  row.image = from.image;
  row.line = line;
  row.offset = offset;
  row.length = length;
  if (row.listens()) listening_ports_.insert(row.local_port);
}

bool SocketTable::add_owner_line(std::string_view line) {
  if (rows_.empty() || line.empty() || line.front() != ' ') return false;
  Row& row = rows_.back();
  const std::string_view text = base::trim(line);
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    row.image = text.substr(1, text.size() - 2);
    return true;
  }
  // A service is one word; the localized "can not obtain ownership information" is several.
  if (text.find(' ') == std::string_view::npos && text.find(':') == std::string_view::npos) {
    row.service = text;
  }
  return true;
}

// Whose capture it is: decided by the sockets where they decide, else by the names on the path,
// unless the sockets contradict those.
std::string SocketTable::role() const {
  if (!given_role_.empty()) return given_role_;
  const std::string_view rdp = set_.constant("netstat", "RdpPort");
  const std::string_view gateway = set_.constant("netstat", "GatewayPort");
  const std::string_view service = set_.constant("netstat", "RdpService");
  bool outbound_rdp = false, outbound_gateway = false, inbound_rdp = false, serves = false;
  for (const Row& row : rows_) {
    if (row.protocol != "TCP") continue;
    const bool connected = !row.listens() && !is_anybody(row.remote_ip, row.remote_port);
    const bool inbound = connected && listening_ports_.contains(row.local_port);
    outbound_rdp |= connected && !inbound && row.remote_port == rdp && !is_loopback(row.remote_ip);
    outbound_gateway |= connected && !inbound && row.remote_port == gateway;
    inbound_rdp |= inbound && row.local_port == rdp && !is_loopback(row.remote_ip);
    serves |= row.listens() && base::equals_ignoring_case(row.service, service);
  }
  const std::string_view named = set_.role_of_path(artifact_.path);
  // A gateway has connections to RDP hosts itself, and is asked on the gateway port.
  if (named == "gateway" && !outbound_gateway) return "gateway";
  if (outbound_rdp && !inbound_rdp) return "client";
  if (inbound_rdp || serves) return "session-host";
  if (named == "gateway") return {};
  return std::string(named);
}

Flow SocketTable::emit(EventSink& sink, std::uint64_t& records) {
  if (rows_.empty()) return Flow::go_on;
  const std::string role_name = role();
  RecordBuilder record(artifact_.index, "network_state");
  for (const Row& row : rows_) {
    record.add("RecordType", "socket");
    if (!role_name.empty()) record.add("HostRole", role_name);
    record.add("Protocol", row.protocol);
    record.add("LocalIp", row.local_ip);
    record.add("LocalPort", row.local_port);
    record.add("RemoteIp", row.remote_ip);
    record.add("RemotePort", row.remote_port);
    if (!row.state.empty()) record.add("State", row.state);
    if (!row.process_id.empty()) record.add("ProcessId", row.process_id);
    if (!row.image.empty()) record.add("Image", row.image);
    if (!row.service.empty()) record.add("Service", row.service);
    if (row.protocol == "TCP" && !row.listens() && !is_anybody(row.remote_ip, row.remote_port)) {
      record.add("Direction", listening_ports_.contains(row.local_port) ? "inbound" : "outbound");
    }
    ++records;
    if (record.emit(row.line, row.offset, row.length, sink) == Flow::stop) return Flow::stop;
  }
  ++records;
  return emit_summary(sink, role_name);
}

// The questions that no single row answers, as lists and counts.
Flow SocketTable::emit_summary(EventSink& sink, const std::string& role_name) {
  RecordBuilder record(artifact_.index, "network_state");
  std::set<std::string> tcp_listen, open_listen, udp;
  std::set<std::string> syn_sent_to, established_to;
  std::map<std::string, std::uint64_t> half_open, time_wait, close_wait;
  for (const Row& row : rows_) {
    if (row.protocol == "UDP") {
      udp.insert(row.local_port);
    } else if (row.listens()) {
      tcp_listen.insert(row.local_port);
      if (!is_loopback(row.local_ip)) open_listen.insert(row.local_port);
    } else {
      const std::string remote = endpoint(row.remote_ip, row.remote_port);
      if (row.state == "SYN_SENT") syn_sent_to.insert(remote);
      if (row.state == "ESTABLISHED") established_to.insert(remote);
      if (row.state == "SYN_RECEIVED") ++half_open[row.local_port];
      if (row.state == "TIME_WAIT") ++time_wait[remote];
      if (row.state == "CLOSE_WAIT") ++close_wait[remote];
    }
  }
  const auto list = [&record](std::string_view name, const std::set<std::string>& values) {
    for (const std::string& value : values) record.add(name, value);
  };
  const auto most = [&record](std::string_view where, std::string_view count,
                              const std::map<std::string, std::uint64_t>& counts) {
    const auto top =
        std::max_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (top == counts.end()) return;
    record.add(where, top->first);
    record.add(count, top->second);
  };
  record.add("RecordType", "summary");
  record.add("Form", form_name(form_));
  // Without a heading the rows went through a filter, without listeners through `netstat` alone.
  const bool complete = heading_ && !cut_ && dropped_ == 0 && !tcp_listen.empty();
  record.add_flag("Complete", complete ? "true" : "false");
  if (!role_name.empty()) record.add("HostRole", role_name);
  for (const CaptureFormat& format : set_.formats) {
    if (format.name != "netstat") continue;
    for (const auto& [name, value] : format.constants) record.add(name, value);
  }
  list("TcpListenPort", tcp_listen);
  list("OpenListenPort", open_listen);
  list("UdpPort", udp);
  list("SynSentTo", syn_sent_to);
  list("EstablishedTo", established_to);
  most("HalfOpenPort", "HalfOpenCount", half_open);
  most("TimeWaitTo", "TimeWaitCount", time_wait);
  most("CloseWaitTo", "CloseWaitCount", close_wait);
  const Row& first = rows_.front();
  const Row& last = rows_.back();
  return record.emit(first.line, first.offset, last.offset + last.length - first.offset, sink);
}

}  // namespace rdptriage::reader
