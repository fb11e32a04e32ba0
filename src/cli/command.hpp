// One file per command; each adds itself to the program and leaves its exit code behind.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/notice.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::cli {

// The contract with scripts (docs/cli.md).
enum ExitCode : int {
  kOk = 0,             // the analysis ran, whatever it found
  kFailOn = 1,         // --fail-on hit
  kUsage = 2,          // command line, configuration or rule pack wrong
  kNotAnalysable = 3,  // nothing analyzable, or refused
  kPartial = 4,        // --strict and the status is partial
  kInternal = 70,
  kTemporary = 75,  // I/O that may work the next time
};

struct Program {
  CLI::App& app;
  std::vector<std::string> arguments;  // as typed, for the report's `run.command`
  int exit_code = kOk;
};

// "rdptriage: error[CODE]: message\n --> where\n  = help: …" on standard error.
void print_error(const Error& error);
// Prints it; the exit code that it stands for.
int report_error(const Error& error);
// "rdptriage: notice[CODE]: text\n --> path" on standard error; `path` may be empty.
void print_notice(const Notice& notice, std::string_view path);

// The names of all commands, for "did you mean".
std::vector<std::string> command_names(const CLI::App& app);

void add_analyze_command(Program& program);
void add_events_command(Program& program);
void add_inspect_command(Program& program);
void add_explain_command(Program& program);
void add_batch_command(Program& program);
void add_merge_command(Program& program);
void add_report_command(Program& program);
void add_ticket_command(Program& program);
void add_diff_command(Program& program);
void add_demo_command(Program& program);
void add_rules_command(Program& program);
void add_schema_command(Program& program);
void add_completion_command(Program& program);
void add_man_command(Program& program);

}  // namespace rdptriage::cli
