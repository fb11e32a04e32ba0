// One file per command; each adds itself to the program and leaves its exit code behind.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "rdptriage/result.hpp"

namespace rdptriage::cli {

// The contract with scripts (docs/cli.md).
enum ExitCode : int {
  kOk = 0,              // the analysis ran, whatever it found
  kFailOn = 1,          // --fail-on hit
  kUsage = 2,           // command line, configuration or rule pack wrong
  kNotAnalysable = 3,   // nothing analyzable, or refused
  kPartial = 4,         // --strict and the status is partial
  kInternal = 70,
  kTemporary = 75,      // I/O that may work the next time
};

struct Program {
  CLI::App& app;
  int exit_code = kOk;
};

// "rdptriage: error[CODE]: message\n --> where\n  = help: …" on standard error.
void print_error(const Error& error);

void add_events_command(Program& program);
void add_schema_command(Program& program);

}  // namespace rdptriage::cli
