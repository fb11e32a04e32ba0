// A report document back into the model, so that any format can be written again without the logs.
#pragma once

#include <string_view>

#include "rdptriage/report.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::report {

// Takes schema 1.x; members it does not know are ignored. Fails with the member's path when the
// text is not JSON, not a report, of a newer major version, or when a member has the wrong type.
Result<Report> parse_report(std::string_view json);

}  // namespace rdptriage::report
