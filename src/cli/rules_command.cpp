// rdptriage rules match|lint|test|list|explain
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/opening_options.hpp"
#include "cli/option_table.hpp"
#include "rdptriage/rules.hpp"
#include "rdptriage/safe_text.hpp"

namespace rdptriage::cli {

namespace {
using nlohmann::ordered_json;

// What the options of all subcommands end in.
struct RulesOptions {
  std::vector<std::string> rules;
  std::string log_source_map, placeholders, format = "text";
  OpeningOptions opening;
  bool use_log_sources = false, keep_going = false, sigma = false;
  CaseOptions input;
  std::vector<std::string> paths;
  std::string rule, event;

  RuleSelection selection() const {
    RuleSelection out;
    for (const std::string& path : rules) out.paths.emplace_back(path);
    out.log_sources =
        use_log_sources ? RuleSelection::LogSources::apply : RuleSelection::LogSources::ignore;
    out.log_source_map = log_source_map;
    out.placeholders = placeholders;
    out.on_problem =
        keep_going ? RuleSelection::OnProblem::keep_going : RuleSelection::OnProblem::refuse;
    return out;
  }
};

void print(std::FILE* to, const std::string& text) { std::fwrite(text.data(), 1, text.size(), to); }

void print_problems(const std::vector<Problem>& problems) {
  for (const Problem& problem : problems)
    print(stderr, safe_text(problem.text, LineBreaks::keep) + "\n");
}

std::string counted(std::uint64_t count, std::string_view what, std::string_view more = "s") {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : more);
}

std::string dump(const ordered_json& value) {
  return safe_json(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

// A line of JSON for each match. What stays the same from match to match is written once.
class MatchLines {
 public:
  void append(const RuleMatch& match, std::string& out) {
    auto head = heads_.find(match.rule);
    if (head == heads_.end()) head = heads_.emplace(match.rule, head_of(match)).first;
    out += head->second;
    if (match.kind == RuleMatch::Kind::correlation) {
      ordered_json group = ordered_json::object();
      for (const auto& [name, value] : match.group) {
        group[name] = value ? ordered_json(*value) : ordered_json();
      }
      out += fmt::format(R"(,"group":{},"events":{})", dump(group), match.events);
      if (!match.certain) out += R"(,"certainty":"possible")";
    } else {
      if (match.artifact != artifact_) {
        artifact_ = match.artifact;
        artifact_json_ = dump(artifact_);
      }
      fmt::format_to(std::back_inserter(out), R"(,"index":{},"artifact":{})", match.index,
                     artifact_json_);
      const auto number = [&](const char* form, const std::optional<std::uint64_t>& value) {
        if (value) fmt::format_to(std::back_inserter(out), fmt::runtime(form), *value);
      };
      number(R"(,"record_id":"{}")", match.record_id);
      number(R"(,"record_number":"{}")", match.record_number);
      number(R"(,"line":{})", match.line);
    }
    out += "}\n";
  }

 private:
  // The members that the rule gives, without the closing brace.
  static std::string head_of(const RuleMatch& match) {
    ordered_json out;
    const auto text = [&](const char* key, std::string_view value) {
      if (!value.empty()) out[key] = value;
    };
    out["rule"] = match.rule;
    out["kind"] = match.kind == RuleMatch::Kind::detection ? "detection" : "correlation";
    if (match.id != match.rule) text("id", match.id);
    if (match.title != match.rule) text("title", match.title);
    text("level", match.level);
    text("author", match.author);
    std::string line = dump(out);
    line.pop_back();
    return line;
  }

  std::map<std::string, std::string, std::less<>> heads_;  // by rule
  std::string artifact_, artifact_json_;
};

std::string as_text(const RuleMatch& match) {
  std::string out = fmt::format("{:<14} {}", match.level.empty() ? "-" : match.level, match.title);
  if (match.kind == RuleMatch::Kind::detection) {
    out += fmt::format("  {}", match.artifact);
    if (match.record_id) {
      out += fmt::format(" record {}", *match.record_id);
    } else if (match.line) {
      out += fmt::format(":{}", *match.line);
    }
  } else {
    for (const auto& [name, value] : match.group)
      out += fmt::format("  {}={}", name, value.value_or("(none)"));
    out += fmt::format("  {}{}", counted(match.events, "event"), match.certain ? "" : ", possibly");
  }
  if (!match.author.empty()) out += fmt::format("  (rule by {})", match.author);
  return out;
}

int run_match(const RulesOptions& options) {
  CaseOptions case_options = options.input;
  case_options.sha256 = false;
  const auto input = open_case(options.paths, std::move(case_options), options.opening);
  if (!input) return report_error(input.error());
  std::string buffer;
  const bool json = options.format == "jsonl";
  MatchLines lines;
  const auto summary = match_rules(*input, options.selection(), [&](const RuleMatch& match) {
    if (json) {
      lines.append(match, buffer);
    } else {
      buffer += safe_text(as_text(match)) + "\n";
    }
    if (buffer.size() > 1 << 16) {
      print(stdout, buffer);
      buffer.clear();
    }
  });
  print(stdout, buffer);
  if (!summary) {
    print_error(summary.error());
    return kUsage;
  }
  print_problems(summary->problems);
  for (const Notice& notice : summary->notices) print_notice(notice, {});
  if (!json) {
    print(stderr, fmt::format("{} of {} in {}\n", counted(summary->matches, "match", "es"),
                              counted(summary->rules, "rule"), counted(summary->events, "event")));
  }
  return kOk;
}

int run_list(const RulesOptions& options) {
  std::vector<Problem> problems;
  const auto rules = list_rules(options.selection(), problems);
  if (!rules) {
    print_error(rules.error());
    return kUsage;
  }
  for (const RuleSummary& rule : *rules) {
    if (options.format == "jsonl") {
      ordered_json out = {{"rule", rule.rule},
                          {"kind", rule.correlation ? "correlation" : "detection"}};
      for (const auto& [key, value] :
           std::vector<std::pair<const char*, std::string>>{{"id", rule.id},
                                                            {"title", rule.title},
                                                            {"level", rule.level},
                                                            {"status", rule.status},
                                                            {"author", rule.author},
                                                            {"logsource", rule.log_source},
                                                            {"since", rule.since},
                                                            {"until", rule.until},
                                                            {"file", rule.file}}) {
        if (!value.empty()) out[key] = value;
      }
      if (!rule.supersedes.empty()) out["supersedes"] = rule.supersedes;
      if (!rule.languages.empty()) out["languages"] = rule.languages;
      print(stdout, dump(out) + "\n");
    } else {
      const std::string line =
          fmt::format("{:<14} {:<44} {:<36} {}", rule.level.empty() ? "-" : rule.level, rule.rule,
                      rule.correlation ? "correlation" : rule.log_source, rule.title);
      print(stdout, safe_text(line) + "\n");
    }
  }
  print_problems(problems);
  return problems.empty() || options.keep_going ? kOk : kUsage;
}

int run_lint(const RulesOptions& options) {
  const auto result =
      lint_rules(options.selection(), options.sigma ? LintScope::sigma : LintScope::own);
  if (!result) {
    print_error(result.error());
    return kUsage;
  }
  print_problems(result->problems);
  print_problems(result->findings);
  print(stderr, fmt::format("{}, {}, {}\n", counted(result->rules, "sound rule"),
                            counted(result->problems.size(), "problem"),
                            counted(result->findings.size(), "finding")));
  if (!result->problems.empty()) return kUsage;
  return result->findings.empty() ? kOk : kFailOn;
}

int run_test(const RulesOptions& options) {
  const auto result = test_rules(options.selection());
  if (!result) {
    print_error(result.error());
    return kUsage;
  }
  print_problems(result->problems);
  print_problems(result->failures);
  print(stderr, fmt::format("{}, {}, {} failed, {} without tests\n", counted(result->rules, "rule"),
                            counted(result->tests, "test"), result->failures.size(),
                            counted(result->untested, "rule")));
  if (!result->problems.empty()) return kUsage;
  return result->failures.empty() ? kOk : kFailOn;
}

int run_explain(const RulesOptions& options) {
  std::string event = options.event;
  if (!event.empty() && event.front() == '@') {
    std::ifstream in(event.substr(1), std::ios::binary);
    if (!in) {
      print_error({"INPUT_NOT_FOUND", "the file of the event cannot be opened", event.substr(1),
                   "check the path"});
      return kUsage;
    }
    event.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto text = explain_rule(options.selection(), options.rule, event);
  if (!text) {
    print_error(text.error());
    return kUsage;
  }
  print(stdout, safe_text(*text, LineBreaks::keep));
  return kOk;
}
}  // namespace

void add_rules_command(Program& program) {
  auto options = std::make_shared<RulesOptions>();
  CLI::App* rules = program.app.add_subcommand("rules", "Run, check, test and list rules");
  rules->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*run)(const RulesOptions&)) {
    CLI::App* command = rules->add_subcommand(name, what);
    command
        ->add_option("--placeholders", options->placeholders,
                     "JSON file with the values of %placeholders%")
        ->type_name("FILE");
    command
        ->add_option("--logsource-map", options->log_source_map, "Map of log sources to channels")
        ->type_name("FILE");
    command->add_flag("--keep-going", options->keep_going, "Leave out rules that cannot be loaded");
    command->callback([&program, options, run] { program.exit_code = run(*options); });
    return command;
  };
  const auto add_rules = [&](CLI::App* command) {
    command
        ->add_option("--rules", options->rules, "Rule file or folder (default: the built-in pack)")
        ->type_name("PATH")
        ->allow_extra_args(false);  // what follows is a log
  };
  const auto add_rule_paths = [&](CLI::App* command) {
    add_rules(command);
    command->add_option("path", options->rules,
                        "Rule files or folders (default: the built-in pack)");
  };
  const auto add_format = [&](CLI::App* command) {
    command->add_option("--format", options->format, "text or jsonl")
        ->check(CLI::IsMember({"text", "jsonl"}));
  };

  CLI::App* match = add("match", "Run rules over logs, without any diagnosis", run_match);
  add_rules(match);
  add_format(match);
  match->add_flag("--use-logsource", options->use_log_sources,
                  "A rule sees only events of its log source");
  match->add_option("--jobs", options->input.jobs, "Threads (default: all)");
  add_opening_options(*match, options->opening, options->input.limits);
  match->add_option("PATH", options->paths, "Logs, traces and captures: files, folders, archives")
      ->required();
  set_examples(*match,
               "rdptriage rules match case.zip\n"
               "rdptriage rules match --rules my-rules --format jsonl Security.evtx");

  CLI::App* list = add("list", "What rules there are", run_list);
  add_rule_paths(list);
  add_format(list);
  set_examples(*list,
               "rdptriage rules list\n"
               "rdptriage rules list my-rules --format jsonl");

  CLI::App* lint = add("lint", "Find mistakes in rules", run_lint);
  add_rule_paths(lint);
  lint->add_flag("--sigma", options->sigma, "Also find what other Sigma engines do not understand");
  set_examples(*lint,
               "rdptriage rules lint my-rules\n"
               "rdptriage rules lint my-rules --sigma");

  CLI::App* test = add("test", "Run the tests inside the rules", run_test);
  add_rule_paths(test);
  set_examples(*test, "rdptriage rules test my-rules");

  CLI::App* explain = add("explain", "Why a rule does or does not match an event", run_explain);
  add_rules(explain);
  explain->add_option("RULE", options->rule, "Name or id of the rule")->required();
  explain->add_option("EVENT", options->event, "The event as a JSON object, or @FILE")->required();
  set_examples(*explain,
               "rdptriage rules explain --rules my-rules my_rule '{\"EventID\": 302}'\n"
               "rdptriage rules explain --rules my-rules my_rule @event.json");
  // After the commands: each begins with what this one has when it is added.
  set_examples(*rules,
               "rdptriage rules list\n"
               "rdptriage rules lint my-rules\n"
               "rdptriage rules match --rules my-rules case.zip");
}

}  // namespace rdptriage::cli
