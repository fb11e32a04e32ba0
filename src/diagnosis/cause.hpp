// A cause: one hypothesis of rules/causes/, with what speaks for and against it, how it is fixed
// and what to collect when the files do not show it. docs/rule-format.md describes the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rdptriage/report.hpp"
#include "rule/rule.hpp"

namespace rdptriage::diagnosis {

using CauseIndex = std::uint32_t;  // position in CauseSet::causes()

// Which matches of the rule count.
enum class When : std::uint8_t {
  fitting,              // not stated: those of the attempt, and those that belong to no attempt
  same_attempt,         // those of the attempt
  same_host,            // those of one of the attempt's machines, within the window
  holds_at_incident,    // states that still held when the attempt was made
  after_last_evidence,  // those later than everything that speaks for the cause
  anywhere,
};

struct EvidenceItem {
  rule::RuleIndex rule = 0;
  int weight = 0;         // −4 … +4
  bool decisive = false;  // may carry a verdict alone: the component that failed says why
  std::string source;     // where the weight comes from, with its grade: "facts 5.2 S"
  When when = When::fitting;
  std::optional<std::int64_t> window;  // ticks
};

// A source that would show the cause; without it, absence proves nothing.
struct Need {
  std::string source;  // "client-trace", "windows/system", "network_state"
  std::string host;    // role, "" = any
};

struct CollectItem {
  unsigned gain = 0;
  std::string host;  // role
  std::string run, shell, why;
  std::vector<std::string> reads;  // sources that the command's output is
  // General items: suggested when these sources are all missing; when a log is switched off; else,
  // when some log is silent about the failure.
  std::vector<std::string> when_missing;
  std::string when_off;
  // Also when the source is there, as long as this rule has not matched in it.
  std::optional<rule::RuleIndex> until;
};

struct Remedy {
  std::string actor, text, run, shell, undo;
  Risk risk = Risk::reversible;
};

struct Cause {
  std::string id, category, title, explanation, stage;
  std::size_t depth = 0;  // of `stage`
  std::vector<EvidenceItem> evidence;
  std::vector<rule::RuleIndex> explains;  // sorted
  std::vector<CauseIndex> rivals;         // sorted; either side may have named the other
  std::vector<Need> needs;
  std::vector<CollectItem> collect_next;
  std::vector<Remedy> remedies;
  std::vector<std::string> verify;
  std::vector<Reference> references;
  std::string file;
  unsigned line = 0;
};

}  // namespace rdptriage::diagnosis
