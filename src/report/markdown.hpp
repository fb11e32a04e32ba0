// The report as a ticket comment in Markdown (GitHub, GitLab, Jira's and Zendesk's importers).
#pragma once

#include <iosfwd>

#include "rdptriage/analyze.hpp"

namespace rdptriage::report {

void write_markdown(const Report& report, const WriteOptions& options, std::ostream& out);

}  // namespace rdptriage::report
