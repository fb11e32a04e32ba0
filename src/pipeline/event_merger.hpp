// Puts the matches of all artifacts together, artifact after artifact, while the case is read, and
// bounds what a case holds on to.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "pipeline/gather.hpp"
#include "pipeline/judged_dates.hpp"
#include "pipeline/matching_consumer.hpp"

namespace rdptriage::pipeline {

// Matched events that a case keeps: of each artifact kKeptPerRule matches of a rule until
// `plenty` are kept, then kKeptPerRuleOfRich, and from `full` on that many of the whole case. What
// is kept of an artifact depends on those before it alone.
struct KeepLimits {
  std::size_t plenty = 30'000;
  std::size_t full = 60'000;
  // Lists that wait for the logs behind them, and the matched events of all of them.
  std::size_t waiting_lists = 256;
  std::size_t waiting_events = 10'000;
};

class EventMerger {
 public:
  EventMerger(Gathered& out, const RuleSetImpl& rules, KeepLimits limits = {});

  // How many matches of a rule are worth keeping of an artifact that is about to be read. May be
  // asked from any thread.
  std::uint64_t kept_per_rule() const { return kept_per_rule_.load(std::memory_order_relaxed); }

  // Takes over what was found in one artifact. One thread at a time, in the artifacts' order. Lists
  // of numbered records with local times wait for the others: a log in a bundle may stand behind
  // the list that was made of it, and says more.
  void append(std::unique_ptr<MatchingConsumer> from, std::optional<std::uint32_t> artifact);
  // Matches what was put off because it holds dates, which are judged at `when_it_failed` where the
  // user knows that; says what was left out. The last call.
  void finish(MatcherPool& pool, std::optional<Timestamp> when_it_failed = {},
              DateOrder order = DateOrder::unknown);

 private:
  struct WaitingList {
    std::unique_ptr<MatchingConsumer> found;
    std::optional<std::uint32_t> artifact;
  };
  bool may_wait(const MatchingConsumer& found) const;
  void merge(MatchingConsumer& from, std::optional<std::uint32_t> artifact);
  bool is_new(const event::Event& event);
  // Counts the matches; true when one of them is to be kept.
  bool is_wanted(const DetectionHit* first, const DetectionHit* last);

  Gathered* out_;
  const RuleSetImpl* rules_;
  KeepLimits limits_;
  std::atomic<std::uint64_t> kept_per_rule_{kKeptPerRule};
  std::vector<std::uint32_t> of_artifact_, of_case_;  // matches by rule, of kept events
  std::vector<rule::RuleIndex> seen_;                 // rules with a count in of_artifact_
  std::vector<std::uint32_t> put_off_;                // events of the whole store
  std::unordered_set<std::string> records_;
  std::vector<WaitingList> waiting_;
  std::size_t waiting_events_ = 0;
  std::optional<Timestamp> last_time_;
  std::uint64_t repeated_ = 0, left_out_ = 0;
};

}  // namespace rdptriage::pipeline
