// The report as the JSON document that ticketing systems read: schema 1.0 (docs/json-schema.md).
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_json(const Report& report, const WriteOptions& options, std::ostream& out);
// One line instead of an indented document.
void write_jsonl(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
