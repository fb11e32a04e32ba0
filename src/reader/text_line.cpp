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

bool contains_ignoring_case(std::string_view text, std::string_view lower) {
  if (lower.empty()) return true;
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

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
      civil_.month = number(value);
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
      zoned_ = value == "Z" || value == "UTC" || value == "GMT";
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
      out.time = Timestamp{*ticks};
      out.time_quality = !has_date_ ? TimeQuality::order_only
                         : zoned_   ? TimeQuality::utc
                                    : TimeQuality::local;
    }
  }

 private:
  base::CivilTime civil_;
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

}  // namespace

void take_line_apart(const FormatSet::Impl& set, const TextFormat& format, std::string_view line,
                     std::vector<std::string>& storage, LineFields& out) {
  // Views into `storage` must survive its growth: short strings move with their vector.
  storage.clear();
  storage.reserve(64);
  out.fields.clear();
  out.time.reset();
  out.time_quality = TimeQuality::none;
  out.glued = {};
  Captures captures;
  TimeGroups time;
  for (const FieldPattern& prefix : format.prefixes) {
    captures.fill({});
    if (!contains_ignoring_case(line, prefix.literal) ||
        !prefix.pattern.match(line, base::Anchor::nowhere, captures)) {
      continue;
    }
    out.glued = line.substr(0, static_cast<std::size_t>(captures[0].data() - line.data()));
    add_groups(prefix, captures, storage, out, time);
    break;
  }
  if (!has_field(out, "Message")) add(out, "Message", base::trim(line));
  const std::string_view message =
      std::find_if(out.fields.begin(), out.fields.end(), [](const Field& f) {
        return f.name == "Message";
      })->value;
  for (const FieldPattern& extraction : set.extractions) {
    if (storage.size() + 16 > storage.capacity()) break;
    captures.fill({});
    if (contains_ignoring_case(message, extraction.literal) &&
        extraction.pattern.match(message, base::Anchor::nowhere, captures)) {
      add_groups(extraction, captures, storage, out, time);
    }
  }
  time.store(out);
  if (!format.client.empty() && !has_field(out, "Client")) add(out, "Client", format.client);
  add(out, "RawLine", line);
}

std::pair<const TextFormat*, std::size_t> find_format(const FormatSet::Impl& set,
                                                      std::string_view text) {
  std::vector<std::size_t> votes(set.formats.size());
  std::size_t lines = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    if (++lines > 400) break;
    const std::string_view part = line.substr(0, 2000);
    for (std::size_t i = 0; i < set.formats.size(); ++i) {
      votes[i] += std::any_of(set.formats[i].signs.begin(), set.formats[i].signs.end(),
                              [&](const base::Pattern& sign) { return sign.search(part); });
    }
  }
  const auto best = std::max_element(votes.begin(), votes.end());
  if (best == votes.end() || *best == 0) return {nullptr, 0};
  return {&set.formats[static_cast<std::size_t>(best - votes.begin())], *best};
}

}  // namespace rdptriage::reader
