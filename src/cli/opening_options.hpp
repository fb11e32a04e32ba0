// What every command that opens logs takes: the passwords of bundles, the limits of opening and the
// sandbox it happens in.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "rdptriage/case.hpp"

namespace rdptriage::cli {

struct OpeningOptions {
  std::string password_file, sandbox = "auto";
};

void add_opening_options(CLI::App& command, OpeningOptions& options, Limits& limits);

// Reads the passwords, confines the process to `outputs` (files; empty ones are left out) and takes
// the paths in. Nothing of them is read yet.
Result<Case> open_case(const std::vector<std::string>& paths, CaseOptions input,
                       const OpeningOptions& options,
                       std::span<const std::filesystem::path> outputs = {});

// Fills `out`, one a line of the file: the command line would show them to every user of the
// machine.
Result<void> read_passwords(const std::string& file, std::vector<std::string>& out);

}  // namespace rdptriage::cli
