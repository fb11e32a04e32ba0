// The evidence on a time axis, one lane a host, as inline SVG.
#pragma once

#include <string>

#include "rdptriage/report.hpp"

namespace rdptriage::report {

// Empty when fewer than two pieces of evidence have an instant.
std::string timeline_svg(const Report& report);

}  // namespace rdptriage::report
