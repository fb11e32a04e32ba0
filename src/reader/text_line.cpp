// One line of a trace: prefix, message, and what the message says.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "reader/line_time.hpp"
#include "reader/text_format_impl.hpp"

namespace rdptriage::reader {

namespace {

constexpr std::size_t kMostGroups = 24;
using Captures = std::array<std::string_view, kMostGroups>;

bool is_changed(const FieldPattern& pattern, std::string_view field) {
  const auto is_in = [field](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), field) != names.end();
  };
  return is_in(pattern.hex) || is_in(pattern.lowered);
}

bool has_field(const LineFields& out, std::string_view name) {
  return std::any_of(out.fields.begin(), out.fields.end(),
                     [&](const Field& f) { return f.name == name; });
}

void add(LineFields& out, std::string_view name, std::string_view value) {
  out.fields.push_back({name, value, FieldSection::other, ValueKind::text});
}

// Named groups that took part become fields; the first value of a name stays.
void add_groups(const FieldPattern& pattern, const Captures& captures,
                std::vector<std::string>& storage, LineFields& out, TimeGroups& time) {
  for (const auto& [name, index] : pattern.pattern.named_groups()) {
    if (index >= kMostGroups || captures[index].data() == nullptr) continue;
    const std::string_view value = captures[index];
    if (name == kCarriedLine || time.take(name, value) || has_field(out, name)) continue;
    if (!is_changed(pattern, name)) {
      add(out, name, value);
    } else {
      storage.push_back(shown_value(pattern, name, value));
      add(out, name, storage.back());
    }
  }
  for (const auto& [name, value] : pattern.set) {
    if (!has_field(out, name)) add(out, name, value);
  }
}

// The first prefix that fits there, null when none does. To ask whether an expression fits at all
// costs a fraction of what its groups cost; most lines begin as the one before (`last`) did.
const FieldPattern* find_prefix(const TextFormat& format, std::string_view line,
                                base::Anchor anchor, const FieldPattern* last, Captures& captures) {
  for (const FieldPattern& prefix : format.prefixes) {
    const bool is_likely = anchor == base::Anchor::start && &prefix == last;
    if (!is_likely && !prefix.pattern.match(line, anchor, {})) continue;
    if (prefix.pattern.match(line, anchor, captures)) return &prefix;
  }
  return nullptr;
}

// A mail quotes what a terminal numbered; more than that nobody puts in front of a line.
constexpr int kMostCarriers = 3;

// The first carrier that fits, null when none does.
const FieldPattern* find_carrier(const FormatSet::Impl& set, std::string_view line) {
  std::vector<int> found;
  if (set.all_carriers && set.all_carriers->match(line, found)) {
    return found.empty() ? nullptr : &set.carriers[static_cast<std::size_t>(found.front())];
  }
  for (const FieldPattern& each : set.carriers) {
    if (each.pattern.match(line, base::Anchor::start, {})) return &each;
  }
  return nullptr;
}

// The line without what those put in front of it that carried it, whose groups go to `take`.
template <class Take>
std::string_view without_carriers(const FormatSet::Impl& set, std::string_view line, Take take) {
  for (int depth = 0; depth < kMostCarriers; ++depth) {
    const FieldPattern* carrier = find_carrier(set, line);
    Captures captures{};
    if (carrier == nullptr || !carrier->pattern.match(line, base::Anchor::start, captures)) break;
    take(*carrier, captures);
    line = captures[*carrier->pattern.group(kCarriedLine)];
  }
  return line;
}
}  // namespace

std::string_view carried_line(const FormatSet::Impl& set, std::string_view line) {
  return without_carriers(set, line, [](const auto&, const auto&) {});
}

std::string shown_value(const FieldPattern& pattern, std::string_view field,
                        std::string_view value) {
  const auto is_in = [field](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), field) != names.end();
  };
  if (is_in(pattern.hex)) {
    std::uint32_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return fmt::format("{:#x}", number);
  }
  return is_in(pattern.lowered) ? base::to_lower_ascii(value) : std::string(value);
}

void take_line_apart(const FormatSet::Impl& set, const TextFormat& format, std::string_view line,
                     LineSigns signs, std::vector<std::string>& storage, LineFields& out) {
  // Views into `storage` must survive its growth: short strings move with their vector.
  storage.clear();
  storage.reserve(64);
  out.fields.clear();
  out.time.reset();
  out.time_quality = TimeQuality::none;
  out.glued = {};
  Captures captures{};
  TimeGroups time, carried;
  // At the start; behind what carried the line; farther in, behind a prompt or where a line cut an
  // older one in two.
  std::string_view own = line;
  const FieldPattern* prefix = find_prefix(format, line, base::Anchor::start, out.prefix, captures);
  if (prefix == nullptr) {
    own = without_carriers(set, line, [&](const FieldPattern& carrier, const Captures& groups) {
      add_groups(carrier, groups, storage, out, carried);
    });
    if (own.size() != line.size())
      prefix = find_prefix(format, own, base::Anchor::start, out.prefix, captures);
    if (prefix == nullptr)
      prefix = find_prefix(format, own, base::Anchor::nowhere, nullptr, captures);
  }
  out.has_prefix = prefix != nullptr;
  if (prefix != nullptr) {
    out.prefix = prefix;
    const auto first = static_cast<std::size_t>(captures[0].data() - own.data());
    out.glued = own.substr(0, first);
    add_groups(*prefix, captures, storage, out, time);
    if (prefix->rest_is_message) add(out, "Message", own.substr(first + captures[0].size()));
  }
  if (!has_field(out, "Message")) add(out, "Message", base::trim(own));
  const std::string_view message =
      std::find_if(out.fields.begin(), out.fields.end(), [](const Field& f) {
        return f.name == "Message";
      })->value;
  for (std::size_t i = 0; i < set.extractions.size(); ++i) {
    const FieldPattern& extraction = set.extractions[i];
    if (storage.size() + 16 > storage.capacity()) break;
    if (!signs.may_extract(i)) continue;
    captures.fill({});
    if (extraction.pattern.match(message, base::Anchor::nowhere, captures)) {
      add_groups(extraction, captures, storage, out, time);
    }
  }
  carried.store(out.time, out.time_quality);
  // A clock without a date says less than the date of whoever carried the line.
  if (time.has_date() || !carried.has_date()) time.store(out.time, out.time_quality);
  if (!format.client.empty() && !has_field(out, "Client")) add(out, "Client", format.client);
  add(out, "RawLine", line);
}

namespace {
constexpr std::size_t kLinesOfOneSign = 50;
}  // namespace

std::pair<const TextFormat*, std::size_t> find_format(const FormatSet::Impl& set,
                                                      std::string_view text) {
  const std::uint64_t seen = set.signs.look(text);
  std::vector<std::size_t> votes(set.formats.size());
  std::size_t lines = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    if (++lines > 400) break;
    const std::string_view part = line.substr(0, 2000);
    const std::string_view own = seen == 0 ? part : carried_line(set, part);
    for (std::size_t i = 0; i < set.formats.size(); ++i) {
      if (!SignFinder::may_speak(seen, i)) continue;
      votes[i] += std::any_of(
          set.formats[i].signs.begin(), set.formats[i].signs.end(), [&](const base::Pattern& sign) {
            return sign.search(part) || (own.size() != part.size() && sign.search(own));
          });
    }
  }
  const TextFormat* best = nullptr;
  std::size_t most = 0;
  for (std::size_t i = 0; i < votes.size(); ++i) {
    // One word about a gateway in the long log of another program makes it no trace.
    if (set.formats[i].catch_all && votes[i] * kLinesOfOneSign < lines) continue;
    const bool is_better =
        votes[i] > most || (votes[i] == most && best != nullptr && best->catch_all);
    if (votes[i] == 0 || !is_better) continue;
    best = &set.formats[i];
    most = votes[i];
  }
  return {best, most};
}

const TextFormat* format_of_name(const FormatSet::Impl& set, std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  for (const TextFormat& format : set.formats) {
    if (std::any_of(format.names.begin(), format.names.end(),
                    [name](const base::Pattern& pattern) { return pattern.search(name); })) {
      return &format;
    }
  }
  return nullptr;
}

}  // namespace rdptriage::reader
