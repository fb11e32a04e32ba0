// A chunk is a run of letters, digits and the joiners . - _ @ $; everything else separates and is
// copied. A chunk is looked at as a whole first (address, SID, GUID, mail, host), because its parts
// alone may look harmless: "print-server" is a name although both words are in every log.
#include "report/pseudonyms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "report/identifiers.hpp"

namespace rdptriage::report {

namespace {

// The parts of what joiners join: "PC", "17" of "PC-17".
template <typename Use>
void for_each_part(std::string_view whole, Use use) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= whole.size(); ++i) {
    if (i < whole.size() && !is_joiner(whole[i])) continue;
    if (i > begin) use(whole.substr(begin, i - begin));
    begin = i + 1;
  }
}

// Removes what stands before the next chunk. REQUIRES: none begins here.
std::string_view take_separator(std::string_view& text) {
  const auto taken = text.substr(0, std::max<std::size_t>(1, punctuation_length(text)));
  text.remove_prefix(taken.size());
  return taken;
}

void add_words(std::string_view text, std::unordered_set<std::string>& words) {
  while (!text.empty()) {
    const std::string_view whole = chunk_at(text);
    if (whole.empty()) {
      take_separator(text);
      continue;
    }
    words.insert(base::to_lower_ascii(whole));
    for_each_part(whole, [&](std::string_view part) { words.insert(base::to_lower_ascii(part)); });
    text.remove_prefix(whole.size());
  }
}

}  // namespace

void Vocabulary::add(std::string_view text) { add_words(text, words_); }

void Vocabulary::add_common(std::string_view text) {
  add_words(text, words_);
  add_words(text, common_);
}

bool Vocabulary::has(std::string_view word) const {
  return words_.count(base::to_lower_ascii(word)) != 0;
}

bool Vocabulary::is_common(std::string_view word) const {
  return common_.count(base::to_lower_ascii(word)) != 0;
}

const std::string* Pseudonyms::known(std::string_view real) const {
  const auto at = terms_.find(base::to_lower_ascii(real));
  return at == terms_.end() ? nullptr : &at->second;
}

std::string Pseudonyms::numbered(std::string_view prefix) {
  return fmt::format("{}{}", prefix, ++counters_[std::string(prefix)]);
}

std::string Pseudonyms::remember(std::string_view real, std::string replacement) {
  terms_.emplace(base::to_lower_ascii(real), replacement);
  map_.emplace_back(std::string(real), replacement);
  return replacement;
}

bool Pseudonyms::is_identity(std::string_view real) const {
  return identities_.count(base::to_lower_ascii(real)) != 0;
}

bool Pseudonyms::is_ambiguous(std::string_view real) const {
  return ambiguous_.count(base::to_lower_ascii(real)) != 0;
}

bool Pseudonyms::holds_identity(std::string_view real) const {
  bool holds = is_identity(real);
  for_each_part(real, [&](std::string_view part) { holds = holds || is_identity(part); });
  return holds;
}

bool Pseudonyms::is_harmless(std::string_view real) const {
  return vocabulary_.has(real) && !holds_identity(real);
}

std::string Pseudonyms::pseudonym(std::string_view real, Kind kind, Source source) {
  const bool word = vocabulary_.has(real);
  // Words of one or two letters are in every sentence: a user "it", a domain "AD".
  const bool common = word && (vocabulary_.is_common(real) || real.size() <= 2);
  if (source == Source::field && !common) identities_.insert(base::to_lower_ascii(real));
  if (const std::string* term = known(real)) return *term;
  constexpr std::string_view kPrefixes[] = {"user", "host", "domain", "name"};
  const std::string_view prefix = kPrefixes[static_cast<std::size_t>(kind)];
  if (!word) return remember(real, numbered(prefix));
  // A host called "server": replaced where the whole value is its name, left alone in prose.
  std::string& replacement = ambiguous_[base::to_lower_ascii(real)];
  if (replacement.empty()) {
    replacement = numbered(prefix);
    map_.emplace_back(std::string(real), replacement);
  }
  // A user called like a name in the rules' own texts is no word of theirs.
  if (is_identity(real)) terms_.emplace(base::to_lower_ascii(real), replacement);
  return replacement;
}

std::string Pseudonyms::identity(std::string_view text, Kind kind) {
  return name(text, kind, Source::field);
}

std::string Pseudonyms::name(std::string_view text, Kind kind, Source source) {
  if (text.empty() || is_well_known(text) || is_plain_number(text)) return std::string(text);
  const auto backslash = text.rfind('\\');
  if (backslash != std::string_view::npos && backslash + 1 < text.size()) {
    std::string_view domain = text.substr(0, backslash);
    while (!domain.empty() && domain.back() == '\\') domain.remove_suffix(1);
    const std::string left = name(domain, kind == Kind::user ? Kind::domain : Kind::host, source);
    return left + "\\" + name(text.substr(backslash + 1), kind, source);
  }
  const std::string_view whole = chunk_at(text);
  if (whole.size() != text.size()) {
    // Several words, or an address with a port. A name with blanks is one name.
    const bool spaced = std::all_of(text.begin(), text.end(),
                                    [](char c) { return is_chunk(c) || c == ' ' || c == '\''; });
    return spaced && !vocabulary_.has(text) ? pseudonym(text, kind, source) : this->text(text);
  }
  if (octets_of(text) || is_guid(text) || text.rfind("S-1-", 0) == 0 ||
      text.find('@') != std::string_view::npos)
    return chunk(text, source);
  if (text.find('.') != std::string_view::npos) return fqdn(text, source);
  return pseudonym(text, kind, source);
}

// 10.A.B.h keeps which addresses share their first 16 and 24 bits; 192.168.B.h and public addresses
// their first 24. Public ones come from 198.18.0.0/15, which nobody routes.
std::string Pseudonyms::ipv4(std::string_view real) {
  const auto octets = octets_of(real);
  if (const std::string* term = known(real)) return *term;
  const auto [a, b, c, d] = *octets;
  if (a == 127 || a == 0 || a == 255 || (a >= 224 && a < 240) || (a == 169 && b == 254 && c == 169))
    return std::string(real);
  const auto number = [](std::map<std::string, std::size_t>& numbers, const std::string& key) {
    return numbers.emplace(key, numbers.size() + 1).first->second;
  };
  const std::string first16 = fmt::format("{}.{}", a, b), first24 = first16 + fmt::format(".{}", c);
  const std::size_t host =
      d == 0 || d == 255 ? d
                         : std::min<std::size_t>(254, number(members_[first24], std::string(real)));
  std::string replacement;
  if (a == 10) {
    const std::size_t second = number(subnets_["10"], first16) % 256;
    replacement =
        fmt::format("10.{}.{}.{}", second, number(subnets_[first16], first24) % 256, host);
  } else if (a == 172 && b >= 16 && b < 32) {
    const std::size_t second = 16 + number(subnets_["172"], first16) % 16;
    replacement =
        fmt::format("172.{}.{}.{}", second, number(subnets_[first16], first24) % 256, host);
  } else if (a == 192 && b == 168) {
    replacement = fmt::format("192.168.{}.{}", number(subnets_["192"], first24) % 256, host);
  } else if (a == 169 && b == 254) {
    replacement = fmt::format("169.254.{}.{}", number(subnets_["169"], first24) % 256, host);
  } else if (a == 100 && b >= 64 && b < 128) {
    replacement = fmt::format("100.64.{}.{}", number(subnets_["100"], first24) % 256, host);
  } else {
    const std::size_t subnet = number(subnets_["public"], first24);
    replacement = fmt::format("198.{}.{}.{}", 18 + subnet / 256 % 2, subnet % 256, host);
  }
  return remember(real, replacement);
}

std::string Pseudonyms::ipv6(std::string_view real) {
  const auto bytes = ipv6_bytes(real.substr(0, real.find('%')));
  if (!bytes) return {};
  const unsigned char* b = bytes->data();
  const bool zero15 = std::all_of(b, b + 15, [](unsigned char c) { return c == 0; });
  if (zero15 && b[15] <= 1) return std::string(real);  // :: and ::1
  if (b[0] == 0xFF) return std::string(real);          // multicast
  if (const std::string* term = known(real)) return *term;
  const auto number = [](std::map<std::string, std::size_t>& numbers, const std::string& key) {
    return numbers.emplace(key, numbers.size() + 1).first->second;
  };
  const std::string subnet(reinterpret_cast<const char*>(b), 8);
  const std::size_t host =
      number(members_["6" + subnet], std::string(reinterpret_cast<const char*>(b), 16));
  if (b[0] == 0xFE && (b[1] & 0xC0) == 0x80) return remember(real, fmt::format("fe80::{:x}", host));
  const bool local = (b[0] & 0xFE) == 0xFC;
  const std::size_t net = number(subnets_[local ? "fd" : "2001"], subnet);
  return remember(real, local ? fmt::format("fd00:0:0:{:x}::{:x}", net, host)
                              : fmt::format("2001:db8:0:{:x}::{:x}", net, host));
}

// The parts that name no machine or person stay: well-known SIDs, and well-known RIDs of a domain.
std::string Pseudonyms::sid(std::string_view real) {
  if (real.size() <= 12 && real.rfind("S-1-5-21", 0) != 0) return std::string(real);
  if (real.rfind("S-1-5-32-", 0) == 0 || real.rfind("S-1-16-", 0) == 0) return std::string(real);
  if (const std::string* term = known(real)) return *term;
  const auto last = real.rfind('-');
  const std::string_view rid = real.substr(last + 1);
  const std::string domain(real.substr(0, last));
  auto& domains = subnets_["sid"];
  const std::size_t number = domains.emplace(domain, domains.size() + 1).first->second;
  auto& members = members_["sid" + domain];
  const std::size_t member = members.emplace(std::string(rid), members.size() + 1).first->second;
  const bool well_known = rid.size() <= 3;
  return remember(real, fmt::format("S-1-5-21-0-0-{}-{}", number,
                                    well_known ? std::string(rid) : std::to_string(1000 + member)));
}

// "rds01.corp.example": the host's own pseudonym and its domain's, which "CORP" alone gets too.
std::string Pseudonyms::fqdn(std::string_view real, Source source) {
  const auto dot = real.find('.');
  const std::string_view host = real.substr(0, dot), domain = real.substr(dot + 1);
  const std::string_view first = domain.substr(0, domain.find('.'));
  // "corp.example" itself has nothing before the domain.
  const bool is_domain = first.size() == domain.size();
  const std::string left = pseudonym(host, is_domain ? Kind::domain : Kind::host, source);
  const std::string right = is_domain ? "example" : pseudonym(first, Kind::domain, source);
  if (const std::string* term = known(real)) return *term;
  if (is_domain) return remember(real, left + ".example");
  const std::string* whole = known(domain);
  const std::string suffix = whole ? *whole : remember(domain, right + ".example");
  return remember(real, left + "." + suffix);
}

std::string Pseudonyms::mail(std::string_view real, Source source) {
  if (const std::string* term = known(real)) return *term;
  const auto at = real.find('@');
  const std::string user = pseudonym(real.substr(0, at), Kind::user, source);
  return remember(real, user + "@" + fqdn(real.substr(at + 1), source));
}

std::string Pseudonyms::word(std::string_view real) {
  if (const std::string* term = known(real)) return *term;
  if (real.size() <= 2 || is_plain_number(real) || is_harmless(real)) return std::string(real);
  return pseudonym(real, Kind::name);
}

// Each word of something joined by dots on its own.
std::string Pseudonyms::parts(std::string_view real) {
  std::string out;
  for (const std::string_view part : base::split(real, '.'))
    out += (out.empty() ? "" : ".") + word(part);
  return out;
}

std::string Pseudonyms::chunk(std::string_view real, Source source) {
  if (const std::string* term = known(real)) return *term;
  if (octets_of(real)) return ipv4(real);
  if (is_joined_number(real) || is_plain_number(real)) return std::string(real);
  if (is_harmless(real)) return std::string(real);
  if (is_guid(real)) {
    return remember(real, fmt::format("00000000-0000-4000-8000-{:012x}", ++counters_["guid"]));
  }
  if (is_mac(real, '-')) {
    return remember(real, fmt::format("02-00-00-00-00-{:02x}", ++counters_["mac"] % 256));
  }
  if (real.rfind("S-1-", 0) == 0 && real.size() > 6) return sid(real);
  const auto at = real.find('@');
  if (at != std::string_view::npos && at != 0 && at + 1 < real.size()) return mail(real, source);
  if (std::none_of(real.begin(), real.end(), is_joiner)) return word(real);

  // A name that ends like a file is its words; another one with dots is a host.
  const auto dot = real.rfind('.');
  const bool file = dot != std::string_view::npos && is_file_ending(real.substr(dot + 1));
  if (dot != std::string_view::npos && !file) {
    const std::string_view last = real.substr(dot + 1);
    const bool labels = std::all_of(real.begin(), real.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
    if (is_logger(real)) return parts(real);
    if (labels && last.size() >= 2 && std::all_of(last.begin(), last.end(), is_letter))
      return fqdn(real, source);
  }
  std::string out;
  bool all_known = true;
  std::size_t begin = 0, parts = 0;
  std::string first;
  for (std::size_t i = 0; i <= real.size(); ++i) {
    if (i < real.size() && !is_joiner(real[i])) continue;
    const std::string_view part = real.substr(begin, i - begin);
    if (is_identity(part) || (part.size() > 2 && !is_plain_number(part) && !vocabulary_.has(part)))
      all_known = false;
    if (parts++ == 0) first = base::to_lower_ascii(part);
    begin = i + 1;
  }
  // Identifiers of programs and names of log files stay readable when every word is known.
  if (all_known && (file || (real.find('-') == std::string_view::npos &&
                             identifier_families().count(first) != 0)))
    return std::string(real);
  if (!file) return pseudonym(real, Kind::name);
  const std::string ending(real.substr(dot));
  return pseudonym(real.substr(0, dot), Kind::name) + ending;
}

std::string Pseudonyms::text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const std::string_view all = text;
  while (!text.empty()) {
    const std::size_t position = all.size() - text.size();
    // IPv6 and a MAC with colons are the only things that go over a separator.
    if (is_hex(text.front()) || text.front() == ':') {
      std::size_t length = 0;
      while (length < text.size() &&
             (is_hex(text[length]) || text[length] == ':' ||
              (text[length] == '.' && length + 1 < text.size() && is_digit(text[length + 1]))))
        ++length;
      std::string_view run = text.substr(0, length);
      while (!run.empty() && run.back() == ':' && !run.ends_with("::")) run.remove_suffix(1);
      const bool begins = position == 0 || !is_chunk(all[position - 1]);
      const bool ends =
          run.size() == text.size() || !is_chunk(text[run.size()]) || text[run.size()] == '.';
      if (begins && ends && std::count(run.begin(), run.end(), ':') >= 2) {
        std::string replacement;
        if (is_mac(run, ':')) {
          const std::string* term = known(run);
          replacement =
              term ? *term
                   : remember(run, fmt::format("02:00:00:00:00:{:02x}", ++counters_["mac"] % 256));
        } else {
          replacement = ipv6(run);
        }
        if (!replacement.empty()) {
          out += replacement;
          text.remove_prefix(run.size());
          continue;
        }
      }
    }
    const std::string_view piece = chunk_at(text);
    if (piece.empty()) {
      out += take_separator(text);
      continue;
    }
    const char before = position == 0 ? ' ' : all[position - 1];
    const std::string_view behind = text.substr(piece.size());
    // \\HOST\share
    if (before == '\\' && position >= 2 && all[position - 2] == '\\' &&
        (position == 2 || !is_chunk(all[position - 3])) && !octets_of(piece)) {
      out += name(piece, Kind::host, Source::prose);
      text.remove_prefix(piece.size());
      continue;
    }
    // DOMAIN\user, also with the backslash doubled as JSON writes it; not a path, not a key.
    const std::size_t slashes = behind.rfind("\\\\", 0) == 0 ? 2
                                : behind.rfind('\\', 0) == 0 ? 1
                                                             : 0;
    if (slashes != 0 && before != '\\' && before != '/' && before != ':' && before != '%') {
      const std::string_view user = chunk_at(behind.substr(slashes));
      const std::string_view rest =
          user.empty() ? std::string_view() : behind.substr(slashes + user.size());
      // SERVER\admin: both are words, and both are names elsewhere.
      const bool both_words = is_harmless(piece) && is_harmless(user) &&
                              !(is_ambiguous(piece) && (is_ambiguous(user) || is_well_known(user)));
      if (!user.empty() && (rest.empty() || rest.front() != '\\') && !both_words &&
          piece.find("HKEY") == std::string_view::npos) {
        out += name(piece, Kind::domain, Source::prose) + std::string(slashes, '\\') +
               name(user, Kind::user, Source::prose);
        text.remove_prefix(piece.size() + slashes + user.size());
        continue;
      }
    }
    out += chunk(piece);
    text.remove_prefix(piece.size());
  }
  return out;
}

std::string Pseudonyms::own_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view piece = chunk_at(text);
    if (piece.empty()) {
      out += take_separator(text);
      continue;
    }
    out += holds_identity(piece) ? chunk(piece) : std::string(piece);
    text.remove_prefix(piece.size());
  }
  return out;
}

}  // namespace rdptriage::report
