// From facts to the answer: the causes in their order, how far each attempt got, the verdict, and
// what to collect when the files do not show it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "diagnosis/coverage.hpp"
#include "diagnosis/scoring.hpp"

namespace rdptriage::diagnosis {

struct StageView {
  StageState state = StageState::unknown;
  std::vector<const Fact*> facts;  // that say so
};

struct AttemptView {
  AttemptOutcome outcome = AttemptOutcome::unknown;
  std::vector<StageView> stages;          // parallel to timeline::stage_names()
  std::optional<std::size_t> stopped_at;  // position in stage_names()
  bool has_disconnect_code = false;
  bool failed_somewhere = false;  // a fact says that it ended in failure, and not at which stage
};

struct Collect {
  const CollectItem* item = nullptr;
  unsigned gain = 0;                // over all causes that are still open
  std::vector<CauseIndex> settles;  // causes that ask for it
};

struct Answer {
  Verdict verdict = Verdict::not_analysable;
  std::vector<Judgment> judgments;    // every attempt's, as judge_causes gave them
  std::vector<std::size_t> ranked;    // the best judgment of each cause worth showing, in order
  std::vector<AttemptView> attempts;  // parallel to the timeline's; one for a case without any
  std::vector<Collect> collect;       // most gain first
  // Sources that the open causes need, as in `needs:`, and how they miss: not there at all, or not
  // of the machine (its role) that would have to say it.
  struct Missing {
    std::string source, role;
    Reach::Kind how = Reach::Kind::missing;
    std::optional<timeline::HostIndex> host;
  };
  std::vector<Missing> missing;
  // Logs that are there and tell nothing of what failed: they begin later, or have a gap there.
  std::vector<std::pair<std::string, Reach>> silent;
};

struct Question {
  const CauseSet* causes = nullptr;
  std::span<const rule::RuleInfo> rules;  // by RuleIndex
  const FactBase* facts = nullptr;
  const timeline::Timeline* timeline = nullptr;
  const Coverage* coverage = nullptr;  // of what was read
  // Attempts (none: the case as a whole) for which a disconnect code was logged or reported.
  std::vector<std::optional<timeline::AttemptIndex>> disconnects;
  bool failure_reported = false;  // the user says that it failed
  bool something_read = false;    // at least one artifact of a kind that shows connections
};

Answer diagnose(const Question& question);

// The whole reasoning as lines of text: what was weighed, what was found, what was missing.
std::vector<std::string> derivation(const Question& question, const Answer& answer);

}  // namespace rdptriage::diagnosis
