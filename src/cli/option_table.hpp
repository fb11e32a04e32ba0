// The one table of commands and options, read from the parser itself: --help, completions, the
// manual page, docs/options.md, the configuration file and "did you mean" are made from it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace rdptriage::cli {

struct OptionRow {
  std::string group;               // heading in --help
  std::vector<std::string> names;  // "-o", "--output"; of an argument its name
  std::string value;               // "FILE", "WHEN"; empty: a flag
  std::string help, default_value;
  std::vector<std::string> choices;  // empty: anything
  bool is_argument = false, required = false, repeatable = false;

  std::string long_name() const;  // "--output", else the first name
};

struct CommandRow {
  std::string name;  // "rules match"
  std::string about;
  std::vector<std::string> examples;  // whole command lines
  std::vector<OptionRow> options;     // arguments first
  std::vector<CommandRow> commands;
};

// The command and all below it; `name` is its full name without the program's.
CommandRow describe(const CLI::App& app, const std::string& name = {});

// The row of "rules match", null when there is none.
const CommandRow* find_command(const CommandRow& root, const std::string& name);

// --help of one command, `columns` wide.
std::string help_text(const CommandRow& command, std::size_t columns);

// Makes --help of `app` and everything added to it later come from the table.
void use_table_for_help(CLI::App& app);

// Examples as add_…_command gives them: one command line a line.
void set_examples(CLI::App& command, const std::string& lines);

}  // namespace rdptriage::cli
