#include "cli/command.hpp"

namespace rdptriage::cli {

void add_events_command(Program& program) {
  program.app.add_subcommand("events", "Every event of the inputs in one normalized form");
}

}  // namespace rdptriage::cli
