// Correlations: rules over several matches, on the hits that are left after matching.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "event/event_store.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

// A correlation with its names resolved.
struct Correlation {
  RuleIndex rule = 0;
  CorrelationType type = CorrelationType::event_count;
  std::vector<RuleIndex> rules;  // in the order of the document
  struct GroupField {
    std::string name;                  // as shown
    std::vector<std::string> aliases;  // by position in `rules`: the field; empty when not an alias
  };
  std::vector<GroupField> group_by;
  std::int64_t timespan = 0;  // 100-ns ticks
  std::vector<Threshold> thresholds;
  std::vector<std::string> fields;
  std::optional<double> percentile;
  std::optional<Condition> expression;                     // identifiers are handles …
  std::vector<std::pair<std::string, std::size_t>> names;  // … of these positions in `rules`
  bool needs_measured_clocks = false;                      // `skew: required`
};

// Matches that correlations look at in all; those behind them are counted.
inline constexpr std::size_t kMostHits = 1'000'000;

// Whether anything told how far a clock is off.
enum class ClockState : std::uint8_t { measured, unmeasured };

// A match that may take part. `extra` are fields that the event itself lacks (AttemptKey, HostKey);
// they are looked up first. A hit without a time takes part at time 0.
struct Hit {
  RuleIndex rule = 0;
  const event::Event* event = nullptr;
  Timestamp time;
  // How far `time` may be off, in ticks, against times of another clock; times of one clock are
  // exact against each other.
  std::int64_t uncertainty = 0;
  std::uint32_t clock = 0;
  ClockState clock_state = ClockState::measured;
  // Times of different scales say nothing about each other: local times of an unknown zone have
  // one for each artifact.
  std::uint32_t scale = 0;
  std::span<const std::pair<std::string, std::string>> extra;
};

enum class Certainty : std::uint8_t {
  yes,
  possible,  // only if the clocks were off as far as they may have been
};

// Hits in the order of reading, so many at most.
class HitList {
 public:
  explicit HitList(std::size_t most = kMostHits) : most_(most) {}

  // Whether there was room for it; else it is counted.
  bool add(const Hit& hit) {
    if (hits_.size() >= most_) {
      ++left_out_;
      return false;
    }
    hits_.push_back(hit);
    return true;
  }
  void leave_out(std::uint64_t count) { left_out_ += count; }

  std::span<const Hit> hits() const { return hits_; }
  std::uint64_t left_out() const { return left_out_; }

 private:
  std::size_t most_;
  std::vector<Hit> hits_;
  std::uint64_t left_out_ = 0;
};

struct Firing {
  RuleIndex rule = 0;
  // In the order of group-by; nothing where the events lack the field.
  std::vector<std::pair<std::string, std::optional<std::string>>> group;
  std::vector<std::size_t> members;  // positions in the hits, ascending, those of inner firings too
  Certainty certainty = Certainty::yes;
  Timestamp time;  // when the condition became true
};

// Runs every correlation of the set over the hits, which may come in any order. Firings come out by
// rule, then group, then time.
std::vector<Firing> correlate(const CompiledRules& rules, std::span<const Hit> hits);

}  // namespace rdptriage::rule
