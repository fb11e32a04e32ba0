// How well each cause fits each connection attempt: weighted evidence for and against, what is
// explained away, and how sure that makes us (docs/rule-format.md, "How causes are weighed").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "diagnosis/arrival.hpp"
#include "diagnosis/cause_set.hpp"
#include "diagnosis/fact.hpp"
#include "rdptriage/function_ref.hpp"

namespace rdptriage::diagnosis {

enum class ItemState : std::uint8_t {
  unknown,  // the source that would show it is not there: says nothing
  absent,   // looked for and not found
  present,
  explained,  // present, but a surer cause accounts for it
};

struct JudgedItem {
  ItemState state = ItemState::unknown;
  Certainty certainty = Certainty::sure;
  std::vector<const Fact*> facts;  // that make it present
};

// One cause in one attempt.
struct Judgment {
  CauseIndex cause = 0;
  std::optional<timeline::AttemptIndex> attempt;
  std::optional<ConfidenceLabel> label;    // none: nothing worth showing
  int half_points = 0;                     // twice the score, so that halved weights stay whole
  std::vector<JudgedItem> items;           // parallel to the cause's evidence
  std::optional<CauseIndex> held_back_by;  // a rival that fits about as well
  // What it is for the client that made the attempt, where the case is about another one.
  std::optional<ConfidenceLabel> label_of_another_client;

  double score() const { return half_points / 2.0; }
};

// Whether the case has what a rule looks at, of the time of the attempt, so that "not found" means
// something.
using SourcePresent = FunctionRef<bool(rule::RuleIndex, std::optional<timeline::AttemptIndex>)>;

// Judges every cause that has anything in its favor, in every attempt (or once, when there are no
// attempts). What an attempt passed to reach its session was not in its way; where it went well,
// only what its own machines say counts. Sorted by attempt, then as ranked.
std::vector<Judgment> judge_causes(const CauseSet& causes, std::span<const rule::RuleInfo> rules,
                                   const FactBase& facts, const timeline::Timeline& timeline,
                                   const std::vector<Arrival>& arrivals, SourcePresent present);

// For a case in which every attempt went well: what is wrong with machines that none was made to.
std::vector<Judgment> judge_idle_machines(const CauseSet& causes,
                                          std::span<const rule::RuleInfo> rules,
                                          const FactBase& facts, const timeline::Timeline& timeline,
                                          SourcePresent present);

// Surest first: label; among the confirmed the deepest in the connection; then score, then id.
bool ranks_before(const CauseSet& causes, const Judgment& a, const Judgment& b);

}  // namespace rdptriage::diagnosis
