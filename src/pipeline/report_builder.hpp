// The answer of the diagnosis as the report that users see: ids given, evidence quoted, texts
// filled.
#pragma once

#include "diagnosis/diagnose.hpp"
#include "pipeline/gather.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// Fills everything that comes from events and causes, in the words of the rule set's translation
// where it has them.
void build_report(const Gathered& gathered, const diagnosis::Question& question,
                  const diagnosis::Answer& answer, const RuleSetImpl& rules, Report& report);

}  // namespace rdptriage::pipeline
