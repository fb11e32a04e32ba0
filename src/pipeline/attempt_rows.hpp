// Machines, users and connection attempts of the timeline as rows of the report.
#pragma once

#include "diagnosis/diagnose.hpp"
#include "pipeline/evidence_table.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// "h1" for the first.
std::string host_id(timeline::HostIndex host);

void add_hosts(const timeline::Timeline& timeline, Report& report);

// Quotes what says how far each attempt got.
void add_attempts(const event::EventStore& store, const timeline::Timeline& timeline,
                  const diagnosis::Answer& answer, EvidenceTable& evidence, Report& report);

}  // namespace rdptriage::pipeline
