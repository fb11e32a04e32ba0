#include "reader/socket_properties.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMaxColumns = 64;

// One CSV line; PowerShell quotes every value and doubles quotes inside.
std::vector<std::string> csv_values(std::string_view line) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        values.back().push_back('"');
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if ((c == ',' || c == ';') && !quoted) {
      if (values.size() == kMaxColumns) break;
      values.emplace_back();
    } else {
      values.back().push_back(c);
    }
  }
  return values;
}
}  // namespace

std::optional<SocketProperties::Property> SocketProperties::property_of(std::string_view name) {
  constexpr std::string_view kNames[] = {"LocalAddress", "LocalPort", "RemoteAddress",
                                         "RemotePort",   "State",     "OwningProcess"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (base::equals_ignoring_case(name, kNames[i])) return static_cast<Property>(i);
  }
  return std::nullopt;
}

bool SocketProperties::take(std::string_view line) {
  ready_ = false;
  const std::string_view text = base::trim(line);
  if (text.empty()) {
    complete();  // a blank line ends an object
    return false;
  }
  return take_csv(text) || take_list(text);
}

bool SocketProperties::take_list(std::string_view line) {
  const auto colon = line.find(" : ");
  const std::string_view name = base::trim(
      colon == std::string_view::npos ? line.substr(0, line.find(':')) : line.substr(0, colon));
  const auto property = property_of(name);
  if (!property || line.find(':') == std::string_view::npos) return false;
  // Other cmdlets have a RemoteAddress or a State too; only sockets begin with the local address.
  if (*property != kLocalAddress && values_[kLocalAddress].empty()) return false;
  if (!values_[*property].empty()) complete();
  if (colon != std::string_view::npos) values_[*property] = base::trim(line.substr(colon + 3));
  return true;
}

bool SocketProperties::take_csv(std::string_view line) {
  if (line.find(',') == std::string_view::npos && line.find(';') == std::string_view::npos)
    return false;
  if (line.find("LocalAddress") != std::string_view::npos &&
      line.find("RemotePort") != std::string_view::npos) {
    columns_.clear();
    for (const std::string& name : csv_values(line))
      columns_.push_back(property_of(base::trim(name)));
    return true;
  }
  if (columns_.empty()) return false;
  const auto values = csv_values(line);
  if (values.size() != columns_.size()) return false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (columns_[i]) values_[*columns_[i]] = base::trim(values[i]);
  }
  complete();
  return true;
}

void SocketProperties::complete() {
  const auto has = [this](Property property) { return !values_[property].empty(); };
  ready_ = has(kLocalAddress) && has(kLocalPort) && has(kRemoteAddress) && has(kRemotePort) &&
           has(kState);
  if (ready_) std::swap(done_, values_);
  std::fill(values_.begin(), values_.end(), std::string());
}

std::optional<ParsedSocket> SocketProperties::take_socket() {
  if (!ready_) return std::nullopt;
  ready_ = false;
  ParsedSocket out;
  out.form = SocketForm::powershell;
  out.row.protocol = "TCP";
  out.row.local_ip = done_[kLocalAddress];
  out.row.local_port = done_[kLocalPort];
  out.row.remote_ip = done_[kRemoteAddress];
  out.row.remote_port = done_[kRemotePort];
  out.row.state = done_[kState];
  out.row.process_id = done_[kProcess];
  return out;
}

}  // namespace rdptriage::reader
