#include "cli/analysis_options.hpp"

namespace rdptriage::cli {

namespace {
// note < warning < error: what --fail-on compares with.
int severity_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::diagnosed:
      return 3;
    case Verdict::suspected:
      return 2;
    case Verdict::inconclusive:
    case Verdict::not_analysable:
      return 1;
    case Verdict::no_failure_found:
      return 0;
  }
  return 0;
}
}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  command.add_option("--format", options.formats, "output format, or FORMAT=FILE; repeatable")
      ->type_name("FORMAT[=FILE]")
      ->capture_default_str()
      ->take_all()
      ->group("Output");
  command
      .add_option("-o,--output", options.target,
                  "file or folder to write to; - for standard output")
      ->type_name("PATH")
      ->group("Output");
  command.add_flag("--force", options.force, "replace existing output files")->group("Output");
}

void add_rule_options(CLI::App& command, RuleOptions& rules) {
  command
      .add_option("--rules", rules.paths,
                  "rule file or folder, on top of the built-in rules; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false)  // what follows is a case
      ->group("Rules");
  command
      .add_option("--language", rules.language,
                  "language of the rules' texts, where a pack has them (i18n/LANG.yml)")
      ->type_name("LANG")
      ->group("Rules");
  command.add_flag("--rules-only", rules.only, "leave the built-in rules out")->group("Rules");
}

void add_exit_options(CLI::App& command, ExitOptions& options) {
  command.add_option("--fail-on", options.fail_on, "exit 1 from this severity on")
      ->check(CLI::IsMember({"note", "warning", "error"}))
      ->type_name("SEVERITY")
      ->group("Exit code");
  command.add_flag("--strict", options.strict, "exit 4 when something could not be read")
      ->group("Exit code");
}

Result<std::optional<RuleSet>> load_rules(const RuleOptions& options) {
  if (options.paths.empty() && options.language.empty()) return std::optional<RuleSet>();
  const std::vector<std::filesystem::path> folders(options.paths.begin(), options.paths.end());
  RDPTRIAGE_TRY(RuleSet rules,
                RuleSet::load(folders, options.only ? RuleSet::Base::none : RuleSet::Base::builtin,
                              options.language));
  return std::optional<RuleSet>(std::move(rules));
}

ExitCode exit_code_of(Verdict verdict, Status status, const ExitOptions& options) {
  if (!options.fail_on.empty()) {
    const int limit = options.fail_on == "error" ? 3 : options.fail_on == "warning" ? 2 : 1;
    if (severity_of(verdict) >= limit) return kFailOn;
  }
  if (options.strict && status != Status::complete) return kPartial;
  return kOk;
}

}  // namespace rdptriage::cli
