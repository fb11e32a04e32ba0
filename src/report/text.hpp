// The cause card: the answer on one screen of a terminal.
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_text(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
