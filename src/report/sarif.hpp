// The report as SARIF 2.1.0 (OASIS), within the limits of GitHub code scanning.
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_sarif(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
