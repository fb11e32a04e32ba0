// The option --sandbox of the commands that read logs.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <span>
#include <string>

#include "rdptriage/result.hpp"

namespace rdptriage::cli {

void add_sandbox_option(CLI::App& command, std::string& wanted);

// Confines the process for good: before any input is read, when everything that will be opened by
// name for writing is known. `outputs` are files; empty ones are left out. Fails for "always" where
// the system cannot do all of it.
Result<void> confine(const std::string& wanted, std::span<const std::filesystem::path> outputs);

// Memory alone, for commands that read reports and not logs.
void confine_memory();

}  // namespace rdptriage::cli
