// rdptriage demo: the program on cases that it carries, so that the first thing a user sees is an
// answer.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <set>

#include "cli/command.hpp"
#include "cli/demo_files.hpp"
#include "cli/option_table.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "rdptriage/rdptriage.hpp"

namespace rdptriage::cli {

namespace {

struct DemoOptions {
  std::string sample = "gateway-502", target, folder;
  std::vector<std::string> formats{"text"};
  bool list = false, force = false;
};

std::vector<std::string> sample_names() {
  std::set<std::string> names;
  for (const DemoFile& file : demo_files()) names.emplace(file.sample);
  return {names.begin(), names.end()};
}

// `demo --write FOLDER`: the files, to try the other commands on.
int write_files(const DemoOptions& options) {
  for (const DemoFile& file : demo_files()) {
    const auto path = std::filesystem::path(options.folder) / file.sample / file.path;
    const auto written = write_whole(path, options.force ? Existing::replace : Existing::keep,
                                     [&](std::ostream& out) -> Result<void> {
                                       out << file.bytes;
                                       return {};
                                     });
    if (!written) return report_error(written.error());
  }
  for (const std::string& name : sample_names())
    std::fputs(fmt::format("{}/{}\n", options.folder, name).c_str(), stdout);
  return kOk;
}

int run_demo(const DemoOptions& options) {
  if (options.list) {
    for (const std::string& name : sample_names()) std::fputs((name + "\n").c_str(), stdout);
    return kOk;
  }
  if (!options.folder.empty()) return write_files(options);
  const auto outputs = plan_outputs(options.formats, options.target);
  if (!outputs) return report_error(outputs.error());
  CaseOptions case_options;
  case_options.case_id = "demo";
  Case input(case_options);
  for (const DemoFile& file : demo_files()) {
    if (file.sample != options.sample) continue;
    const auto added =
        input.add_bytes(std::string(file.path), std::as_bytes(std::span(file.bytes)));
    if (!added) return report_error(added.error());
  }
  const Report report = analyze(input);
  const WriteOptions layout{terminal_columns(), wants_color(), false};
  for (const Output& output : *outputs) {
    const auto written =
        write_output(report, output, options.force ? Existing::replace : Existing::keep, layout);
    if (!written) return report_error(written.error());
  }
  std::fputs("rdptriage: this is a made-up case; yours: rdptriage PATH…\n", stderr);
  return kOk;
}

}  // namespace

void add_demo_command(Program& program) {
  auto options = std::make_shared<DemoOptions>();
  CLI::App* command =
      program.app.add_subcommand("demo", "See an answer at once, on a case the program carries");
  command->add_option("SAMPLE", options->sample, "which case")
      ->check(CLI::IsMember(sample_names()))
      ->capture_default_str();
  command->add_flag("--list", options->list, "list the cases");
  command->add_option("--write", options->folder, "write the cases' files there instead")
      ->type_name("FOLDER");
  command->add_option("--format", options->formats, "output format, or FORMAT=FILE; repeatable")
      ->type_name("FORMAT[=FILE]")
      ->capture_default_str()
      ->take_all()
      ->group("Output");
  command->add_option("-o,--output", options->target, "file or folder to write to")
      ->type_name("PATH")
      ->group("Output");
  command->add_flag("--force", options->force, "replace existing output files")->group("Output");
  set_examples(*command,
               "rdptriage demo\n"
               "rdptriage demo --format html=demo.html\n"
               "rdptriage demo --write cases");
  command->callback([&program, options] { program.exit_code = run_demo(*options); });
}

}  // namespace rdptriage::cli
