// What was looked at, what was missing and what to collect, as rows of the report.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "diagnosis/diagnose.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// Where the rules of a set look. The same for every case, so it is put into words once.
struct RuleSources {
  struct Source {
    std::string name;    // empty: anywhere
    std::string absent;  // "no security event log"
  };
  struct Row {
    rule::RuleIndex rule;
    std::size_t source;  // in `sources`
  };
  std::vector<Source> sources;
  std::vector<Row> rows;  // by the rules' handles; without rules that were generated
};
RuleSources rule_sources(std::span<const rule::RuleInfo> rules);

void add_coverage(const diagnosis::Question& question, const diagnosis::Answer& answer,
                  Report& report);
// How many rules matched, and which could not be evaluated for want of what.
void add_rules(const diagnosis::Question& question, const RuleSources& sources, Report& report);
// REQUIRES: the report has its hosts.
void add_collect(const diagnosis::Question& question, const diagnosis::Answer& answer,
                 Report& report);

}  // namespace rdptriage::pipeline
