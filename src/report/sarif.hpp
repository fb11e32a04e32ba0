// The report as SARIF 2.1.0 (OASIS), within the limits of GitHub code scanning.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

// A path as a relative reference (RFC 3986).
std::string sarif_uri(std::string_view path);

void write_sarif(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
