// What `analyze` and `batch` have in common on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "rdptriage/rdptriage.hpp"

namespace rdptriage::cli {

struct RuleOptions {
  std::vector<std::string> paths;
  bool only = false;     // without the built-in pack
  std::string language;  // of texts; empty: English
};

struct ExitOptions {
  std::string fail_on;  // note, warning, error; empty: never
  bool strict = false;
};

// --format, -o and --force of commands that write reports.
struct OutputOptions {
  std::vector<std::string> formats;
  std::string target;
  bool force = false;
};
void add_output_options(CLI::App& command, OutputOptions& options);

void add_rule_options(CLI::App& command, RuleOptions& rules);
void add_exit_options(CLI::App& command, ExitOptions& options);

// Nothing: the built-in pack is meant.
Result<std::optional<RuleSet>> load_rules(const RuleOptions& options);

// --fail-on and --strict for one report; kOk when neither applies.
ExitCode exit_code_of(Verdict verdict, Status status, const ExitOptions& options);

}  // namespace rdptriage::cli
