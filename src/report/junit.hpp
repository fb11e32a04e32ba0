// The report as JUnit XML for CI servers (Jenkins' and GitLab's readers).
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_junit(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
