// rdptriage report, ticket, diff: what works on reports that were written before.
#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/analysis_options.hpp"
#include "cli/command.hpp"
#include "cli/confine.hpp"
#include "cli/opening_options.hpp"
#include "cli/option_table.hpp"
#include "cli/output.hpp"
#include "cli/sharing.hpp"
#include "cli/terminal.hpp"
#include "rdptriage/analyze.hpp"
#include "rdptriage/compare.hpp"
#include "rdptriage/ticket.hpp"

namespace rdptriage::cli {

namespace {

struct ReportOptions {
  std::string file, color = "auto";
  OutputOptions output{{"text"}, {}, false};
  SharingOptions sharing;
};

Existing existing(bool force) { return force ? Existing::replace : Existing::keep; }

int write_again(const ReportOptions& options) {
  const auto outputs = plan_outputs(options.output.formats, options.output.target);
  if (!outputs) return report_error(outputs.error());
  confine_memory();
  const auto report = read_report(options.file);
  if (!report) return report_error(report.error());
  const auto shared = shared_report(
      *report, options.sharing, RuleSet::builtin(),
      map_file_of(options.sharing,
                  report->case_fingerprint.empty() ? "case" : report->case_fingerprint));
  if (!shared) return report_error(shared.error());
  for (const Output& output : *outputs) {
    const WriteOptions layout{terminal_columns(), wants_color(), false};
    if (const auto written = write_output(*shared, output, existing(options.output.force), layout);
        !written)
      return report_error(written.error());
  }
  return kOk;
}

struct TicketOptions {
  std::string file, system, target;
  bool force = false;
};

int write_payload(const TicketOptions& options) {
  confine_memory();
  const auto report = read_report(options.file);
  if (!report) return report_error(report.error());
  const auto payload = write_ticket(*report, options.system);
  if (!payload) return report_error(payload.error());
  const auto written =
      write_whole(options.target, existing(options.force), [&](std::ostream& out) -> Result<void> {
        out << *payload;
        return {};
      });
  return written ? int{kOk} : report_error(written.error());
}

struct DiffOptions {
  std::string before, after, format = "text", target;
  OpeningOptions opening;
  CaseOptions input;
  bool force = false;
};

// A report that was written before, else logs that are analyzed now.
Result<Report> report_of(const std::string& path, const CaseOptions& options) {
  if (looks_like_report(path)) {
    auto report = read_report(path);
    if (report || report.error().code == "REPORT_MEMBER" ||
        report.error().code == "REPORT_VERSION") {
      return report;
    }
  }
  Case input(options);
  RDPTRIAGE_CHECK(input.add_path(path));
  return analyze(input);
}

int compare(const DiffOptions& options) {
  CaseOptions input = options.input;
  if (auto read = read_passwords(options.opening.password_file, input.passwords); !read)
    return report_error(read.error());
  const std::filesystem::path file = options.target == "-" ? "" : options.target;
  if (auto confined = confine(options.opening.sandbox, std::span(&file, 1)); !confined)
    return report_error(confined.error());
  const auto before = report_of(options.before, input);
  const auto after = before ? report_of(options.after, input) : before;
  if (!after) return report_error(after.error());
  const Comparison comparison = compare_reports(*before, *after);
  const auto written = write_whole(options.target, existing(options.force), [&](std::ostream& out) {
    return write_comparison(comparison, options.format, out);
  });
  if (!written) return report_error(written.error());
  return comparison.change == Change::not_compared ? kNotAnalysable : kOk;
}

void add_report_argument(CLI::App& command, std::string& file) {
  command.add_option("REPORT", file, "a file that --format json wrote; - for standard input")
      ->type_name("FILE")
      ->required();
}

void add_target(CLI::App& command, std::string& target, bool& force) {
  command.add_option("-o,--output", target, "file to write to; - for standard output")
      ->type_name("FILE")
      ->group("Output");
  command.add_flag("--force", force, "replace existing output files")->group("Output");
}

}  // namespace

void add_report_command(Program& program) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = program.app.add_subcommand(
      "report", "Write a JSON report in another format, without the logs");
  add_report_argument(*command, options->file);
  add_output_options(*command, options->output);
  add_sharing_options(*command, options->sharing,
                      "where the private map goes; none: nowhere (default: the user's state "
                      "folder)");
  command->add_option("--color", options->color, "colors in text")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str()
      ->group("Output");
  set_examples(*command, "rdptriage report report.json --format html -o report.html");
  command->callback([&program, options] {
    set_color(options->color);
    program.exit_code = write_again(*options);
  });
}

void add_ticket_command(Program& program) {
  auto options = std::make_shared<TicketOptions>();
  CLI::App* command = program.app.add_subcommand(
      "ticket", "The request that opens a ticket, from a JSON report; never sends it");
  add_report_argument(*command, options->file);
  std::vector<std::string> names;
  for (const TicketSystem& system : ticket_systems()) names.emplace_back(system.name);
  command->add_option("--for", options->system, "the ticketing system")
      ->check(CLI::IsMember(names))
      ->type_name("SYSTEM")
      ->required();
  add_target(*command, options->target, options->force);
  set_examples(*command, "rdptriage ticket report.json --for jira");
  command->callback([&program, options] { program.exit_code = write_payload(*options); });
}

void add_diff_command(Program& program) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command =
      program.app.add_subcommand("diff", "What a change did: logs or reports of before and after");
  command->add_option("BEFORE", options->before, "logs, or a JSON report, of before")
      ->type_name("PATH")
      ->required();
  command->add_option("AFTER", options->after, "logs, or a JSON report, of after")
      ->type_name("PATH")
      ->required();
  command->add_option("--format", options->format, "output format")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->type_name("FORMAT")
      ->capture_default_str()
      ->group("Output");
  add_target(*command, options->target, options->force);
  command->add_option("--jobs", options->input.jobs, "threads; 0: as many as there are processors")
      ->type_name("N")
      ->capture_default_str();
  add_opening_options(*command, options->opening, options->input.limits);
  set_examples(*command, "rdptriage diff before.zip after.zip");
  command->callback([&program, options] { program.exit_code = compare(*options); });
}

}  // namespace rdptriage::cli
