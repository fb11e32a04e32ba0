// Lets an artifact's events go past the detections and keeps those that match.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "diagnosis/coverage.hpp"
#include "event/event_store.hpp"
#include "pipeline/gather.hpp"
#include "pipeline/matcher_pool.hpp"
#include "pipeline/read_case.hpp"
#include "rule/matcher.hpp"

namespace rdptriage::pipeline {

class KeptTimes;  // focus.hpp

// How many matches of one rule are kept of one artifact; the rest are counted. Enough for every
// correlation window that a person could look at, and a bound for hostile input. Less once a case
// holds so much that keeping this much of every artifact would fill the memory.
inline constexpr std::uint64_t kKeptPerRule = 1000, kKeptPerRuleOfRich = 100;

class MatchingConsumer final : public EventConsumer {
 public:
  MatchingConsumer(const RuleSetImpl& rules, MatcherPool& pool,
                   std::uint64_t kept_per_rule = kKeptPerRule, const KeptTimes* times = nullptr)
      : rules_(&rules),
        pool_(&pool),
        kept_per_rule_(kept_per_rule),
        times_(times),
        matcher_(pool.take()) {}
  ~MatchingConsumer() override { finish(); }

  reader::Flow event(EventView& event) override;
  std::unique_ptr<EventConsumer> fork() override;
  void join(EventConsumer& forked) override;
  // The last moment that a match tells of, local times taken as they stand.
  std::optional<Timestamp> last_time() const { return last_time_; }
  void finish() override;

  // Also counts what kinds of events there are. Before the first event.
  void tally_sources() { tally_.emplace(); }
  std::optional<SourceTally>& tally() { return tally_; }

  event::EventStore& store() { return store_; }
  const event::EventStore& store() const { return store_; }
  const std::vector<DetectionHit>& hits() const { return hits_; }  // by event
  // Events of the store that hold dates: to be matched when all dates can be judged.
  const std::vector<std::uint32_t>& put_off() const { return put_off_; }
  const std::unordered_map<rule::RuleIndex, std::uint64_t>& counts() const { return counts_; }
  const diagnosis::SourceSet& sources() const { return sources_; }
  // Some event is a capture's: what a machine's connections and services looked like.
  bool shows_state() const { return shows_state_; }
  // Matches that were counted and not kept, because the rule had matched so often already.
  std::uint64_t dropped() const { return dropped_; }
  const OtherTimes& other_times() const { return other_times_; }
  const timeline::TimeWindow& window() const;  // the time asked about

 private:
  void note_source(const EventView& event);
  void note_not_collected(const EventView& event);
  std::size_t take_in(const diagnosis::SourceSpan& span);
  // Counts a match of these rules; true when some of them wants it kept.
  bool count(std::span<const rule::RuleIndex> rules);
  template <typename SomeEvent>
  void put_off(SomeEvent& event);

  const RuleSetImpl* rules_;
  MatcherPool* pool_;
  std::uint64_t kept_per_rule_;
  const KeptTimes* times_;
  std::unique_ptr<rule::Matcher> matcher_;
  std::vector<rule::RuleIndex> matched_;
  event::EventStore store_;
  std::vector<DetectionHit> hits_;
  std::unordered_map<rule::RuleIndex, std::uint64_t> counts_;
  diagnosis::SourceSet sources_;
  std::vector<std::size_t> open_spans_;  // of the event before
  std::string last_source_;              // of the event before, which mostly is the same
  std::optional<SourceTally> tally_;
  bool shows_state_ = false;
  std::uint64_t dropped_ = 0;
  OtherTimes other_times_;
  std::vector<std::uint32_t> put_off_;
  std::optional<Timestamp> last_time_;

  MatchingConsumer* parent_ = nullptr;      // what this was forked from
  std::vector<std::atomic<bool>> is_full_;  // by rule: all that is kept of it is; read by forks
};

}  // namespace rdptriage::pipeline
