// What every command that opens logs takes: the passwords of bundles, and the limits of opening.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "rdptriage/case.hpp"

namespace rdptriage::cli {

void add_opening_options(CLI::App& command, std::string& password_file, Limits& limits);

// Fills `out`, one a line of the file: the command line would show them to every user of the
// machine.
Result<void> read_passwords(const std::string& file, std::vector<std::string>& out);

}  // namespace rdptriage::cli
