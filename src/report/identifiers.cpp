#include "report/identifiers.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rdptriage::report {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_joiner(char c) { return c == '.' || c == '-' || c == '_' || c == '@' || c == '$'; }
bool is_chunk(char c) { return is_letter(c) || is_digit(c) || is_joiner(c); }
bool all_of(std::string_view text, bool (*test)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), test);
}

// Punctuation of our own prose and of quoted texts: "…", "·", "–", quotes. Bytes of U+2000–U+2BFF
// and U+00A0–U+00BF; what else lies beyond ASCII is a letter.
std::size_t punctuation_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() >= 2 && byte(0) == 0xC2 && byte(1) >= 0xA0 && byte(1) <= 0xBF) return 2;
  if (text.size() >= 3 && byte(0) == 0xE2 && byte(1) >= 0x80 && byte(1) <= 0xAF) return 3;
  if (text.size() >= 3 && byte(0) == 0xEF && byte(1) == 0xBF && byte(2) == 0xBD) return 3;
  return 0;
}

// The chunk that `text` begins with, without joiners at its end; empty when it begins with none.
std::string_view chunk_at(std::string_view text) {
  if (text.empty() || is_joiner(text.front())) return {};
  std::size_t length = 0;
  while (length < text.size() && is_chunk(text[length]) &&
         punctuation_length(text.substr(length)) == 0)
    ++length;
  while (length > 0 && is_joiner(text[length - 1]) && text[length - 1] != '$') --length;
  return text.substr(0, length);
}

std::optional<std::array<unsigned, 4>> octets_of(std::string_view text) {
  std::array<unsigned, 4> out{};
  std::size_t index = 0;
  for (const std::string_view part : base::split(text, '.')) {
    if (index == 4 || part.empty() || part.size() > 3 || !all_of(part, is_digit)) return {};
    unsigned value = 0;
    for (const char c : part) value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return {};
    out[index++] = value;
  }
  if (index != 4) return {};
  return out;
}

// RFC 4291 section 2.2; nothing when it is no address.
std::optional<std::array<unsigned char, 16>> ipv6_bytes(std::string_view text) {
  std::array<unsigned char, 16> out{};
  std::size_t at = 0;
  std::optional<std::size_t> gap;  // where "::" stands
  if (text.rfind("::", 0) == 0) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const std::string_view group = text.substr(0, text.find(':'));
    if (const auto octets = octets_of(group); octets && group.size() == text.size() && at <= 12) {
      for (const unsigned octet : *octets) out[at++] = static_cast<unsigned char>(octet);
      break;
    }
    if (group.size() > 4 || !all_of(group, is_hex) || at > 14) return {};
    unsigned value = 0;
    for (const char c : group) {
      const char lower = static_cast<char>(c | 0x20);
      value = value * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : lower - 'a' + 10);
    }
    out[at++] = static_cast<unsigned char>(value >> 8);
    out[at++] = static_cast<unsigned char>(value & 0xFF);
    text.remove_prefix(group.size());
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty()) return {};  // one colon at the end
    if (text.front() == ':') {
      if (gap) return {};
      gap = at;
      text.remove_prefix(1);
    }
  }
  if (gap ? at > 14 : at != 16) return {};
  if (!gap) return out;
  std::array<unsigned char, 16> filled{};
  const auto begin = out.begin(), behind_gap = begin + static_cast<std::ptrdiff_t>(*gap);
  std::copy(begin, behind_gap, filled.begin());
  std::copy_backward(behind_gap, begin + static_cast<std::ptrdiff_t>(at), filled.end());
  return filled;
}

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_mac(std::string_view text, char separator) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < 17; ++i) {
    if (i % 3 == 2 ? text[i] != separator : !is_hex(text[i])) return false;
  }
  return true;
}

// Numbers that logs are full of: counts, ids, ports, times, codes. Long runs are keys or numbers of
// persons and licenses.
bool is_plain_number(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
    return text.size() <= 18 && all_of(text.substr(2), is_hex);
  if (all_of(text, is_digit)) return text.size() <= 10;
  return text.size() == 8 && all_of(text, is_hex) &&
         std::any_of(text.begin(), text.end(), is_digit);  // 80090327
}

// "2026-11-20T08:11" is split at the colon: date parts, versions and decimals are numbers joined.
bool is_joined_number(std::string_view text) {
  std::string_view rest = text;
  bool any = false;
  while (!rest.empty()) {
    std::size_t length = 0;
    while (length < rest.size() && is_digit(rest[length])) ++length;
    if (length == 0 || length > 10) return false;
    any = true;
    rest.remove_prefix(length);
    if (rest.empty()) break;
    // The T and Z of RFC 3339, and the v of a version.
    if (!is_joiner(rest.front()) && rest.front() != 'T' && rest.front() != 'Z') return false;
    rest.remove_prefix(1);
  }
  return any;
}

bool is_file_ending(std::string_view text) {
  static const std::unordered_set<std::string> kEndings = {
      "evtx", "evt", "log", "txt", "csv", "xml", "json", "jsonl", "zip",     "7z",  "cab",
      "tar",  "gz",  "bz2", "xz",  "zst", "exe", "dll",  "sys",   "msc",     "cpl", "mum",
      "rdp",  "reg", "etl", "ps1", "cmd", "bat", "cer",  "crt",   "pfx",     "pem", "htm",
      "html", "cpp", "c",   "h",   "md",  "inf", "ini",  "cat",   "manifest"};
  return kEndings.count(base::to_lower_ascii(text)) != 0;
}

// Accounts and authorities that every Windows has.
bool is_well_known(std::string_view text) {
  static const std::unordered_set<std::string> kKnown = {"system",
                                                         "local service",
                                                         "network service",
                                                         "anonymous logon",
                                                         "nt authority",
                                                         "nt service",
                                                         "window manager",
                                                         "font driver host",
                                                         "administrator",
                                                         "builtin",
                                                         "localhost",
                                                         "workgroup",
                                                         "everyone",
                                                         "guest",
                                                         "iis apppool",
                                                         "-",
                                                         "n/a",
                                                         "unknown",
                                                         "local"};
  return kKnown.count(base::to_lower_ascii(text)) != 0;
}

// "com.freerdp.core.gateway": names of program parts that begin as a domain ends.
bool is_logger(std::string_view text) {
  return text.rfind("com.freerdp", 0) == 0 || text.rfind("com.winpr", 0) == 0 ||
         text.rfind("com.microsoft", 0) == 0;
}

const std::unordered_set<std::string>& identifier_families() {
  static const std::unordered_set<std::string> kFamilies = {
      "freerdp",   "rdp",        "rdg",     "tsg",  "nla",  "tls",   "credssp",
      "transport", "mcs",        "license", "x224", "nego", "winpr", "gcc",
      "tpkt",      "errconnect", "errinfo", "http", "ssl"};
  return kFamilies;
}

}  // namespace rdptriage::report
