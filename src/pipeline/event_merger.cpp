#include "pipeline/event_merger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "pipeline/kept_decoder.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::uint32_t kNowhere = UINT32_MAX;
// XML exports cut the last digits of the time.
constexpr std::int64_t kTicksPerMillisecond = 10'000, kTicksPerSecond = 10'000'000,
                       kTicksPerQuarter = 900 * kTicksPerSecond;

void add_notice(Gathered& out, const char* code, std::string text,
                std::optional<std::uint32_t> artifact = {}) {
  Notice notice;
  notice.code = code;
  notice.text = std::move(text);
  notice.artifact = artifact;
  out.notices.push_back(std::move(notice));
}

bool is_numbered(const event::Event& event) {
  return event.system.record_id && event.system.computer && !event.key.channel.empty();
}

bool is_of_list(const event::Event& event) {
  return event.key.time_quality == TimeQuality::local && is_numbered(event);
}
}  // namespace

EventMerger::EventMerger(Gathered& out, const RuleSetImpl& rules, KeepLimits limits)
    : out_(&out),
      rules_(&rules),
      limits_(limits),
      of_artifact_(rules.rules().rules().size()),
      of_case_(rules.rules().rules().size()) {
  out.match_count.assign(of_case_.size(), 0);
}

// A log that was exported twice (as EVTX and as XML, whole and filtered) tells everything twice. A
// list with times of an unknown zone (CSV) is held against everything, by the time within a quarter
// of an hour, which all zones share; a log, which holds more, only against logs.
bool EventMerger::is_new(const event::Event& event) {
  if (!is_numbered(event)) return true;
  const std::int64_t ticks = event.key.time ? event.key.time->ticks : 0;
  const std::string record =
      fmt::format("{}\n{}\n{}\n", base::to_lower_ascii(*event.system.computer),
                  base::to_lower_ascii(event.key.channel), *event.system.record_id);
  const bool is_first =
      records_.insert(fmt::format("{}~{}", record, ticks % kTicksPerQuarter / kTicksPerSecond))
          .second;
  if (event.key.time_quality == TimeQuality::local) return is_first;
  return records_.insert(fmt::format("{}{}", record, ticks / kTicksPerMillisecond)).second;
}

bool EventMerger::is_wanted(const DetectionHit* first, const DetectionHit* last) {
  const std::size_t kept = out_->store.events().size();
  const std::vector<std::uint32_t>& counts = kept < limits_.full ? of_artifact_ : of_case_;
  const std::uint64_t most = kept < limits_.plenty ? kKeptPerRule : kKeptPerRuleOfRich;
  const bool wanted =
      std::any_of(first, last, [&](const DetectionHit& hit) { return counts[hit.rule] < most; });
  if (!wanted) return false;
  for (; first != last; ++first) {
    if (of_artifact_[first->rule]++ == 0) seen_.push_back(first->rule);
    ++of_case_[first->rule];
  }
  return true;
}

bool EventMerger::may_wait(const MatchingConsumer& found) const {
  const std::deque<event::Event>& events = found.store().events();
  return waiting_.size() < limits_.waiting_lists &&
         waiting_events_ + events.size() <= limits_.waiting_events &&
         std::any_of(events.begin(), events.end(), is_of_list);
}

void EventMerger::append(std::unique_ptr<MatchingConsumer> from,
                         std::optional<std::uint32_t> artifact) {
  if (!may_wait(*from)) return merge(*from, artifact);
  waiting_events_ += from->store().events().size();
  waiting_.push_back({std::move(from), artifact});
}

void EventMerger::merge(MatchingConsumer& from, std::optional<std::uint32_t> artifact) {
  Gathered& out = *out_;
  for (const rule::RuleIndex rule : std::exchange(seen_, {})) of_artifact_[rule] = 0;
  for (const auto& [rule, count] : from.counts()) out.match_count[rule] += count;
  auto hit = from.hits().begin();
  auto later = from.put_off().begin();
  std::uint32_t index = 0;
  std::uint64_t dropped = from.dropped();
  for (const event::Event& event : from.store().events()) {
    auto end = hit;
    while (end != from.hits().end() && end->event == index) ++end;
    const bool is_later = later != from.put_off().end() && *later == index;
    if (is_later) ++later;
    const std::span<const DetectionHit> hits(hit, end);
    hit = end;
    ++index;
    if (!is_new(event)) {
      ++repeated_;
      for (const DetectionHit& one : hits) --out.match_count[one.rule];
      continue;
    }
    const bool wanted = is_later ? put_off_.size() < limits_.plenty
                                 : is_wanted(hits.data(), hits.data() + hits.size());
    if (!wanted) {
      ++dropped;
      continue;
    }
    const auto position = static_cast<std::uint32_t>(out.store.events().size());
    if (is_later) put_off_.push_back(position);
    for (const DetectionHit& one : hits) out.hits.push_back({one.rule, position});
    out.store.keep(event);
  }
  if (const OtherTimes& others = from.other_times(); others.nearest)
    out.other_times.add(others, from.window());
  const bool is_rich = out.store.events().size() >= limits_.plenty;
  if (is_rich) {
    kept_per_rule_.store(kKeptPerRuleOfRich, std::memory_order_relaxed);
  }
  for (const std::string& source : from.sources().names()) out.sources.add(source);
  for (const auto& [source, holder] : from.sources().holders()) {
    out.sources.add_holder(source, holder);
  }
  for (const auto& span : from.sources().spans()) out.sources.add_span(span);
  for (const std::string& source : from.sources().failed()) out.sources.add_failed(source);
  out.capture_read = out.capture_read || from.shows_state();
  if (const auto time = from.last_time(); time && (!last_time_ || *last_time_ < *time)) {
    last_time_ = time;
  }
  if (is_rich) {
    left_out_ += dropped;
  } else if (dropped != 0) {
    add_notice(out, "MATCHES_NOT_KEPT",
               fmt::format("{} more records match rules that had matched 1,000 times in this file; "
                           "they are counted, not kept",
                           dropped),
               artifact);
  }
}

void EventMerger::finish(MatcherPool& pool, std::optional<Timestamp> when_it_failed,
                         DateOrder order) {
  for (WaitingList& list : std::exchange(waiting_, {})) merge(*list.found, list.artifact);
  Gathered& out = *out_;
  // Dates are held against when it failed, as the user knows it, else against the last moment that
  // the case tells of, else against the day the rule pack was made.
  std::optional<DateReference> reference;
  if (when_it_failed) {
    reference = {*when_it_failed, DateReference::Kind::incident};
  } else if (last_time_) {
    reference = {*last_time_, DateReference::Kind::incident};
  } else if (rules_->date()) {
    reference = {*rules_->date(), DateReference::Kind::at_least};
  }
  auto matcher = pool.take();
  std::vector<rule::RuleIndex> matched;
  std::vector<Field> fields;
  for (const std::uint32_t position : put_off_) {
    event::Event& event = out.store.events()[position];
    judge_dates(event, rules_->date_fields(), reference, order, out.store);
    KeptDecoder decoder(event);
    EventView view(event.key, event.locator, decoder, fields);
    matcher->match(view, matched);
    for (const rule::RuleIndex rule : matched) {
      ++out.match_count[rule];
      out.hits.push_back({rule, position});
    }
  }
  pool.give_back(std::move(matcher));
  std::sort(out.hits.begin(), out.hits.end(), [](const DetectionHit& a, const DetectionHit& b) {
    return a.event != b.event ? a.event < b.event : a.rule < b.rule;
  });
  if (left_out_ != 0) {
    add_notice(out, "MATCHES_NOT_KEPT",
               fmt::format("the case holds so many matches that only the first {} of a rule are "
                           "kept of most files; {} more records are counted, not kept",
                           kKeptPerRuleOfRich, left_out_));
  }
  if (repeated_ != 0) {
    add_notice(out, "RECORDS_REPEATED",
               fmt::format("{} copies of records that other files hold are left out", repeated_));
  }
}

}  // namespace rdptriage::pipeline
