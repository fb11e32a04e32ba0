#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/option_table.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "rdptriage/suggest.hpp"

namespace rdptriage::cli {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

namespace {

// `rdptriage case.zip` means `rdptriage analyze case.zip`: whatever is neither a command nor a
// question about the program itself belongs to the default command.
void insert_default_command(const CLI::App& app, std::vector<std::string>& arguments) {
  if (arguments.empty()) return;
  const std::string& first = arguments.front();
  const auto names = command_names(app);
  if (std::find(names.begin(), names.end(), first) != names.end()) return;
  if (first == "-h" || first == "--help" || first == "--help-all" || first == "--version") return;
  arguments.insert(arguments.begin(), "analyze");
}

// The command that was chosen, down to the last word that names one.
const CLI::App& chosen_command(const CLI::App& app) {
  const CLI::App* at = &app;
  for (auto below = at->get_subcommands(); !below.empty(); below = at->get_subcommands())
    at = below.front();
  return *at;
}

std::string full_name(const CLI::App& command) {
  std::string name;
  for (const CLI::App* at = &command; at->get_parent() != nullptr; at = at->get_parent())
    name = at->get_name() + (name.empty() ? "" : " " + name);
  return name;
}

std::string see_help(const std::string& command) {
  return fmt::format("see `rdptriage {}--help`", command.empty() ? "" : command + " ");
}

// The first typed option that the command does not have, with the nearest one that it or the
// program has. Nothing when all of them are known.
std::optional<Error> unknown_option(const CommandRow& root, const CommandRow& command,
                                    const std::vector<std::string>& typed) {
  std::vector<std::string> known, near_ones;
  for (const OptionRow& row : command.options) {
    if (!row.is_argument) known.insert(known.end(), row.names.begin(), row.names.end());
  }
  near_ones = known;
  for (const OptionRow& row : root.options)
    near_ones.insert(near_ones.end(), row.names.begin(), row.names.end());
  for (const std::string& argument : typed) {
    if (argument.size() < 2 || argument.front() != '-') continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = suggest(name, near_ones);
    return Error{"OPTION_UNKNOWN",
                 fmt::format("`{}` has no option '{}'", command.name, name),
                 {},
                 near.empty() ? see_help(command.name) : fmt::format("did you mean '{}'?", near)};
  }
  return std::nullopt;
}

// A word that is none of an option's choices, with the nearest one.
std::string meant_choice(const CommandRow& command, const std::vector<std::string>& typed) {
  for (const OptionRow& row : command.options) {
    if (row.choices.empty()) continue;
    for (std::size_t i = 0; i < typed.size(); ++i) {
      std::string value = row.is_argument ? typed[i] : "";
      for (const std::string& name : row.names) {
        if (typed[i] == name && i + 1 < typed.size()) value = typed[i + 1];
        if (typed[i].rfind(name + "=", 0) == 0) value = typed[i].substr(name.size() + 1);
      }
      if (value.empty() ||
          std::find(row.choices.begin(), row.choices.end(), value) != row.choices.end())
        continue;
      const std::string near = suggest(value, row.choices);
      if (!near.empty()) return near;
    }
  }
  return {};
}

// Options that take a number are as wide as this one.
using OptionNumber = std::uint32_t;

bool is_option_number(std::string_view text) {
  OptionNumber value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end;
}

// "`--jobs` takes a number from 0 to 4294967295, not 'many'", from CLI11's "Could not convert:
// --jobs = many", where several values stand with commas.
std::string wrong_value(const CommandRow& command, const std::string& error) {
  constexpr std::string_view kBegin = "Could not convert: ";
  if (error.rfind(kBegin, 0) != 0) return error;
  const std::string what = error.substr(kBegin.size());
  for (const OptionRow& row : command.options) {
    for (const std::string& name : row.names) {
      const std::string begin = name + " = ";
      if (row.value != "N" || what.rfind(begin, 0) != 0) continue;
      std::istringstream values(what.substr(begin.size()));
      for (std::string value; std::getline(values, value, ',');) {
        if (!is_option_number(value))
          return fmt::format("`{}` takes a number from 0 to {}, not '{}'", name,
                             std::numeric_limits<OptionNumber>::max(), value);
      }
    }
  }
  return "a value of the wrong kind: " + what;
}

int report_parse_error(const CLI::App& app, const std::vector<std::string>& typed,
                       const CLI::ParseError& error) {
  const std::string name = full_name(chosen_command(app));
  const CommandRow root = describe(app);
  const CommandRow* found = find_command(root, name);
  const CommandRow& command = found ? *found : root;
  const bool extras = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const bool incomplete = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (const auto unknown =
          extras || incomplete ? unknown_option(root, command, typed) : std::nullopt) {
    print_error(*unknown);
    return kUsage;
  }
  std::string message = error.what(), help = see_help(name);
  if (extras) message = "there are more arguments than the command takes";
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    message = wrong_value(command, error.what());
  }
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
    if (const std::string near = meant_choice(command, typed); !near.empty())
      help = fmt::format("did you mean '{}'?", near);
  }
  if (!command.commands.empty() && incomplete) {
    std::vector<std::string> names;
    for (const CommandRow& below : command.commands)
      names.push_back(below.name.substr(below.name.rfind(' ') + 1));
    message = fmt::format("`{}` needs one of: {}", command.name, fmt::join(names, ", "));
    const std::string near = typed.size() > 1 ? suggest(typed[1], names) : std::string();
    if (!near.empty()) help = fmt::format("did you mean '{}'?", near);
  }
  print_error({"USAGE", message, {}, help});
  return kUsage;
}

int run(std::vector<std::string> arguments) {
  CLI::App app{"Why did this Remote Desktop connection fail, what proves it, what fixes it?",
               "rdptriage"};
  app.set_version_flag("--version", "rdptriage " RDPTRIAGE_VERSION);
  app.require_subcommand(1);
  use_table_for_help(app);
  Program program{app, arguments};
  add_analyze_command(program);
  add_batch_command(program);
  add_merge_command(program);
  add_events_command(program);
  add_inspect_command(program);
  add_explain_command(program);
  add_report_command(program);
  add_ticket_command(program);
  add_diff_command(program);
  add_demo_command(program);
  add_rules_command(program);
  add_schema_command(program);
  add_completion_command(program);
  add_man_command(program);
  // After the commands: each begins with what the program has when it is added.
  set_examples(app,
               "rdptriage case.zip                      the cause, on one screen\n"
               "rdptriage case.zip --format html=r.html a page to send\n"
               "rdptriage explain 0x904 0x7             what a code means\n"
               "rdptriage demo                          see it work\n");

  if (arguments.empty()) {
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  }
  insert_default_command(app, arguments);
  const std::vector<std::string> typed = arguments;
  if (auto with = with_settings(describe(app), arguments)) {
    arguments = std::move(*with);
  } else {
    print_error(with.error());
    return kUsage;
  }
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& answer) {  // --help, --version
    app.exit(answer);
    return kOk;
  } catch (const CLI::ParseError& error) {
    return report_parse_error(app, typed, error);
  }
  return program.exit_code;
}

}  // namespace

// A disk that is full must not look like an answer, whichever command wrote.
int run_and_finish(std::vector<std::string> arguments) {
  const int exit_code = run(std::move(arguments));
  const auto written = finish_standard_output();
  if (written || exit_code == kTemporary) return exit_code;
  return report_error(written.error());
}

}  // namespace rdptriage::cli

int main(int argc, char** argv) {
#ifdef SIGPIPE
  // A reader that has seen enough (`| head`) is no failure: writes fail, and the program ends well.
  std::signal(SIGPIPE, SIG_IGN);
#endif
  try {
    return rdptriage::cli::run_and_finish({argv + 1, argv + argc});
  } catch (const std::bad_alloc&) {
    rdptriage::cli::print_error({"OUT_OF_MEMORY",
                                 "there is not enough memory for this input",
                                 {},
                                 "give less at once; for bundles, lower --max-expanded"});
    return rdptriage::cli::kTemporary;
  } catch (const std::exception& error) {
    rdptriage::cli::print_error(
        {"INTERNAL", error.what(), {}, "this is a mistake in rdptriage; please report it"});
    return rdptriage::cli::kInternal;
  }
}
