// Whether an attempt reached its session, and what came behind that: what it passed on the way was
// not what stopped it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "diagnosis/fact.hpp"
#include "rule/rule.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::diagnosis {

// What the facts of an attempt say of its session.
struct Arrival {
  const Fact* session = nullptr;  // the first that shows it; none: it is not known to have arrived
  bool failed = false;            // something failed in the session

  bool went_well() const { return session != nullptr && !failed; }
};

// Whether `fact` came behind `other`; nothing where their times cannot be compared.
std::optional<bool> is_behind(const timeline::Timeline& timeline, const Fact& fact,
                              const Fact& other);

// Of each attempt.
std::vector<Arrival> find_arrivals(std::span<const rule::RuleInfo> rules, const FactBase& facts,
                                   const timeline::Timeline& timeline);

}  // namespace rdptriage::diagnosis
