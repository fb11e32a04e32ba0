// First half of an analysis: the case is read, every event goes past the detections, and what some
// rule wants is kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/coverage.hpp"
#include "event/event_store.hpp"
#include "pipeline/read_case.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "pipeline/source_tally.hpp"
#include "rdptriage/case.hpp"
#include "rule/rule.hpp"
#include "timeline/focus.hpp"

namespace rdptriage::pipeline {

struct DetectionHit {
  rule::RuleIndex rule = 0;
  std::uint32_t event = 0;  // position in the store
};

// Matches of other times than the one asked about, which were not kept.
struct OtherTimes {
  std::uint64_t matches = 0;
  std::optional<std::int64_t> nearest;  // ticks of the one nearest to that time

  void add(const OtherTimes& others, const timeline::TimeWindow& window);
};

// The kept events of a case, artifact after artifact.
struct Gathered {
  std::vector<ArtifactReport> artifacts;
  std::vector<Notice> notices;
  std::vector<std::string> limits_hit;

  event::EventStore store;
  std::vector<DetectionHit> hits;          // by event, then rule
  std::vector<std::uint64_t> match_count;  // by rule, with those that were not kept
  diagnosis::SourceSet sources;
  OtherTimes other_times;
  std::map<std::uint32_t, SourceTally> tallies;  // by artifact, where they were asked for
  std::vector<KnownHost> machines;               // that the names of files tell of
  std::vector<std::string> whose;                // by artifact, "h2" or "": filled by report_case
  std::vector<std::string> left_out;             // lines for `--why`: matches that do not speak
  bool code_reported = false;
  bool capture_read = false;  // some artifact shows the state of a machine or its connections
};

// With tallies every line of a text is an event, else those alone that some rule may want.
enum class Keep : std::uint8_t { matches, matches_and_tallies };

Gathered gather(const Case& input, const RuleSetImpl& rules, Keep keep = Keep::matches);

}  // namespace rdptriage::pipeline
