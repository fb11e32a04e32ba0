#include "diagnosis/coverage.hpp"

#include <algorithm>
#include <map>

#include "timeline/clocks.hpp"
#include "timeline/hosts.hpp"

namespace rdptriage::diagnosis {

namespace {
using timeline::AttemptIndex;
using timeline::HostIndex;

// More pieces than this are a selection of records, whose every gap is alike.
constexpr std::size_t kMostRuns = 256;
// Clocks that were not held against each other may be so far apart.
constexpr std::int64_t kSlack = 2 * timeline::kUnmeasured;

bool extend(RecordRun& run, const RecordRun& next) {
  if (next.first_number == run.last_number + 1) {
    run.last_number = next.last_number;
  } else if (next.last_number + 1 == run.first_number) {  // the newest record comes first
    run.first_number = next.first_number;
  } else {
    return false;
  }
  run.first = std::min(run.first, next.first);
  run.last = std::max(run.last, next.last);
  return true;
}

void add_run(SourceSpan& span, const RecordRun& run) {
  if (!span.runs.empty() && extend(span.runs.back(), run)) return;
  if (span.runs.size() < kMostRuns) {
    span.runs.push_back(run);
  } else {
    span.in_pieces = true;
  }
}
}  // namespace

void add_record(SourceSpan& span, std::uint64_t number, std::int64_t ticks) {
  add_run(span, {number, number, ticks, ticks});
}

void join_spans(SourceSpan& into, const SourceSpan& from) {
  into.first = std::min(into.first, from.first);
  into.last = std::max(into.last, from.last);
  for (const RecordRun& run : from.runs) add_run(into, run);
  into.in_pieces = into.in_pieces || from.in_pieces;
}

std::vector<std::string> SourceSet::empty() const {
  std::vector<std::string> out;
  for (const std::string& source : empty_) {
    if (!has(source)) out.push_back(source);
  }
  return out;
}

std::vector<std::string> SourceSet::failed() const {
  std::vector<std::string> out;
  for (const std::string& source : failed_) {
    if (!has(source) && empty_.count(source) == 0) out.push_back(source);
  }
  return out;
}

Coverage::Coverage(const SourceSet& sources, const timeline::Timeline& timeline,
                   std::vector<LogState> states)
    : sources_(&sources), timeline_(&timeline), states_(std::move(states)) {
  const timeline::HostFinder finder(timeline);
  std::map<std::pair<std::string, std::optional<HostIndex>>, Holding> by_machine;
  const auto holding_of = [&](const std::string& source,
                              std::optional<HostIndex> host) -> Holding& {
    Holding& holding = by_machine[{source, host}];
    holding.source = source;
    holding.host = host;
    return holding;
  };
  for (const auto& [source, artifact] : sources.holders()) {
    const auto& hosts = timeline.artifact_hosts;
    holding_of(source, artifact < hosts.size() ? hosts[artifact] : std::nullopt);
  }
  for (const SourceSpan& span : sources.spans()) {
    auto host = span.computer.empty() ? std::nullopt : finder.find(span.computer);
    if (!host && span.artifact < timeline.artifact_hosts.size())
      host = timeline.artifact_hosts[span.artifact];
    const std::int64_t ahead = host ? timeline.hosts[*host].clock_offset.value_or(0) : 0;
    Holding& holding = holding_of(span.source, host);
    holding.first = std::min(holding.first.value_or(INT64_MAX), span.first - ahead);
    if (span.in_pieces) continue;  // a selection: its gaps tell nothing of one time
    std::vector<RecordRun> runs = span.runs;
    std::sort(runs.begin(), runs.end(), [](const RecordRun& a, const RecordRun& b) {
      return a.first_number < b.first_number;
    });
    for (std::size_t i = 1; i < runs.size(); ++i) {
      if (runs[i].first_number <= runs[i - 1].last_number + 1) continue;
      holding.gaps.push_back({runs[i - 1].last - ahead, runs[i].first - ahead,
                              runs[i].first_number - runs[i - 1].last_number - 1});
    }
  }
  for (auto& [key, holding] : by_machine) holdings_.push_back(std::move(holding));
}

// A machine of which nothing is known may be anyone.
bool Coverage::plays(std::optional<HostIndex> host, std::string_view role,
                     std::optional<AttemptIndex> attempt) const {
  if (!host || role.empty()) return true;
  const auto has_role = [&](HostIndex index) {
    const auto& roles = timeline_->hosts[index].roles;
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  };
  if (timeline_->hosts[*host].roles.empty()) return true;
  if (!has_role(*host)) return false;
  if (!attempt) return true;
  const timeline::AttemptRecord& record = timeline_->attempts[*attempt];
  bool named = false;
  for (const auto* hosts : {&record.hosts, &record.targets}) {
    for (const HostIndex other : *hosts) {
      if (other == *host) return true;
      named = named || has_role(other);
    }
  }
  return !named;
}

const LogState* Coverage::state_of(LogState::Kind kind, std::string_view source,
                                   std::optional<HostIndex> host) const {
  for (const LogState& state : states_) {
    if (state.kind == kind && state.source == source &&
        (!host || !state.host || state.host == host))
      return &state;
  }
  return nullptr;
}

Reach Coverage::in_time(const Holding& holding, const timeline::AttemptRecord& attempt) const {
  Reach out;
  out.kind = Reach::Kind::reaches;
  out.host = holding.host;
  if (!attempt.end || attempt.scale != timeline::TimeScale::common || !holding.first) return out;
  if (*holding.first > *attempt.end + kSlack) {
    out.kind = Reach::Kind::begins_after;
    out.from = *holding.first;
    const LogState* cleared = state_of(LogState::Kind::cleared, holding.source, holding.host);
    if (cleared != nullptr && cleared->instant && *cleared->instant > *attempt.end) {
      out.cleared = true;
      out.from = *cleared->instant;
    }
    return out;
  }
  for (const Gap& gap : holding.gaps) {
    if (gap.from > *attempt.end || gap.until < *attempt.start) continue;
    out.kind = Reach::Kind::gap;
    out.from = gap.from;
    out.until = gap.until;
    out.records += gap.records;
  }
  return out;
}

Reach Coverage::of(std::string_view source, std::string_view role,
                   std::optional<AttemptIndex> attempt) const {
  Reach best;
  auto at = std::lower_bound(
      holdings_.begin(), holdings_.end(), source,
      [](const Holding& holding, std::string_view wanted) { return holding.source < wanted; });
  for (; at != holdings_.end() && at->source == source; ++at) {
    const Holding& holding = *at;
    Reach reach;
    reach.kind = Reach::Kind::other_machine;
    reach.host = holding.host;
    if (plays(holding.host, role, attempt)) {
      reach.kind = Reach::Kind::reaches;
      if (attempt) reach = in_time(holding, timeline_->attempts[*attempt]);
    }
    if (reach.kind < best.kind) best = reach;
  }
  if (best.supplied()) return best;
  if (const LogState* off = state_of(LogState::Kind::off, source, std::nullopt);
      off != nullptr && plays(off->host, role, attempt)) {
    best.kind = Reach::Kind::off;
    best.host = off->host;
    return best;
  }
  if (best.kind == Reach::Kind::missing) {
    if (sources_->has(source)) {
      best.kind = Reach::Kind::reaches;  // reported by the user, or of no artifact
    } else if (const auto empty = sources_->empty();
               std::binary_search(empty.begin(), empty.end(), source)) {
      best.kind = Reach::Kind::empty;
    }
  }
  return best;
}

std::string source_of(const rule::RuleInfo& rule) {
  if (!rule.service.empty()) {
    return rule.product == "windows" ? "windows/" + rule.service : rule.service;
  }
  return rule.category;
}

std::string source_in_words(std::string_view source) {
  constexpr std::string_view kWindows = "windows/";
  if (source.substr(0, kWindows.size()) == kWindows) {
    return std::string(source.substr(kWindows.size())) + " event log";
  }
  std::string words(source);
  std::replace(words.begin(), words.end(), '_', ' ');
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

}  // namespace rdptriage::diagnosis
