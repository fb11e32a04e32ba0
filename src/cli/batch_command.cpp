// rdptriage batch: many cases, one line each. A case that cannot be read is a line, never the end
// of the run.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <memory>
#include <new>

#include "cli/analysis_options.hpp"
#include "cli/batch_folder.hpp"
#include "cli/command.hpp"
#include "cli/confine.hpp"
#include "cli/focus_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/opening_options.hpp"
#include "cli/option_table.hpp"
#include "cli/ordered_pool.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/sharing.hpp"
#include "rdptriage/fleet.hpp"
#include "rdptriage/rdptriage.hpp"
#include "rdptriage/threads.hpp"

namespace rdptriage::cli {

namespace {

struct BatchOptions {
  std::vector<std::string> paths, formats{"json"};
  std::string entries_of, from_file, paths_from, folder, shard = "1/1";
  OpeningOptions opening;
  CaseOptions input;
  FocusOptions focus;
  RuleOptions rules;
  ExitOptions exit;
  SharingOptions sharing;
  unsigned jobs = 0;
  bool resume = false, force = false, quiet = false;
};

struct CaseOutcome {
  std::string name, line;  // of the case as the line calls it
  ExitCode exit_code = kOk;
  bool failed = false, skipped = false;
};

// "INC0012345" of "tickets/INC0012345.tar.gz": what the ticket is called.
std::string case_id_of(const std::string& input) {
  std::filesystem::path path(input);
  if (!path.has_filename()) path = path.parent_path();
  std::string name = path.filename().string();
  for (const char* ending : {".gz", ".bz2", ".xz", ".zst", ".tar", ".zip", ".7z", ".cab", ".evtx",
                             ".log", ".txt", ".json", ".jsonl", ".xml", ".tgz"}) {
    const std::string_view text(ending);
    if (name.size() > text.size() && name.ends_with(text)) name.resize(name.size() - text.size());
  }
  return name;
}

class Batch {
 public:
  Batch(const BatchOptions& options, const RuleSet& rules, std::vector<FormatInfo> formats,
        BatchFolder* folder)
      : options_(options), rules_(rules), formats_(std::move(formats)), folder_(folder) {
    // An empty case tells what every report of this run will carry.
    const Report empty = analyze(Case(), rules_);
    tool_version_ = empty.tool_version;
    rules_sha256_ = empty.rules_sha256;
  }

  CaseOutcome run(const std::string& input) const {
    CaseOutcome out;
    out.name = input;
    std::string digest;
    Error error;
    try {
      auto analyzed = analyze_one(input, digest, out);
      if (analyzed) return out;
      error = std::move(analyzed).error();
    } catch (const std::bad_alloc&) {
      error = {"OUT_OF_MEMORY", "there is not enough memory for this case", input,
               "lower --jobs or --max-expanded"};
    } catch (const std::exception& failure) {
      error = {"INTERNAL", failure.what(), input, "this is a mistake in rdptriage"};
    }
    if (options_.sharing.share) error.message = "the case could not be analyzed";
    CaseSummary summary = failed_case(error, shown(input, digest), digest);
    if (!options_.sharing.share) summary.case_id = case_id_of(input);
    summary.tool_version = tool_version_;
    summary.rules_sha256 = rules_sha256_;
    out.name = summary.input;
    out.line = write_case_line(summary);
    out.failed = true;
    out.exit_code = exit_code_of(Verdict::not_analysable, Status::failed, options_.exit);
    return out;
  }

 private:
  // How the case is called in lines and file names: a shared one only by its content and place.
  std::string shown(const std::string& input, const std::string& digest) const {
    if (!options_.sharing.share) return input;
    return fmt::format("case-{}-{:08x}", digest.substr(0, 16),
                       static_cast<std::uint32_t>(path_hash(input)));
  }
  std::filesystem::path map_file_of(const std::string& input, const std::string& digest) const {
    if (!options_.sharing.share || options_.sharing.map == "none") return {};
    const std::string name = shown(input, digest);
    if (options_.sharing.map.empty()) return cli::map_file_of(options_.sharing, name);
    return std::filesystem::path(options_.sharing.map) / (name + ".json");
  }

  Result<void> analyze_one(const std::string& input, std::string& digest, CaseOutcome& out) const {
    RDPTRIAGE_TRY(digest, input_digest(input));
    out.name = shown(input, digest);
    if (folder_ && options_.resume) {
      const std::string* line =
          folder_->finished(shown(input, digest), digest, tool_version_, rules_sha256_);
      if (line) {
        out.line = *line;
        out.skipped = true;
        if (const auto summary = parse_case_line(*line))
          out.exit_code = exit_code_of_line(*summary);
        return {};
      }
    }
    CaseOptions case_options = options_.input;
    case_options.case_id = case_id_of(input);
    case_options.jobs = 1;
    Case opened(case_options);
    RDPTRIAGE_CHECK(opened.add_path(input));
    RDPTRIAGE_TRY(const Report report, shared_report(analyze(opened, rules_), options_.sharing,
                                                     rules_, map_file_of(input, digest)));
    CaseSummary summary = summarize(report, shown(input, digest), digest);
    RDPTRIAGE_CHECK(write_reports(report, summary));
    out.line = write_case_line(summary);
    out.exit_code = exit_code_of(report.verdict, report.status, options_.exit);
    return {};
  }

  Result<void> write_reports(const Report& report, CaseSummary& summary) const {
    if (!folder_) return {};
    for (const FormatInfo& format : formats_) {
      const auto file = BatchFolder::report_file(summary.input, format.extension);
      const Output output{std::string(format.name), folder_->path() / file};
      RDPTRIAGE_CHECK(write_output(report, output, Existing::take_over, {}));
      summary.reports.push_back(file.generic_string());
    }
    return {};
  }

  ExitCode exit_code_of_line(const CaseSummary& summary) const {
    Verdict verdict = Verdict::not_analysable;
    if (summary.verdict == "diagnosed") verdict = Verdict::diagnosed;
    if (summary.verdict == "suspected") verdict = Verdict::suspected;
    if (summary.verdict == "inconclusive") verdict = Verdict::inconclusive;
    if (summary.verdict == "no_failure_found") verdict = Verdict::no_failure_found;
    return exit_code_of(verdict, summary.status == "complete" ? Status::complete : Status::partial,
                        options_.exit);
  }

  const BatchOptions& options_;
  const RuleSet& rules_;
  std::vector<FormatInfo> formats_;
  BatchFolder* folder_;
  std::string tool_version_, rules_sha256_;
};

// One write for one line: whoever reads the pipe has it at once and whole.
Result<void> print_line(const std::string& line) {
  const std::string text = line + '\n';
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return fail("OUTPUT_NOT_WRITTEN", "a line could not be written", "standard output",
                  "is the reader of the pipe still there?");
    }
    at += static_cast<std::size_t>(count);
  }
  return {};
}

Result<std::vector<FormatInfo>> formats_of(const std::vector<std::string>& names) {
  std::vector<FormatInfo> out;
  for (const std::string& name : names) {
    RDPTRIAGE_TRY(const FormatInfo format, find_format(name));
    for (const FormatInfo& other : out) {
      if (other.extension == format.extension) {
        return fail(
            "OUTPUT_TWICE",
            fmt::format("{} and {} reports would have the same name", other.name, format.name),
            "--format", "ask for one of them");
      }
    }
    out.push_back(format);
  }
  return out;
}

struct Totals {
  std::uint64_t cases = 0, failed = 0, skipped = 0;
  ExitCode exit_code = kOk;  // 1 before 4 before 0
};

Result<Totals> run_cases(BatchOptions& options, const RuleSet& rules, CaseList& cases,
                         BatchFolder* folder) {
  RDPTRIAGE_TRY(const auto formats, formats_of(options.formats));
  const bool to_stdout = folder == nullptr || !options.paths_from.empty();
  ReadProgress count;
  options.input.progress = &count;
  const Batch batch(options, rules, formats, folder);
  Totals totals;
  std::atomic<std::uint64_t> done{0}, failed{0};
  const Progress progress(options.quiet ? Progress::Show::never : Progress::Show::on_terminal, [&] {
    return fmt::format("{} cases, {} failed, {}", done.load(), failed.load(),
                       files_and_bytes(count));
  });
  Result<void> written;
  std::atomic<bool> stop{false};
  const auto emit = [&](CaseOutcome&& outcome) {
    if (!written) return;
    if (folder) written = folder->add(outcome.name, outcome.line);
    if (written && to_stdout) written = print_line(outcome.line);
    if (!written) stop = true;
    ++totals.cases;
    totals.failed += outcome.failed ? 1U : 0U;
    totals.skipped += outcome.skipped ? 1U : 0U;
    if (outcome.exit_code == kFailOn || totals.exit_code == kOk)
      totals.exit_code = outcome.exit_code;
    done = totals.cases;
    failed = totals.failed;
  };
  {
    OrderedPool<std::string, CaseOutcome> pool(
        thread_count(options.jobs), [&](const std::string& input) { return batch.run(input); },
        emit);
    while (!stop) {
      auto input = cases.next();
      if (!input || !pool.add(std::move(*input))) break;
    }
    pool.finish();
  }
  RDPTRIAGE_CHECK(std::move(written));
  RDPTRIAGE_CHECK(cases.outcome());
  if (folder && interrupted() == 0) RDPTRIAGE_CHECK(folder->finish());
  return totals;
}

Result<int> run_batch(BatchOptions& options) {
  RDPTRIAGE_CHECK(read_focus(options.focus, options.input));
  RDPTRIAGE_CHECK(read_passwords(options.opening.password_file, options.input.passwords));
  RDPTRIAGE_TRY(const Shard shard, parse_shard(options.shard));
  if (options.paths.empty() && options.entries_of.empty() && options.from_file.empty() &&
      options.paths_from.empty()) {
    return fail("USAGE", "there are no cases", {},
                "name them, or use --entries-of, --from-file or --paths-from");
  }
  if (!options.from_file.empty() && !options.paths_from.empty())
    return fail("USAGE", "--from-file and --paths-from are two lists", {}, "give one of them");
  CaseList cases(options.paths, shard);
  if (!options.entries_of.empty()) RDPTRIAGE_CHECK(cases.add_entries_of(options.entries_of));
  if (!options.from_file.empty()) RDPTRIAGE_CHECK(cases.add_list(options.from_file));
  if (!options.paths_from.empty()) RDPTRIAGE_CHECK(cases.add_list(options.paths_from));
  RDPTRIAGE_TRY(const auto own_rules, load_rules(options.rules));
  std::unique_ptr<BatchFolder> folder;
  if (!options.folder.empty()) {
    folder = std::make_unique<BatchFolder>(options.folder, shard);
    RDPTRIAGE_CHECK(folder->open(options.resume  ? BatchFolder::Begin::resume
                                 : options.force ? BatchFolder::Begin::replace
                                                 : BatchFolder::Begin::anew));
  } else if (options.resume) {
    return fail("USAGE", "--resume needs the folder of the batch", {}, "give it with -o");
  }
  std::vector<std::filesystem::path> written;
  if (!options.folder.empty()) written.push_back(std::filesystem::path(options.folder) / "reports");
  if (options.sharing.share) written.push_back(map_file_of(options.sharing, "case"));
  RDPTRIAGE_CHECK(confine(options.opening.sandbox, written));
  catch_interrupts();
  RDPTRIAGE_TRY(const Totals totals, run_cases(options, own_rules ? *own_rules : RuleSet::builtin(),
                                               cases, folder.get()));
  if (!options.quiet) {
    std::fputs(fmt::format("rdptriage: {} cases, {} failed, {} as before\n", totals.cases,
                           totals.failed, totals.skipped)
                   .c_str(),
               stderr);
  }
  if (interrupted() != 0) {
    std::fputs("rdptriage: interrupted; --resume goes on\n", stderr);
    return 128 + interrupted();
  }
  return int{totals.exit_code};
}

struct MergeOptions {
  std::vector<std::string> paths;
  OutputOptions output{{"jsonl"}, {}, false};
};

Result<int> run_merge(const MergeOptions& options) {
  RDPTRIAGE_TRY(const auto outputs, plan_outputs(options.output.formats, options.output.target,
                                                 Fleet::formats(), "cases"));
  Fleet fleet;
  std::uint64_t refused = 0;
  for (const std::string& path : options.paths) {
    RDPTRIAGE_CHECK(for_each_line(path, [&](const std::string& line) {
      if (!fleet.add(line)) ++refused;
    }));
  }
  if (refused != 0) {
    std::fputs(fmt::format("rdptriage: notice[CASE_LINE]: {} lines are none of a batch\n", refused)
                   .c_str(),
               stderr);
  }
  if (fleet.size() == 0) {
    return fail("INPUT_EMPTY", "there is no line of a batch in what was given", {},
                "give the folders of `batch -o`");
  }
  for (const Output& output : outputs) {
    RDPTRIAGE_CHECK(
        write_whole(output.file, options.output.force ? Existing::replace : Existing::keep,
                    [&](std::ostream& out) { return fleet.write(output.format, out); }));
  }
  return int{kOk};
}

}  // namespace

void add_batch_command(Program& program) {
  auto options = std::make_shared<BatchOptions>();
  CLI::App* command =
      program.app.add_subcommand("batch", "Many cases: one line of JSON each, and a folder");
  command->add_option("PATH", options->paths, "a case each: file, folder or zip");
  command
      ->add_option("--entries-of", options->entries_of,
                   "every entry directly in this folder is a case")
      ->type_name("FOLDER")
      ->group("Cases");
  command->add_option("--from-file", options->from_file, "a list of cases, one path a line")
      ->type_name("FILE")
      ->group("Cases");
  command
      ->add_option("--paths-from", options->paths_from,
                   "the same as a stream: a line of output, at once, for every line; - for "
                   "standard input")
      ->type_name("FILE")
      ->group("Cases");
  command->add_option("--shard", options->shard, "which part of the cases, of how many: 3/8")
      ->type_name("I/N")
      ->capture_default_str()
      ->group("Cases");
  command->add_option("-o,--output", options->folder, "folder for the lines and the reports")
      ->type_name("FOLDER")
      ->group("Output");
  command->add_option("--format", options->formats, "format of the reports; repeatable")
      ->type_name("FORMAT")
      ->capture_default_str()
      ->take_all()
      ->group("Output");
  command->add_flag("--resume", options->resume, "keep what an earlier run finished")
      ->group("Output");
  command->add_flag("--force", options->force, "begin anew in a folder that is in use")
      ->group("Output");
  command->add_flag("-q,--quiet", options->quiet, "nothing on standard error but errors")
      ->group("Output");
  command->add_option("--jobs", options->jobs, "cases at once; 0: as many as there are processors")
      ->type_name("N")
      ->capture_default_str()
      ->group("Cases");
  add_focus_options(*command, options->focus);
  add_sharing_options(*command, options->sharing,
                      "folder for the private maps; none: nowhere (default: the user's state "
                      "folder)");
  add_rule_options(*command, options->rules);
  add_exit_options(*command, options->exit);
  add_opening_options(*command, options->opening, options->input.limits);
  set_examples(*command,
               "rdptriage batch tickets/*.zip > cases.jsonl\n"
               "rdptriage batch --entries-of tickets -o out --format html\n"
               "rdptriage batch --entries-of tickets -o out --shard 3/8 --resume");
  command->callback([&program, options] {
    const auto outcome = run_batch(*options);
    program.exit_code = outcome ? *outcome : report_error(outcome.error());
  });
}

void add_merge_command(Program& program) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command = program.app.add_subcommand(
      "merge", "The lines of batches as one: JSONL, counts, a page, SARIF, JUnit");
  command->add_option("PATH", options->paths, "folders of `batch -o`, or files of its lines")
      ->required();
  add_output_options(*command, options->output);
  set_examples(*command, "rdptriage merge out --format html=fleet.html --format jsonl=cases.jsonl");
  command->callback([&program, options] {
    const auto outcome = run_merge(*options);
    program.exit_code = outcome ? *outcome : report_error(outcome.error());
  });
}

}  // namespace rdptriage::cli
