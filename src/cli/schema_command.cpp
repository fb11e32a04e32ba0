#include <cstdio>

#include "cli/command.hpp"
#include "cli/option_table.hpp"
#include "rdptriage/analyze.hpp"

namespace rdptriage::cli {

void add_schema_command(Program& program) {
  CLI::App* command = program.app.add_subcommand("schema", "Print the JSON Schema of the report");
  set_examples(*command, "rdptriage schema > report.schema.json");
  command->callback([] {
    const std::string_view schema = report_schema();
    std::fwrite(schema.data(), 1, schema.size(), stdout);
  });
}

}  // namespace rdptriage::cli
