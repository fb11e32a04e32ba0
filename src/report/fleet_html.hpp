// Many cases as one page: what is not explained first, then causes by how often they occur.
#pragma once

#include <iosfwd>

#include "report/fleet_counts.hpp"

namespace rdptriage::report {

void write_fleet_html(const Cases& cases, std::ostream& out);

}  // namespace rdptriage::report
