#include "pipeline/focus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace rdptriage::pipeline {

namespace {
constexpr std::int64_t kHour = std::int64_t{3600} * 10'000'000;
// Clocks that are an hour off still log on, and an attempt's records go on for a while.
constexpr std::int64_t kClockMargin = 3 * kHour;
constexpr std::int64_t kZoneMargin = 14 * kHour;  // local times whose zone is not known
constexpr std::size_t kMostNames = 10;

Notice note(const char* code, std::string text) { return {code, std::move(text), {}, {}, 0}; }

std::string some_of(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const auto shown = std::min(names.size(), kMostNames);
  std::string out =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + std::ptrdiff_t(shown), ", "));
  if (shown < names.size()) out += fmt::format(" and {} more", names.size() - shown);
  return out;
}
}  // namespace

std::vector<bool> lasting_rules(const rule::CompiledRules& rules) {
  std::vector<bool> lasting;
  for (const rule::RuleInfo& rule : rules.rules()) {
    lasting.push_back(rule.triage.holds || rule.generated_for);
  }
  return lasting;
}

KeptTimes::KeptTimes(const Focus& focus, const rule::CompiledRules& rules)
    : window_(timeline::window_of(focus)) {
  if (!window_.empty()) lasting_ = lasting_rules(rules);
}

bool KeptTimes::wants(const EventKey& key, std::span<const rule::RuleIndex> matched) const {
  if (lasting_.empty() || !key.time) return true;
  if (key.time_quality != TimeQuality::utc && key.time_quality != TimeQuality::local) return true;
  const std::int64_t margin =
      key.time_quality == TimeQuality::utc ? kClockMargin : kClockMargin + kZoneMargin;
  if (window_.ends_before(key.time->ticks - margin)) return false;
  if (!window_.begins_after(key.time->ticks + margin)) return true;
  return std::any_of(matched.begin(), matched.end(),
                     [this](rule::RuleIndex rule) { return lasting_[rule]; });
}

void drop_left_out(const rule::CompiledRules& rules, const timeline::Timeline& timeline,
                   Gathered& gathered) {
  const std::vector<bool> lasting = lasting_rules(rules);
  const auto is_out = [&](const DetectionHit& hit) {
    const timeline::LeftOut left_out = timeline.places[hit.event].left_out;
    return left_out != timeline::LeftOut::no &&
           !(left_out == timeline::LeftOut::earlier && lasting[hit.rule]);
  };
  for (const DetectionHit& hit : gathered.hits) {
    if (is_out(hit) && gathered.match_count[hit.rule] != 0) --gathered.match_count[hit.rule];
  }
  std::erase_if(gathered.hits, is_out);
}

void OtherTimes::add(const OtherTimes& others, const timeline::TimeWindow& window) {
  matches += others.matches;
  if (!others.nearest) return;
  // Of two that are as near, the earlier: the order of files must not matter.
  const auto rank = [&](std::int64_t at) { return std::pair(window.distance(at), at); };
  if (!nearest || rank(*others.nearest) < rank(*nearest)) nearest = others.nearest;
}

bool nothing_is_left(const timeline::Timeline& timeline, const Gathered& gathered) {
  const bool left_out =
      timeline.narrowing.attempts_left_out != 0 || gathered.other_times.matches != 0;
  // What lasts from earlier times is no reason to say that something failed.
  return left_out && timeline.attempts.empty() &&
         std::all_of(gathered.hits.begin(), gathered.hits.end(), [&](const DetectionHit& hit) {
           return timeline.places[hit.event].left_out != timeline::LeftOut::no;
         });
}

void tell_times(const timeline::Timeline& timeline, Gathered& gathered) {
  if (const std::size_t count = timeline.records_without_time; count != 0) {
    gathered.notices.push_back(
        note("TIMES_MISSING",
             fmt::format("{} record{} about connections {} no time, so nothing tells which attempt "
                         "they belong to; export them again with TimeCreated",
                         count, count == 1 ? "" : "s", count == 1 ? "has" : "have")));
  }
  bool has_local = false, has_instants = false;
  std::set<std::optional<timeline::HostIndex>> machines;
  for (const timeline::Place& place : timeline.places) {
    has_instants = has_instants || place.scale == timeline::TimeScale::common;
    if (place.scale != timeline::TimeScale::local) continue;
    has_local = true;
    machines.insert(place.host);
  }
  if (!has_local || (!has_instants && machines.size() == 1)) return;
  gathered.notices.push_back(note(
      "LOCAL_TIMES",
      fmt::format("the times of some records have no zone; they are compared with each other{}: "
                  "if you know the zone, say --tz +01:00",
                  has_instants ? " only" : ", as of one zone")));
}

void tell_narrowing(const timeline::Timeline& timeline, Gathered& gathered) {
  const timeline::Narrowing& narrowing = timeline.narrowing;
  for (const std::string& name : narrowing.unknown_users) {
    gathered.notices.push_back(note(
        "USER_NOT_NAMED",
        fmt::format(
            "no connection attempt names the user \"{}\", so this narrowed nothing; named are: {}",
            name, some_of(narrowing.known_users))));
  }
  for (const std::string& name : narrowing.unknown_hosts) {
    gathered.notices.push_back(
        note("HOST_NOT_NAMED",
             fmt::format("the case has no machine \"{}\", so this narrowed nothing; it has: {}",
                         name, some_of(narrowing.known_hosts))));
  }
  const auto counted = [](std::uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  std::vector<std::string> parts;
  if (narrowing.attempts_left_out != 0)
    parts.push_back(counted(narrowing.attempts_left_out, "connection attempt"));
  const OtherTimes& others = gathered.other_times;
  if (others.matches != 0) parts.push_back(counted(others.matches, "matching record"));
  if (parts.empty()) return;
  std::string text =
      fmt::format("left out, being of other times, users or machines: {}", fmt::join(parts, ", "));
  if (const auto nearest = narrowing.nearest ? narrowing.nearest : others.nearest;
      nearest && timeline.attempts.empty()) {
    text += fmt::format("; the nearest is of {}Z", format_time(Timestamp{*nearest}).substr(0, 19));
  }
  gathered.notices.push_back(note("ATTEMPTS_LEFT_OUT", std::move(text)));
}

}  // namespace rdptriage::pipeline
