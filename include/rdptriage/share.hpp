// A report that may leave the house: names, addresses, SIDs, mail, paths and whatever else could
// tell who is concerned are replaced by pseudonyms. The diagnosis is made before and stays as it
// is.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rdptriage/report.hpp"
#include "rdptriage/rule_set.hpp"

namespace rdptriage {

struct SharedReport {
  Report report;
  // What stands for what, in the order in which it was met: {"NB-ANNA", "host1"}. Private.
  std::vector<std::pair<std::string, std::string>> map;
};

// Words stay that the rule pack itself uses (outside its tests), numbers and codes, and the class,
// the subnet relation and loopback of addresses; ports stay with them. Every other word is
// replaced, in the whole report by the same pseudonym. Depends on the report and the rules alone.
SharedReport share(const Report& report, const RuleSet& rules = RuleSet::builtin());

// The private map as JSON (kind "rdptriage.share-map").
std::string write_share_map(const SharedReport& shared);

}  // namespace rdptriage
