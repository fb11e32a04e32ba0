#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/focus_options.hpp"
#include "cli/opening_options.hpp"
#include "cli/option_table.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "rdptriage/safe_text.hpp"
#include "rdptriage/write_events.hpp"

namespace rdptriage::cli {

namespace {

struct Options {
  std::vector<std::string> paths;
  std::string format = "jsonl", target;
  OpeningOptions opening;
  bool force = false;
  std::string since, until;
  EventFilter filter;
  CaseOptions case_options;
};

constexpr std::pair<std::string_view, EventFormat> kFormats[] = {
    {"jsonl", EventFormat::jsonl},
    {"csv", EventFormat::csv},
    {"xml", EventFormat::xml},
    {"timesketch", EventFormat::timesketch},
    {"ecs", EventFormat::ecs}};

// Nothing when the reader of a pipe has seen enough.
Result<std::optional<WriteSummary>> write_to_stdout(const Case& input, EventFormat format,
                                                    const EventFilter& filter) {
  bool broken_pipe = false;
  const auto write = [&](std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return EventFlow::go_on;
    broken_pipe = true;
    return EventFlow::stop;
  };
  widen_output_pipe();
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // what comes is large pieces already
  WriteSummary summary = write_events(input, format, filter, write);
  // The reader of a pipe has seen enough: not our failure. Anything else is.
  if (broken_pipe && errno != EPIPE) {
    return fail("OUTPUT_FAILED", "the events could not be written", "standard output",
                "check the free space of the disk that the output goes to");
  }
  if (broken_pipe) return std::optional<WriteSummary>();
  return std::optional(std::move(summary));
}

Result<std::optional<WriteSummary>> write_to_file(const Case& input, EventFormat format,
                                                  const Options& options) {
  WriteSummary summary;
  RDPTRIAGE_CHECK(write_whole(options.target, options.force ? Existing::replace : Existing::keep,
                              [&](std::ostream& out) -> Result<void> {
                                const auto write = [&out](std::string_view bytes) {
                                  out.write(bytes.data(),
                                            static_cast<std::streamsize>(bytes.size()));
                                  return out ? EventFlow::go_on : EventFlow::stop;
                                };
                                summary = write_events(input, format, options.filter, write);
                                return {};
                              }));
  return std::optional(std::move(summary));
}

Result<int> run(Options& options) {
  RDPTRIAGE_TRY(options.filter.since, read_time("--since", options.since));
  RDPTRIAGE_TRY(options.filter.until, read_time("--until", options.until));
  const auto* const format =
      std::find_if(std::begin(kFormats), std::end(kFormats),
                   [&](const auto& known) { return known.first == options.format; });
  const std::filesystem::path file = options.target == "-" ? "" : options.target;
  RDPTRIAGE_TRY(const Case input, open_case(options.paths, options.case_options, options.opening,
                                            std::span(&file, 1)));

  RDPTRIAGE_TRY(const std::optional<WriteSummary> written,
                options.target.empty() || options.target == "-"
                    ? write_to_stdout(input, format->second, options.filter)
                    : write_to_file(input, format->second, options));
  if (!written) return int{kOk};
  const WriteSummary& summary = *written;
  for (const Notice& notice : summary.notices) {
    print_notice(notice, {});
  }
  // One line for every file that gave nothing, so that nobody takes silence for emptiness. Refused
  // ones have their notice above.
  for (const ArtifactReport& artifact : summary.artifacts) {
    if (!artifact.because.empty() && artifact.state != ArtifactState::refused) {
      fmt::print(stderr, "rdptriage: {}: {}\n", safe_text(artifact.path),
                 safe_text(artifact.because));
    }
  }
  return int{summary.logs != 0 ? kOk : kNotAnalysable};
}

}  // namespace

void add_events_command(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* const command =
      program.app.add_subcommand("events", "Every event of the inputs in one normalized form");
  command->add_option("PATH", options->paths, "Logs, folders, bundles; - is standard input")
      ->required();
  std::vector<std::string> formats;
  for (const auto& [name, format] : kFormats) formats.emplace_back(name);
  command
      ->add_option("--format", options->format,
                   "timesketch and ecs (Elastic) are JSON lines for other timelines")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_option("-o,--output", options->target, "file to write to; - for standard output")
      ->type_name("FILE");
  command->add_flag("--force", options->force, "replace an existing output file");
  EventFilter& filter = options->filter;
  command->add_option("--channel", filter.channels, "Only events of this channel; repeatable")
      ->allow_extra_args(false);
  command->add_option("--provider", filter.providers, "Only events of this provider; repeatable")
      ->allow_extra_args(false);
  command->add_option("--event-id", filter.event_ids, "Only events with this id; repeatable")
      ->allow_extra_args(false)
      ->delimiter(',');
  command->add_option("--host", filter.hosts, "Only events of this computer; repeatable")
      ->allow_extra_args(false);
  command->add_option("--since", options->since, "Only events at or after this time (UTC)");
  command->add_option("--until", options->until, "Only events before this time (UTC)");
  command->add_option("--jobs", options->case_options.jobs, "Threads to use (default: all)");
  command->add_flag("--carve", options->case_options.carve,
                    "EVTX: also give stale and torn records, marked damaged");
  add_opening_options(*command, options->opening, options->case_options.limits);
  set_examples(*command,
               "rdptriage events case.zip --event-id 201,302 --format csv\n"
               "rdptriage events case.zip --format timesketch -o case.jsonl");
  command->callback([options, &program] {
    const Result<int> outcome = run(*options);
    program.exit_code = outcome ? *outcome : report_error(outcome.error());
  });
}

}  // namespace rdptriage::cli
