// What the user asked about, taken to the matches: which are kept while reading, which count once
// the timeline knows whose they are, and what there is to say about it.
#pragma once

#include <span>
#include <vector>

#include "pipeline/gather.hpp"
#include "rdptriage/focus.hpp"
#include "rdptriage/notice.hpp"
#include "rule/compiled_rules.hpp"
#include "timeline/focus.hpp"

namespace rdptriage::pipeline {

// Keeps matches of far other times out of memory, so that a month of failures does not push those
// of the hour that matters out of what is kept. Clocks and zones are not known yet, so the borders
// are wide. Safe to use from several threads.
class KeptTimes {
 public:
  KeptTimes(const Focus& focus, const rule::CompiledRules& rules);

  bool wants(const EventKey& key, std::span<const rule::RuleIndex> matched) const;
  const timeline::TimeWindow& window() const { return window_; }

 private:
  timeline::TimeWindow window_;
  std::vector<bool> lasting_;  // by rule; empty: there is no window
};

// Rules whose matches say something of later times: what begins or ends a state.
std::vector<bool> lasting_rules(const rule::CompiledRules& rules);

// Takes the matches of places that are left out away.
void drop_left_out(const rule::CompiledRules& rules, const timeline::Timeline& timeline,
                   Gathered& gathered);

// That records have no time, or times without a zone, as notices.
void tell_times(const timeline::Timeline& timeline, Gathered& gathered);

// What was left out, and what the case does not know, as notices.
void tell_narrowing(const timeline::Timeline& timeline, Gathered& gathered);

// Whether all that the case tells was left out.
bool nothing_is_left(const timeline::Timeline& timeline, const Gathered& gathered);

}  // namespace rdptriage::pipeline
