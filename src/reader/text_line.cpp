// One line of a trace: prefix, message, and what the message says.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "base/time.hpp"
#include "reader/text_format_impl.hpp"

namespace rdptriage::reader {

namespace {

constexpr std::size_t kMostGroups = 24;
using Captures = std::array<std::string_view, kMostGroups>;

unsigned number(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// The groups year … millis as a time; they are not fields.
class TimeGroups {
 public:
  bool take(std::string_view name, std::string_view value) {
    if (name == "year")
      civil_.year = static_cast<int>(number(value)), has_date_ = true;
    else if (name == "month")
      civil_.month = month_of(value);
    else if (name == "day")
      civil_.day = number(value);
    else if (name == "hour")
      civil_.hour = number(value), has_time_ = true;
    else if (name == "minute")
      civil_.minute = number(value);
    else if (name == "second")
      civil_.second = number(value);
    else if (name == "half")
      afternoon_ = value == "PM" || value == "pm", has_half_ = true;
    else if (name == "zone")
      take_zone(value);
    else if (name == "fraction") {
      civil_.ticks = 0;
      for (std::size_t i = 0; i < 7; ++i) {
        civil_.ticks =
            civil_.ticks * 10 + (i < value.size() ? static_cast<unsigned>(value[i] - '0') : 0);
      }
    } else {
      return false;
    }
    return true;
  }

  void store(LineFields& out) const {
    if (!has_time_) return;
    base::CivilTime civil = civil_;
    if (has_half_) civil.hour = civil.hour % 12 + (afternoon_ ? 12 : 0);
    if (civil.year < 100) civil.year += 2000;
    if (const auto ticks = base::ticks_from_civil(civil)) {
      out.time = Timestamp{*ticks - ahead_minutes_ * 60 * base::kTicksPerSecond};
      out.time_quality = !has_date_ ? TimeQuality::order_only
                         : zoned_   ? TimeQuality::utc
                                    : TimeQuality::local;
    }
  }

 private:
  // "11" or "Nov"; anything else is no month, and so no time.
  static unsigned month_of(std::string_view value) {
    constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto known = std::find(kNames.begin(), kNames.end(), value);
    if (known == kNames.end()) return number(value);
    return static_cast<unsigned>(known - kNames.begin()) + 1;
  }

  // "Z", "+0100", "-05:30".
  void take_zone(std::string_view value) {
    if (value.size() >= 5 && (value[0] == '+' || value[0] == '-')) {
      const int minutes = static_cast<int>(number(value.substr(1, 2)) * 60 +
                                           number(value.substr(value.size() - 2)));
      ahead_minutes_ = value[0] == '-' ? -minutes : minutes;
      zoned_ = true;
    } else {
      zoned_ = value == "Z" || value == "UTC" || value == "GMT";
    }
  }

  base::CivilTime civil_;
  std::int64_t ahead_minutes_ = 0;
  bool has_date_ = false, has_time_ = false, has_half_ = false, afternoon_ = false, zoned_ = false;
};

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
    if (time.take(name, value) || has_field(out, name)) continue;
    if (std::find(pattern.lowered.begin(), pattern.lowered.end(), name) != pattern.lowered.end()) {
      storage.push_back(base::to_lower_ascii(value));
      add(out, name, storage.back());
    } else {
      add(out, name, value);
    }
  }
  for (const auto& [name, value] : pattern.set) {
    if (!has_field(out, name)) add(out, name, value);
  }
}

// The prefix that the line begins with, or that stands farther in: behind a prompt, or where a line
// cut an older one in two. Null when there is none. To ask whether an expression fits at all costs
// a fraction of what its groups cost; most lines begin as the one before (`last`) did.
const FieldPattern* find_prefix(const TextFormat& format, std::string_view line,
                                const FieldPattern* last, Captures& captures) {
  for (const base::Anchor anchor : {base::Anchor::start, base::Anchor::nowhere}) {
    for (const FieldPattern& prefix : format.prefixes) {
      const bool is_likely = anchor == base::Anchor::start && &prefix == last;
      if (!is_likely && !prefix.pattern.match(line, anchor, {})) continue;
      if (prefix.pattern.match(line, anchor, captures)) return &prefix;
    }
  }
  return nullptr;
}
}  // namespace

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
  TimeGroups time;
  if (const FieldPattern* const prefix = find_prefix(format, line, out.prefix, captures)) {
    out.prefix = prefix;
    const auto first = static_cast<std::size_t>(captures[0].data() - line.data());
    out.glued = line.substr(0, first);
    add_groups(*prefix, captures, storage, out, time);
    if (prefix->rest_is_message) add(out, "Message", line.substr(first + captures[0].size()));
  }
  if (!has_field(out, "Message")) add(out, "Message", base::trim(line));
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
  time.store(out);
  if (!format.client.empty() && !has_field(out, "Client")) add(out, "Client", format.client);
  add(out, "RawLine", line);
}

std::pair<const TextFormat*, std::size_t> find_format(const FormatSet::Impl& set,
                                                      std::string_view text) {
  const std::uint64_t seen = set.signs.look(text);
  std::vector<std::size_t> votes(set.formats.size());
  std::size_t lines = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    if (++lines > 400) break;
    const std::string_view part = line.substr(0, 2000);
    for (std::size_t i = 0; i < set.formats.size(); ++i) {
      if (!SignFinder::may_speak(seen, i)) continue;
      votes[i] += std::any_of(set.formats[i].signs.begin(), set.formats[i].signs.end(),
                              [&](const base::Pattern& sign) { return sign.search(part); });
    }
  }
  const TextFormat* best = nullptr;
  std::size_t most = 0;
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const bool is_better =
        votes[i] > most || (votes[i] == most && best != nullptr && best->catch_all);
    if (votes[i] == 0 || !is_better) continue;
    best = &set.formats[i];
    most = votes[i];
  }
  return {best, most};
}

}  // namespace rdptriage::reader
