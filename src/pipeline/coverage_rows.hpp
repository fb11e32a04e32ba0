// What was looked at, what was missing and what to collect, as rows of the report.
#pragma once

#include "diagnosis/diagnose.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

void add_coverage(const diagnosis::Question& question, const diagnosis::Answer& answer,
                  Report& report);
// How many rules matched, and which could not be evaluated for want of what.
void add_rules(const diagnosis::Question& question, Report& report);
// REQUIRES: the report has its hosts.
void add_collect(const diagnosis::Question& question, const diagnosis::Answer& answer,
                 Report& report);

}  // namespace rdptriage::pipeline
