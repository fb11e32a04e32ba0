// Lets an artifact's events go past the detections and keeps those that match.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "diagnosis/coverage.hpp"
#include "event/event_store.hpp"
#include "pipeline/gather.hpp"
#include "pipeline/read_case.hpp"
#include "rule/matcher.hpp"

namespace rdptriage::pipeline {

// Matchers are dear to make: they are lent from artifact to artifact.
class MatcherPool {
 public:
  explicit MatcherPool(const rule::CompiledRules& rules) : rules_(&rules) {}
  std::unique_ptr<rule::Matcher> take();
  void give_back(std::unique_ptr<rule::Matcher> matcher);

 private:
  const rule::CompiledRules* rules_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<rule::Matcher>> idle_;
};

class MatchingConsumer final : public EventConsumer {
 public:
  MatchingConsumer(const RuleSetImpl& rules, MatcherPool& pool)
      : rules_(&rules), pool_(&pool), matcher_(pool.take()) {}
  ~MatchingConsumer() override { finish(); }

  reader::Flow event(EventView& event) override;
  std::unique_ptr<EventConsumer> fork() override;
  void join(EventConsumer& forked) override;
  // Gives the matcher back; what was found stays.
  void finish();

  event::EventStore& store() { return store_; }
  const std::vector<DetectionHit>& hits() const { return hits_; }
  const std::unordered_map<rule::RuleIndex, std::uint64_t>& counts() const { return counts_; }
  const diagnosis::SourceSet& sources() const { return sources_; }
  // Some event is a capture's: what a machine's connections and services looked like.
  bool shows_state() const { return shows_state_; }
  // Matches that were counted and not kept, because the rule had matched so often already.
  std::uint64_t dropped() const { return dropped_; }

 private:
  void note_source(const EventKey& key);
  // Counts a match of these rules; true when some of them wants it kept.
  bool count(std::span<const rule::RuleIndex> rules);

  const RuleSetImpl* rules_;
  MatcherPool* pool_;
  std::unique_ptr<rule::Matcher> matcher_;
  std::vector<rule::RuleIndex> matched_;
  event::EventStore store_;
  std::vector<DetectionHit> hits_;
  std::unordered_map<rule::RuleIndex, std::uint64_t> counts_;
  diagnosis::SourceSet sources_;
  std::string last_source_;  // of the event before, which mostly is the same
  bool shows_state_ = false;
  std::uint64_t dropped_ = 0;

  MatchingConsumer* parent_ = nullptr;      // what this was forked from
  std::vector<std::atomic<bool>> is_full_;  // by rule: all that is kept of it is; read by forks
};

}  // namespace rdptriage::pipeline
