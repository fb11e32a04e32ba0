// .reg: [KEY], "name"=type:data with a backslash where hex goes on in the next line, @ for the
// default value. `reg query`: the key on a line of its own, below it "    name    REG_TYPE data".
#include "reader/registry_export.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "reader/record_builder.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMaxValue = 64 * 1024;  // a longer value is cut: nothing here is that long

std::optional<std::uint64_t> hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// The text between the quotes, with \\ and \" taken back; `rest` is what follows.
std::string unquote(std::string_view text, std::string_view& rest) {
  std::string out;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out.push_back(text[i]);
  }
  rest = text.substr(std::min(i + 1, text.size()));
  return out;
}

bool is_root(std::string_view key) {
  return key.starts_with("HKEY_") || key.starts_with("HKLM\\") || key.starts_with("HKCU\\");
}
}  // namespace

void RegistryText::value(std::string_view name, std::string_view type, std::string_view data,
                         EventSink& sink, std::uint64_t& records) {
  RecordBuilder record(artifact_, "registry_state");
  record.add("RecordType", "value");
  if (!role_.empty()) record.add("HostRole", role_);
  record.add("Key", key_);
  record.add("Name", name);
  record.add("Type", type);
  record.add("Data", data, type == "REG_DWORD" ? ValueKind::number : ValueKind::text);
  record.add("Message", key_ + "\\" + std::string(name) + " = " + std::string(data.substr(0, 200)));
  ++records;
  record.emit(line_, offset_, end_ - offset_, sink);
}

void RegistryText::reg_line(std::string_view line, EventSink& sink, std::uint64_t& records) {
  std::string name;
  std::string_view rest;
  if (line.front() == '@') {
    name = "(Default)";
    rest = line.substr(1);
  } else {
    name = unquote(line, rest);
  }
  if (!rest.starts_with("=")) return;
  rest.remove_prefix(1);
  if (rest.starts_with("\"")) {
    std::string_view after;
    value(name, "REG_SZ", unquote(rest, after), sink, records);
  } else if (rest.starts_with("dword:")) {
    if (const auto number = hex(rest.substr(6))) {
      value(name, "REG_DWORD", std::to_string(*number), sink, records);
    }
  } else if (rest.starts_with("hex")) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) return;
    std::string bytes(rest.substr(colon + 1));
    bytes.erase(std::remove(bytes.begin(), bytes.end(), ','), bytes.end());
    value(name, colon == 3 ? "REG_BINARY" : rest.substr(0, colon), bytes, sink, records);
  }
}

bool RegistryText::take(const TextLine& line, EventSink& sink, std::uint64_t& records) {
  const std::string_view text = base::trim(line.text);
  const auto mark = [&] {
    line_ = line.number;
    offset_ = line.byte_offset;
    end_ = line.byte_offset + line.byte_length;
  };
  if (!pending_.empty()) {
    end_ = line.byte_offset + line.byte_length;
    const bool more = text.ends_with('\\');
    if (pending_.size() < kMaxValue) pending_ += text.substr(0, text.size() - (more ? 1 : 0));
    if (more) return true;
    const std::string whole = std::move(pending_);
    pending_.clear();
    if (!deleted_) reg_line(whole, sink, records);
    return true;
  }
  if (text.starts_with("Windows Registry Editor Version") || text == "REGEDIT4") return true;
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) {
    const bool minus = text[1] == '-';
    const std::string_view key = text.substr(minus ? 2 : 1, text.size() - (minus ? 3 : 2));
    if (!is_root(key)) return false;
    key_ = key;
    deleted_ = minus;
    query_ = false;
    return true;
  }
  if (is_root(text) && line.text.front() != ' ' && text.find(" = ") == std::string_view::npos) {
    key_ = text;
    deleted_ = false;
    query_ = true;
    return true;
  }
  if (key_.empty()) return false;
  if (!query_ && !text.empty() && (text.front() == '"' || text.starts_with("@="))) {
    mark();
    if (text.ends_with('\\')) {
      pending_ = text.substr(0, text.size() - 1);
    } else if (!deleted_) {
      reg_line(text, sink, records);
    }
    return true;
  }
  if (query_) {
    const auto type = text.find("REG_");
    if (type == std::string_view::npos || type == 0 || line.text.front() != ' ') {
      if (!text.empty()) key_.clear();
      return false;
    }
    mark();
    const std::string_view rest = text.substr(type);
    const auto end = std::min(rest.find(' '), rest.size());
    std::string data(base::trim(rest.substr(end)));
    if (data.starts_with("0x")) {
      if (const auto number = hex(std::string_view(data).substr(2))) data = std::to_string(*number);
    }
    value(base::trim(text.substr(0, type)), rest.substr(0, end), data, sink, records);
    return true;
  }
  return false;
}

void RegistryText::finish(EventSink& sink, std::uint64_t& records) {
  if (!pending_.empty() && !deleted_) reg_line(pending_, sink, records);
  pending_.clear();
}

}  // namespace rdptriage::reader
