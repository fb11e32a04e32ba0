// The report as GitHub workflow commands: one annotation a cause, then a line of summary.
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_github(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
