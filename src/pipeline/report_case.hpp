// Second half of an analysis: from what was kept to the report.
#pragma once

#include "pipeline/gather.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/case.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// Takes artifacts, notices and limits out of `gathered`, and leaves there whose each artifact is.
Report report_case(Gathered& gathered, const CaseOptions& options, const RuleSetImpl& set);

}  // namespace rdptriage::pipeline
