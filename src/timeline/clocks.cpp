#include "timeline/clocks.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
constexpr std::int64_t kUnmeasured = 120 * kSecond;
// The first records of one connection on two machines are not the same moment.
constexpr std::int64_t kLeastUncertainty = 2 * kSecond;

// "RDSH01.corp.example" and "rdsh01" are one machine.
std::string machine(std::string_view computer) {
  return base::to_lower_ascii(computer.substr(0, computer.find('.')));
}

std::string activity_of(const event::Event& event) {
  if (event.system.activity_id) return base::to_lower_ascii(*event.system.activity_id);
  for (const Field& field : event.fields) {
    if (field.name == "ActivityId") return base::to_lower_ascii(field.value);
  }
  return {};
}

using Pair = std::pair<std::uint32_t, std::uint32_t>;

struct Difference {
  std::int64_t median = 0, spread = 0;
};

Difference difference_of(std::vector<std::int64_t> samples) {
  std::sort(samples.begin(), samples.end());
  const std::int64_t median = samples[samples.size() / 2];
  const std::int64_t spread = std::max(samples.back() - median, median - samples.front());
  return {median, spread};
}
}  // namespace

Clocks measure_clocks(const event::EventStore& store) {
  Clocks out;
  std::map<std::string, std::uint32_t> known;
  std::vector<std::size_t> events_of;
  // By activity: the first time that each clock shows for it.
  std::map<std::string, std::map<std::uint32_t, std::int64_t>> first_times;
  for (const event::Event& event : store.events()) {
    const std::string name = event.system.computer ? machine(*event.system.computer)
                                                   : '\0' + std::to_string(event.locator.artifact);
    const auto clock = known.emplace(name, static_cast<std::uint32_t>(known.size())).first->second;
    events_of.resize(known.size());
    ++events_of[clock];
    out.of_event.push_back(clock);
    if (!event.key.time || event.key.time_quality != TimeQuality::utc) continue;
    const std::string activity = activity_of(event);
    if (activity.empty()) continue;
    const std::int64_t time = event.key.time->ticks;
    const auto [at, added] = first_times[activity].emplace(clock, time);
    if (!added) at->second = std::min(at->second, time);
  }
  out.clocks.assign(known.size(), {0, kUnmeasured, false});
  if (out.clocks.empty()) return out;

  std::map<Pair, std::vector<std::int64_t>> samples;
  for (const auto& [activity, times] : first_times) {
    for (const auto& [a, time_a] : times) {
      for (const auto& [b, time_b] : times) {
        if (a != b) samples[{a, b}].push_back(time_b - time_a);
      }
    }
  }
  // The clock with most records is the reference; from it outwards over measured pairs.
  const auto reference = static_cast<std::uint32_t>(
      std::max_element(events_of.begin(), events_of.end()) - events_of.begin());
  out.clocks[reference] = {0, 0, true};
  std::vector<std::uint32_t> reached = {reference};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const std::uint32_t from = reached[i];
    for (auto pair = samples.lower_bound({from, 0}); pair != samples.end(); ++pair) {
      if (pair->first.first != from) break;
      Clock& to = out.clocks[pair->first.second];
      if (to.measured) continue;
      const Difference difference = difference_of(pair->second);
      to.ahead = out.clocks[from].ahead + difference.median;
      to.uncertainty =
          out.clocks[from].uncertainty + std::max(difference.spread, kLeastUncertainty);
      to.measured = true;
      reached.push_back(pair->first.second);
    }
  }
  return out;
}

}  // namespace rdptriage::timeline
