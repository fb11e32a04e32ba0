// What the names of files say: whose they are, and of which log an empty or missing one is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/coverage.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/focus.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// Machines that collectors (MSRD-Collect, TSS, Intune) named their folders after, with the part in
// a connection that the name tells; each once.
std::vector<KnownHost> machines_of_paths(const std::vector<ArtifactReport>& artifacts,
                                         const RuleSetImpl& rules);

// Sources of the log that such a file is made of: "Microsoft-Windows-CAPI2%4Operational.evtx",
// "RDGW01_TerminalServicesGateway-Operational.evtx", "(12) Events System Events.evtx".
std::vector<std::string> sources_of_file(std::string_view path, const RuleSetImpl& rules);

// Notes event logs without any record, and entries by which a collector says that it found nothing.
void note_empty_logs(const std::vector<ArtifactReport>& artifacts, const RuleSetImpl& rules,
                     diagnosis::SourceSet& sources);

}  // namespace rdptriage::pipeline
