#include <cstdio>
#include <string_view>

#include "cli/command.hpp"

int main(int argc, char** argv) {
  using namespace rdptriage::cli;
  CLI::App app{"Why did this Remote Desktop connection fail, what proves it, what fixes it?", "rdptriage"};
  app.set_version_flag("--version", "rdptriage " RDPTRIAGE_VERSION);
  Program program{app};
  add_events_command(program);
  add_schema_command(program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return program.exit_code;
}
