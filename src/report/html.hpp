// The report as one self-contained HTML page: no request, no active text, readable without script.
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_html(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
