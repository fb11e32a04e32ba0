#include "pipeline/seen_records.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rdptriage::pipeline {

namespace {
constexpr std::int64_t kSecond = 10'000'000;
// Zones differ by quarters of an hour, and by no more than this many.
constexpr std::int64_t kQuarter = 900 * kSecond, kMostQuarters = 56;
// Exports cut the fraction of a second.
constexpr std::int64_t kCut = kSecond;

bool has_instant(const EventKey& key) {
  return key.time &&
         (key.time_quality == TimeQuality::utc || key.time_quality == TimeQuality::local);
}
bool is_zoned(const EventKey& key) { return key.time_quality == TimeQuality::utc; }

// Machine and channel, or "" when the event does not say them or has no number in a log.
void name_log(const EventView& event, std::string& name) {
  name.clear();
  const SystemFields& system = event.system();
  if (!system.record_id || !system.computer || event.key().channel.empty()) return;
  if (!has_instant(event.key())) return;
  name.append(*system.computer).append("\n").append(event.key().channel);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

bool spans(const SeenRecords::Run& run, std::int64_t ticks, bool zoned) {
  // Times of input may be anything: no sums of two of them.
  constexpr std::int64_t kLatest = std::int64_t{1} << 60;
  if (ticks < 0 || ticks > kLatest || run.from < 0 || run.to > kLatest) return false;
  const std::int64_t from = run.from - kCut - ticks, to = run.to + kCut - ticks;
  if (zoned && run.zoned) return from <= 0 && to >= 0;
  const std::int64_t first = std::max(-floor_div(-from, kQuarter), -kMostQuarters);
  return first <= std::min(floor_div(to, kQuarter), kMostQuarters);
}
}  // namespace

SeenRecords::OfFile::OfLog& SeenRecords::OfFile::of_log(std::string name) {
  if (current_ < logs_.size() && logs_[current_].log == name) return logs_[current_];
  const auto found = std::find_if(logs_.begin(), logs_.end(),
                                  [&](const OfLog& known) { return known.log == name; });
  current_ = static_cast<std::size_t>(found - logs_.begin());
  if (found == logs_.end()) logs_.push_back({std::move(name), {}});
  return logs_[current_];
}

bool SeenRecords::OfFile::is_repeated(const EventView& event) {
  if (seen_->empty()) return false;
  name_log(event, name_);
  if (name_.empty()) return false;
  const bool repeated =
      seen_->has(name_, *event.system().record_id, event.key().time->ticks, is_zoned(event.key()));
  repeated_ += repeated ? 1 : 0;
  return repeated;
}

void SeenRecords::OfFile::add(const EventView& event) {
  if (event.damaged()) return;
  name_log(event, name_);
  if (name_.empty()) return;
  // Nobody collects this many logs in one file; a hostile one must not make the search slow.
  constexpr std::size_t kMostLogs = 1000;
  if (logs_.size() > kMostLogs) return;
  std::vector<Run>& runs = of_log(name_).runs;
  const std::uint64_t id = *event.system().record_id;
  const std::int64_t ticks = event.key().time->ticks;
  const bool zoned = is_zoned(event.key());
  if (!runs.empty() && runs.back().last + 1 == id && runs.back().zoned == zoned) {
    Run& run = runs.back();
    run.last = id;
    run.from = std::min(run.from, ticks);
    run.to = std::max(run.to, ticks);
  } else if (runs.size() < kMostRuns) {
    runs.push_back({id, id, ticks, ticks, zoned});
  }
}

void SeenRecords::OfFile::append(OfFile& later) {
  repeated_ += std::exchange(later.repeated_, 0);
  for (OfLog& log : std::exchange(later.logs_, {})) {
    std::vector<Run>& runs = of_log(std::move(log.log)).runs;
    for (const Run& run : log.runs) {
      if (!runs.empty() && runs.back().last + 1 == run.first && runs.back().zoned == run.zoned) {
        runs.back().last = run.last;
        runs.back().from = std::min(runs.back().from, run.from);
        runs.back().to = std::max(runs.back().to, run.to);
      } else if (runs.size() < kMostRuns) {
        runs.push_back(run);
      }
    }
  }
  later.current_ = 0;
}

void SeenRecords::add(OfFile file) {
  for (OfFile::OfLog& log : file.logs_) {
    std::vector<Era>& eras = logs_[log.log];
    full_ = full_ || log.runs.size() >= kMostRuns;
    for (const Run& run : log.runs) {
      if (!insert(eras, run)) full_ = true;
    }
  }
}

bool SeenRecords::insert(std::vector<Era>& eras, const Run& run) {
  if (runs_ >= most_runs_) return false;
  for (std::size_t i = 0; i < kMostEras; ++i) {
    if (i == eras.size()) eras.emplace_back();
    Era& era = eras[i];
    const auto behind = era.upper_bound(run.last);
    if (behind != era.begin() && std::prev(behind)->second.last >= run.first) continue;
    era.emplace_hint(behind, run.first, run);
    ++runs_;
    return true;
  }
  return false;
}

bool SeenRecords::has(const std::string& log, std::uint64_t id, std::int64_t ticks,
                      bool zoned) const {
  const auto eras = logs_.find(log);
  if (eras == logs_.end()) return false;
  for (const Era& era : eras->second) {
    auto run = era.upper_bound(id);
    if (run == era.begin()) continue;
    --run;
    if (run->second.last < id || (zoned && !run->second.zoned)) continue;
    if (spans(run->second, ticks, zoned)) return true;
  }
  return false;
}

}  // namespace rdptriage::pipeline
