// Facts that do not speak: matches on a machine of another build than their rule is for, and
// matches that another rule says more about.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/fact.hpp"
#include "pipeline/gather.hpp"
#include "rule/compiled_rules.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::pipeline {

// Both take from match_count what they drop, and say it in `left_out`.

// Hits on machines whose build is known to lie outside the rule's `since` … `until`.
void drop_other_builds(const rule::CompiledRules& rules, const timeline::Timeline& timeline,
                       Gathered& gathered);

// Facts all of whose events are also of (sure) facts that supersede them.
void drop_superseded(const rule::CompiledRules& rules, std::vector<diagnosis::Fact>& facts,
                     Gathered& gathered);

// Whether the rule's `since` … `until` rule the machine out.
bool is_of_other_build(const rule::RuleInfo& rule, const timeline::Timeline& timeline,
                       std::optional<timeline::HostIndex> host);

}  // namespace rdptriage::pipeline
