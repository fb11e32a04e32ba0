// What is in a case and what would be used of it, short of a diagnosis.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rdptriage/case.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/notice.hpp"
#include "rdptriage/report.hpp"
#include "rdptriage/rule_set.hpp"

namespace rdptriage {

// Events of one kind in one artifact: a channel of a log, a kind of capture, a trace.
struct SourceCount {
  std::string name;
  std::uint64_t events = 0;
  std::optional<Timestamp> first, last;  // of the events whose time is known in UTC
  // Of those whose zone is not known, as the machine's clock showed them.
  std::optional<Timestamp> first_local, last_local;
};

struct Inspection {
  std::vector<ArtifactReport> artifacts;
  std::vector<std::vector<SourceCount>> sources;  // of artifacts[i], by name
  std::vector<std::string> whose;                 // host of artifacts[i]: "h2", or "" if not known
  std::vector<Host> hosts;
  std::vector<Coverage> coverage;
  std::vector<Notice> notices;
  // When it failed: as the user says, else what proves the cause, else the first failed attempt
  // with a date.
  std::optional<Timestamp> incident;
};

// Reads the case once. Cannot fail, like analyze().
Inspection inspect(const Case& input, const RuleSet& rules = RuleSet::builtin());

}  // namespace rdptriage
