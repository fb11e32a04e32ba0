// Options that are not typed: RDPTRIAGE_* of the environment, the user's and the system's
// configuration file, in this order.
#pragma once

#include <string>
#include <vector>

#include "cli/option_table.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::cli {

// The arguments with what the settings add, behind the command's name. What is typed wins over
// everything. Fails on a configuration file with a line that means nothing, with its place.
Result<std::vector<std::string>> with_settings(const CommandRow& root,
                                               std::vector<std::string> arguments);

// Where the file is looked for; the first that exists is the user's, then the system's.
std::vector<std::string> settings_files();

}  // namespace rdptriage::cli
