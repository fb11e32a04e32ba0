#include "timeline/hosts.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/text.hpp"
#include "rdptriage/focus.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
// Farther than that, a clock is not off: somebody typed a number.
constexpr std::int64_t kMostSeconds = std::int64_t{100} * 365 * 86'400;
constexpr std::size_t kMostSamples = 1000;
// Names of fewer letters ("pc") are words of too many paths.
constexpr std::size_t kShortestInPath = 4;
constexpr std::size_t kMostNames = 64;
constexpr std::size_t kMostInPaths = 256;

bool is_ipv4(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}
bool is_ipv6(std::string_view text) {
  return std::count(text.begin(), text.end(), ':') > 1 &&
         text.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string_view::npos;
}
// "10.0.0.5:51234", "[fe80::1%4]:3389", "10.0.0.5(Preferred)" → the address; other text as it is.
std::string_view bare_address(std::string_view text) {
  text = text.substr(0, text.find('('));
  if (!text.empty() && text.front() == '[') {
    text =
        text.substr(1, text.find(']') == std::string_view::npos ? text.size() : text.find(']') - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  return text.substr(0, text.find('%'));
}

// Addresses that every machine has, or that say that there is none.
bool names_nobody(std::string_view key) {
  return key.empty() || key == "-" || key == "0.0.0.0" || key == "::" || key == "::1" ||
         key == "localhost" || key == "unknown" || key.substr(0, 4) == "127." ||
         key.substr(0, 8) == "169.254." || key.substr(0, 5) == "fe80:";
}

std::string_view field_of(const event::Event& event, std::string_view name) {
  for (const Field& field : event.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

// The machine that wrote the record. Captures and traces say it in HostKey when the reader knows.
std::string_view logging_host(const event::Event& event) {
  if (event.system.computer && !event.system.computer->empty()) return *event.system.computer;
  return field_of(event, "HostKey");
}

// "UTC+01:00", "(UTC-05:30) …": local time is so far ahead of UTC. A bare number is what Windows
// keeps, minutes to add to local time, as a signed or unsigned 32-bit value.
std::optional<std::int64_t> zone_of(std::string_view text) {
  const auto utc = text.find("UTC");
  if (utc != std::string_view::npos) {
    text.remove_prefix(utc + 3);
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return 0;
    return parse_zone(text.substr(0, text.find_first_not_of("+-:0123456789")));
  }
  std::int64_t bias = 0;
  text = base::trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bias);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (bias > INT32_MAX) bias -= std::int64_t{1} << 32;
  if (bias < -14 * 60 || bias > 14 * 60) return std::nullopt;
  return -bias * kMinute;
}

// "+00.0312345", "-312.4000000": seconds, as w32tm shows them.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
  text = base::trim(text);
  const bool behind = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t seconds = 0, fraction = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || seconds > kMostSeconds) return std::nullopt;
  if (at != end && *at == '.') {
    std::int64_t unit = kSecond / 10;
    for (++at; at != end && *at >= '0' && *at <= '9'; ++at, unit /= 10)
      fraction += (*at - '0') * unit;
  }
  const std::int64_t ticks = seconds * kSecond + fraction;
  return behind ? -ticks : ticks;
}

class HostTable {
 public:
  HostTable(const event::EventStore& store, Timeline& timeline) : timeline_(timeline) {
    // Machines of two domains may share their first label; then the whole name tells them apart.
    std::map<std::string, std::set<std::string>, std::less<>> full_names;
    for (const event::Event& event : store.events()) {
      const auto name = logging_host(event);
      if (name.find('.') == std::string_view::npos || is_address(name)) continue;
      if (name == last_) continue;
      last_ = name;
      full_names[host_key(name)].insert(base::to_lower_ascii(name));
    }
    for (auto& [label, names] : full_names) {
      if (names.size() > 1) shared_labels_.insert(label);
    }
  }

  std::string key_of(std::string_view name) const {
    std::string key = host_key(name);
    const bool full = name.find('.') != std::string_view::npos && !is_address(key);
    if (full && shared_labels_.count(key) != 0) key = base::to_lower_ascii(base::trim(name));
    return names_nobody(key) ? std::string() : key;
  }

  std::optional<HostIndex> index_of(std::string_view name) {
    std::string key = key_of(name);
    if (key.empty()) return std::nullopt;
    if (const auto known = find(key)) return known;
    const auto index = static_cast<HostIndex>(timeline_.hosts.size());
    by_key_.emplace(key, index);
    HostRecord& host = timeline_.hosts.emplace_back();
    host.key = std::move(key);
    host.name = std::string(name);
    return index;
  }

  std::optional<HostIndex> find(std::string_view key) const {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? std::nullopt : std::optional(at->second);
  }

  // Another name of the host. A name that two hosts claim (an address of two private networks) is
  // nobody's.
  void add_alias(HostIndex host, std::string_view name) {
    std::string key = key_of(is_address(name) ? bare_address(name) : name);
    if (key.empty() || key == timeline_.hosts[host].key) return;
    claimed_[std::move(key)].insert(host);
  }

  void settle_aliases() {
    for (const auto& [key, hosts] : claimed_) {
      if (hosts.size() != 1 || find(key)) continue;
      by_key_.emplace(key, *hosts.begin());
      timeline_.hosts[*hosts.begin()].aliases.push_back(key);
    }
  }

  void add_role(HostIndex host, const std::string& role) {
    auto& roles = timeline_.hosts[host].roles;
    const auto at = std::lower_bound(roles.begin(), roles.end(), role);
    if (at == roles.end() || *at != role) roles.insert(at, role);
  }

 private:
  Timeline& timeline_;
  std::string_view last_;
  std::set<std::string, std::less<>> shared_labels_;
  std::map<std::string, HostIndex, std::less<>> by_key_;
  std::map<std::string, std::set<HostIndex>> claimed_;
};

// Whose file it is: the host whose name its path holds (the longest, then the first), or the only
// host that its folder knows, where a case has a folder for each machine.
class PathHosts {
 public:
  PathHosts(const event::EventStore& store, std::span<const std::string> paths,
            const Timeline& timeline)
      : paths_(paths), timeline_(timeline), of_(paths.size()) {
    std::map<std::string, std::set<HostIndex>> of_folder;
    for (std::size_t i = 0; i < store.events().size(); ++i) {
      const std::uint32_t artifact = store.events()[i].locator.artifact;
      const auto host = timeline.places[i].host;
      if (host && artifact < paths.size()) of_folder[folder_of(paths[artifact])].insert(*host);
    }
    std::set<std::string> folders;
    for (const std::string& path : paths) folders.insert(folder_of(path));
    for (std::size_t artifact = 0; artifact < paths.size(); ++artifact) {
      of_[artifact] = named_in(base::to_lower_ascii(paths[artifact]));
      if (of_[artifact] || folders.size() < 2) continue;
      const auto known = of_folder.find(folder_of(paths[artifact]));
      if (known != of_folder.end() && known->second.size() == 1)
        of_[artifact] = *known->second.begin();
    }
  }

  std::optional<HostIndex> of(std::uint32_t artifact) const {
    return artifact < of_.size() ? of_[artifact] : std::nullopt;
  }

 private:
  static std::string folder_of(const std::string& path) {
    const auto slash = path.find_last_of("/\\");
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
  }

  std::optional<HostIndex> named_in(const std::string& path) const {
    std::optional<HostIndex> best;
    std::size_t longest = kShortestInPath - 1;
    const auto hosts = std::min(timeline_.hosts.size(), kMostInPaths);
    for (HostIndex host = 0; host < hosts; ++host) {
      const std::string& key = timeline_.hosts[host].key;
      if (key.size() > longest && base::has_word(path, key)) {
        best = host;
        longest = key.size();
      }
    }
    return best;
  }

  std::span<const std::string> paths_;
  const Timeline& timeline_;
  std::vector<std::optional<HostIndex>> of_;
};

std::span<const std::string> first_of(const std::vector<std::string>& names) {
  return std::span(names).first(std::min(names.size(), kMostNames));
}

// What a capture says of the machine's zone and clock. The offset that was in force (a number of
// minutes) is worth more than the name of a zone, which is the same in summer.
void take_clock(const HostClaim& claim, HostRecord& host) {
  if (!claim.zone.empty()) {
    const bool by_name = claim.zone.front() == '(';
    const auto zone = zone_of(claim.zone);
    if (zone && (!host.zone || !by_name)) {
      host.zone = zone;
      host.zone_may_be_summer = by_name && claim.zone.find("UTC)") == std::string::npos;
    }
  }
  if (const auto ahead = parse_seconds(claim.clock);
      ahead && host.time_server.size() < kMostSamples)
    host.time_server.push_back(*ahead);
}

// A machine is updated, never the other way: the last build that a capture shows.
void take_build(const HostClaim& claim, HostRecord& host) {
  const auto build = find_product_build(claim.build);
  if (!build) return;
  const auto number = [](const ProductBuild& b) { return std::pair(b.build, b.revision); };
  if (!host.build || number(*host.build) < number(*build)) host.build = build;
}

// A capture or a line of a trace, as against a record that names its machine itself.
bool may_be_placed_by_path(const event::Event& event) {
  return !event.system.computer && event.key.channel.empty();
}
}  // namespace

bool is_address(std::string_view name) {
  const auto address = bare_address(base::trim(name));
  return is_ipv4(address) || is_ipv6(address);
}

std::string host_key(std::string_view name) {
  name = base::trim(name);
  while (!name.empty() && name.front() == '\\') name.remove_prefix(1);
  if (is_address(name)) return base::to_lower_ascii(bare_address(name));
  name = name.substr(0, name.find('.'));
  return name == "-" ? std::string() : base::to_lower_ascii(name);
}

std::string user_key(std::string_view name) {
  name = base::trim(name);
  if (const auto slash = name.rfind('\\'); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  name = name.substr(0, name.find('@'));
  if (name.empty() || name == "-" || name.back() == '$') return {};
  return base::to_lower_ascii(name);
}

void identify_hosts(const event::EventStore& store, const TimelineInput& input,
                    Timeline& timeline) {
  const auto& claims = input.claims;
  HostTable table(store, timeline);
  const auto& events = store.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    timeline.places[i].host = table.index_of(logging_host(events[i]));
  }
  // A capture that names its machine names it for the whole file.
  std::map<std::uint32_t, std::set<HostIndex>> named_by;
  for (const HostClaim& claim : claims) {
    Place& place = timeline.places[claim.event];
    if (!claim.name.empty() && !place.host) place.host = table.index_of(claim.name);
    if (claim.name.empty() || !place.host || claim.names.empty()) continue;
    for (const std::string& name : first_of(claim.names)) table.add_alias(*place.host, name);
    named_by[events[claim.event].locator.artifact].insert(*place.host);
  }
  // Names of a third machine, which matter when the case knows it.
  for (const HostClaim& claim : claims) {
    if (!claim.name.empty()) continue;
    for (const std::string& known : first_of(claim.names)) {
      const auto host = table.find(table.key_of(known));
      if (!host) continue;
      for (const std::string& name : first_of(claim.names)) table.add_alias(*host, name);
    }
  }
  table.settle_aliases();
  // Machines that the user names have files, too, that are told by their path alone.
  for (const KnownHost& known : input.known) {
    const auto host = table.index_of(known.name);
    if (host && !known.role.empty()) table.add_role(*host, known.role);
  }
  const PathHosts by_path(store, input.paths, timeline);
  for (std::size_t i = 0; i < events.size(); ++i) {
    Place& place = timeline.places[i];
    if (place.host || !may_be_placed_by_path(events[i])) continue;
    const auto named = named_by.find(events[i].locator.artifact);
    place.host = named != named_by.end() && named->second.size() == 1
                     ? std::optional(*named->second.begin())
                     : by_path.of(events[i].locator.artifact);
  }
  timeline.artifact_hosts.resize(input.paths.size());
  for (std::uint32_t i = 0; i < input.paths.size(); ++i) {
    const auto named = named_by.find(i);
    timeline.artifact_hosts[i] = named != named_by.end() && named->second.size() == 1
                                     ? std::optional(*named->second.begin())
                                     : by_path.of(i);
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& host = timeline.places[i].host;
    if (const auto role = field_of(events[i], "HostRole"); host && !role.empty()) {
      table.add_role(*host, std::string(role));
    }
  }
  for (const HostClaim& claim : claims) {
    const auto& host = timeline.places[claim.event].host;
    if (!host) continue;
    if (!claim.role.empty()) table.add_role(*host, claim.role);
    take_clock(claim, timeline.hosts[*host]);
    take_build(claim, timeline.hosts[*host]);
  }
  for (const KnownHost& known : input.known) {
    const auto host = table.find(table.key_of(known.name));
    if (!host || !known.zone) continue;
    timeline.hosts[*host].zone = known.zone;
    timeline.hosts[*host].zone_may_be_summer = false;
  }
  for (HostRecord& host : timeline.hosts)
    std::sort(host.time_server.begin(), host.time_server.end());
}

HostFinder::HostFinder(const Timeline& timeline) {
  const auto add = [this](const std::string& key, HostIndex host) {
    const auto [at, added] = by_name_.emplace(key, host);
    if (!added && at->second != host) at->second = std::nullopt;  // the label of several machines
  };
  for (HostIndex i = 0; i < timeline.hosts.size(); ++i) {
    const HostRecord& host = timeline.hosts[i];
    add(host.key, i);
    if (const std::string label = host_key(host.key); label != host.key) add(label, i);
    for (const std::string& alias : host.aliases) add(alias, i);
  }
}

std::optional<HostIndex> HostFinder::find(std::string_view name) const {
  auto at = by_name_.find(base::to_lower_ascii(base::trim(name)));
  if (at == by_name_.end()) at = by_name_.find(host_key(name));
  return at == by_name_.end() ? std::nullopt : at->second;
}

}  // namespace rdptriage::timeline
