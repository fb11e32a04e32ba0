#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/command.hpp"
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

// The first typed option that the command does not have, with the nearest one that it has.
Error unknown_option(const CLI::App& command, const std::vector<std::string>& typed) {
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (const std::string& name : option->get_snames()) known.push_back("-" + name);
  }
  for (const std::string& argument : typed) {
    if (argument.size() < 2 || argument.front() != '-') continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = suggest(name, known);
    return {"OPTION_UNKNOWN",
            fmt::format("`{}` has no option '{}'", command.get_name(), name),
            {},
            near.empty() ? fmt::format("see `rdptriage {} --help`", command.get_name())
                         : fmt::format("did you mean '{}'?", near)};
  }
  return {"USAGE",
          "there are more arguments than the command takes",
          {},
          fmt::format("see `rdptriage {} --help`", command.get_name())};
}

int report_parse_error(const CLI::App& app, const std::vector<std::string>& typed,
                       const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    print_error(unknown_option(command, typed));
  } else {
    print_error(
        {"USAGE",
         error.what(),
         {},
         fmt::format("see `rdptriage {}--help`", chosen.empty() ? "" : command.get_name() + " ")});
  }
  return kUsage;
}

int run(std::vector<std::string> arguments) {
  CLI::App app{"Why did this Remote Desktop connection fail, what proves it, what fixes it?",
               "rdptriage"};
  app.set_version_flag("--version", "rdptriage " RDPTRIAGE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "`rdptriage PATH…` is short for `rdptriage analyze PATH…`: a file, a folder, a zip, or - "
      "for\n"
      "standard input. Nothing is ever sent anywhere.");
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

  if (arguments.empty()) {
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  }
  insert_default_command(app, arguments);
  try {
    // CLI11 takes the arguments last one first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& answer) {  // --help, --version
    app.exit(answer);
    return kOk;
  } catch (const CLI::ParseError& error) {
    return report_parse_error(app, arguments, error);
  }
  return program.exit_code;
}

}  // namespace

}  // namespace rdptriage::cli

int main(int argc, char** argv) {
#ifdef SIGPIPE
  // A reader that has seen enough (`| head`) is no failure: writes fail, and the program ends well.
  std::signal(SIGPIPE, SIG_IGN);
#endif
  try {
    return rdptriage::cli::run({argv + 1, argv + argc});
  } catch (const std::bad_alloc&) {
    rdptriage::cli::print_error({"OUT_OF_MEMORY",
                                 "there is not enough memory for this input",
                                 {},
                                 "give fewer files, or lower --max-expanded"});
    return rdptriage::cli::kTemporary;
  } catch (const std::exception& error) {
    rdptriage::cli::print_error(
        {"INTERNAL", error.what(), {}, "this is a mistake in rdptriage; please report it"});
    return rdptriage::cli::kInternal;
  }
}
