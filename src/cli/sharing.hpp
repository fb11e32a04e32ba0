// --share: a report that may leave the house, and the private map that stays.
#pragma once

#include <filesystem>
#include <string>

#include "cli/command.hpp"
#include "rdptriage/share.hpp"

namespace rdptriage::cli {

struct SharingOptions {
  bool share = false;
  std::string map;  // where the map goes; "none": nowhere; empty: the user's state folder
};

void add_sharing_options(CLI::App& command, SharingOptions& options, const char* map_help);

// The report as it may be shared, when that was asked for; else as it is. Writes the map to
// `map_file` (mode 0600, in a folder of mode 0700 when it has to be made).
Result<Report> shared_report(Report report, const SharingOptions& options, const RuleSet& rules,
                             const std::filesystem::path& map_file);

// Where the map of this report goes by default: apart from the report, so that it is not sent
// along. Empty for "none".
std::filesystem::path map_file_of(const SharingOptions& options, const std::string& name);

}  // namespace rdptriage::cli
