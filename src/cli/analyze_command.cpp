#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>

#include "cli/analysis_options.hpp"
#include "cli/command.hpp"
#include "cli/confine.hpp"
#include "cli/focus_options.hpp"
#include "cli/opening_options.hpp"
#include "cli/option_table.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/sharing.hpp"
#include "cli/terminal.hpp"
#include "rdptriage/rdptriage.hpp"
#include "rdptriage/suggest.hpp"

namespace rdptriage::cli {

namespace {

constexpr std::size_t kMostNotices = 3;  // on the terminal; the report has all

struct AnalyzeOptions {
  std::vector<std::string> paths;
  OutputOptions output{{"text"}, {}, false};
  std::string color = "auto";
  OpeningOptions opening;
  CaseOptions input;
  FocusOptions focus;
  RuleOptions rules;
  ExitOptions exit;
  SharingOptions sharing;
  bool reproducible = false, why = false;
  bool quiet = false, verbose = false;
};

Result<Case> open_case(const AnalyzeOptions& options, const Program& program) {
  Case input(options.input);
  // The order in which paths are typed says nothing about the case.
  std::vector<std::string> paths = options.paths;
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    if (auto added = input.add_path(path); !added) {
      Error error = std::move(added).error();
      const std::string near = suggest(path, command_names(program.app));
      if (error.code == "INPUT_NOT_FOUND" && !near.empty() &&
          path.find_first_of("./\\") == std::string::npos) {
        error.help = fmt::format("did you mean the command '{}'?", near);
      }
      return tl::make_unexpected(std::move(error));
    }
  }
  return input;
}

// Left out in silence it would look as if the dialog had said nothing.
Result<void> read_code(const std::string& code) {
  if (code.empty() || is_reported_code(code)) return {};
  return fail("CODE_NOT_UNDERSTOOD", fmt::format("`{}` is no code of the error dialog", code),
              "--code", "write it as 0x904/0x7, or as one number: 0x904, 2308");
}

ExitCode exit_code_of(const Report& report, const AnalyzeOptions& options) {
  if (report.verdict == Verdict::not_analysable) return kNotAnalysable;
  return exit_code_of(report.verdict, report.status, options.exit);
}

void print_notices(const Report& report, const AnalyzeOptions& options) {
  if (options.quiet) return;
  const std::size_t most = options.verbose ? report.notices.size() : kMostNotices;
  for (std::size_t i = 0; i < std::min(most, report.notices.size()); ++i) {
    const Notice& notice = report.notices[i];
    const bool placed = notice.artifact && *notice.artifact < report.artifacts.size();
    print_notice(notice, placed ? report.artifacts[*notice.artifact].path : "");
  }
  if (report.notices.size() > most) {
    std::fputs(
        fmt::format("rdptriage: {} more notices; -v shows them all\n", report.notices.size() - most)
            .c_str(),
        stderr);
  }
}

// Everything that is opened by name for writing.
std::vector<std::filesystem::path> files_of(const AnalyzeOptions& options,
                                            const std::vector<Output>& outputs) {
  std::vector<std::filesystem::path> files;
  for (const Output& output : outputs) files.push_back(output.file);
  if (options.sharing.share) files.push_back(map_file_of(options.sharing, "case"));
  return files;
}

// Without any data the reason must not be looked for in a list of notices.
void print_why_nothing(const Report& report, const AnalyzeOptions& options) {
  if (options.quiet || report.verdict != Verdict::not_analysable) return;
  std::size_t shown = 0;
  for (const ArtifactReport& artifact : report.artifacts) {
    if (artifact.because.empty() || shown == kMostNotices) continue;
    const bool is_told = std::any_of(
        report.notices.begin(), report.notices.end(),
        [&artifact](const Notice& notice) { return notice.text.ends_with(artifact.because); });
    if (is_told) continue;
    ++shown;
    print_notice({"INPUT_NOT_USED", artifact.because, {}, {}, 0}, artifact.path);
  }
}

int analyze_paths(const AnalyzeOptions& given, const Program& program) {
  const auto begin = std::chrono::steady_clock::now();
  const auto started = std::chrono::system_clock::now();
  auto outputs = plan_outputs(given.output.formats, given.output.target);
  if (!outputs) return report_error(outputs.error());
  const Existing existing = given.output.force ? Existing::replace : Existing::keep;
  if (auto free = check_outputs(*outputs, existing); !free) return report_error(free.error());
  AnalyzeOptions options = given;
  auto read = read_code(options.input.code);
  if (read) read = read_focus(options.focus, options.input);
  if (read) read = read_passwords(options.opening.password_file, options.input.passwords);
  if (!read) return report_error(read.error());
  ReadProgress count;
  options.input.progress = &count;
  auto input = open_case(options, program);
  if (!input) return report_error(input.error());
  const auto own_rules = load_rules(options.rules);
  if (!own_rules) return report_error(own_rules.error());
  if (auto confined = confine(options.opening.sandbox, files_of(options, *outputs)); !confined)
    return report_error(confined.error());
  Report report = [&] {
    const Progress progress(options.quiet ? Progress::Show::never : Progress::Show::on_terminal,
                            [&count] { return files_and_bytes(count); });
    return analyze(*input, *own_rules ? **own_rules : RuleSet::builtin());
  }();
  if (!options.reproducible) {
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    // The system clock counts from 1970, reports from 1601.
    const auto ticks =
        std::chrono::duration_cast<std::chrono::nanoseconds>(started.time_since_epoch()).count() /
        100;
    report.run =
        RunInfo{Timestamp{ticks + 116'444'736'000'000'000},
                static_cast<std::uint64_t>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()),
                program.arguments};
  }
  if (options.sharing.share) {
    const auto map_file = map_file_of(
        options.sharing, report.case_fingerprint.empty() ? "case" : report.case_fingerprint);
    auto shared = shared_report(std::move(report), options.sharing,
                                *own_rules ? **own_rules : RuleSet::builtin(), map_file);
    if (!shared) return report_error(shared.error());
    report = std::move(*shared);
    if (!options.quiet && !map_file.empty())
      std::fputs(fmt::format("rdptriage: what stands for what is in {}; keep it\n",
                             safe_text(map_file.string()))
                     .c_str(),
                 stderr);
  }
  const WriteOptions layout{terminal_columns(), wants_color(), options.why};
  for (const Output& output : *outputs) {
    if (auto written = write_output(report, output, existing, layout); !written)
      return report_error(written.error());
  }
  print_why_nothing(report, options);
  print_notices(report, options);
  return exit_code_of(report, options);
}

}  // namespace

void add_analyze_command(Program& program) {
  auto options = std::make_shared<AnalyzeOptions>();
  CLI::App* command = program.app.add_subcommand(
      "analyze", "Name the cause of a failed connection (the default command)");
  command
      ->add_option("PATH", options->paths,
                   "file, folder or zip; several paths are one case; - for standard input")
      ->required();
  add_output_options(*command, options->output);
  command->add_option("--color", options->color, "colors in text")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str()
      ->group("Output");
  command->add_flag("--why", options->why, "show how the causes were weighed")->group("Output");
  command
      ->add_flag("--reproducible", options->reproducible, "leave out what differs between two runs")
      ->group("Output");
  command->add_flag("-q,--quiet", options->quiet, "no notices on standard error")->group("Output");
  command->add_flag("-v,--verbose", options->verbose, "all notices on standard error")
      ->group("Output");
  command->add_option("--case-id", options->input.case_id, "the ticket this case belongs to")
      ->type_name("ID")
      ->group("Case");
  command->add_option("--code", options->input.code, "what the error dialog showed, e.g. 0x904/0x7")
      ->type_name("CODE")
      ->group("Case");
  command->add_option("--jobs", options->input.jobs, "threads; 0: as many as there are processors")
      ->type_name("N")
      ->capture_default_str()
      ->group("Case");
  add_focus_options(*command, options->focus);
  add_sharing_options(*command, options->sharing,
                      "where the private map goes; none: nowhere (default: the user's state "
                      "folder)");
  add_rule_options(*command, options->rules);
  add_exit_options(*command, options->exit);
  add_opening_options(*command, options->opening, options->input.limits);
  set_examples(*command,
               "rdptriage case.zip\n"
               "rdptriage client.log gateway.evtx --code 0x904/0x7\n"
               "rdptriage case.zip --user anna --around \"2026-11-20 09:11\" --tz +01:00\n"
               "rdptriage case.zip --format html=report.html --format json=report.json");
  command->callback([&program, options] {
    set_color(options->color);
    program.exit_code = analyze_paths(*options, program);
  });
}

}  // namespace rdptriage::cli
