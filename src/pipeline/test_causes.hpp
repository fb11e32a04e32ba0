// The tests inside cause files: whole lists of events, analyzed like a case.
#pragma once

#include "pipeline/rule_files.hpp"
#include "rdptriage/rules.hpp"

namespace rdptriage::pipeline {

// Adds to the counts and failures of `result`.
void test_causes(const SelectedRules& selected, RuleTestResult& result);

}  // namespace rdptriage::pipeline
