// The report as SARIF 2.1.0 (OASIS), within the limits of GitHub code scanning.
#pragma once

#include <iosfwd>

#include "rdptriage/report.hpp"

namespace rdptriage::report {

void write_sarif(const Report& report, std::ostream& out);

}  // namespace rdptriage::report
