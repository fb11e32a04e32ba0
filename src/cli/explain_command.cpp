#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/explain_text.hpp"
#include "cli/option_table.hpp"
#include "cli/terminal.hpp"
#include "rdptriage/explain.hpp"
#include "rdptriage/names.hpp"
#include "rdptriage/safe_text.hpp"

namespace rdptriage::cli {
namespace {

using nlohmann::ordered_json;

// Absent means unknown, as in every JSON of the program.
void put(ordered_json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}
void put(ordered_json& object, const char* key, const std::vector<std::string>& values) {
  if (!values.empty()) object[key] = values;
}

ordered_json json_of(const std::vector<ClaimCheck>& claims) {
  ordered_json list = ordered_json::array();
  for (const ClaimCheck& check : claims) {
    list.push_back({{"id", check.id},
                    {"claim", check.claim},
                    {"verdict", check.verdict},
                    {"harmful", check.harmful},
                    {"correction", check.correction}});
  }
  return list;
}

ordered_json json_of(const CodeMeaning& code) {
  ordered_json object{{"table", code.table}, {"kind", code.kind}, {"code", code.code}};
  put(object, "second", code.second);
  put(object, "forms", code.forms);
  put(object, "names", code.names);
  put(object, "provider", code.provider);
  put(object, "channel", code.channel);
  put(object, "meaning", code.meaning);
  object["failure"] = code.failure;
  put(object, "note", code.note);
  put(object, "shown_by", code.shown_by);
  put(object, "look_at", code.look_at);
  object["causes"] = ordered_json::array();
  for (const CauseReference& cause : code.causes) {
    object["causes"].push_back({{"cause", cause.id}, {"title", cause.title}});
  }
  object["claims"] = json_of(code.claims);
  put(object, "grade", code.grade);
  put(object, "sources", code.sources);
  return object;
}

ordered_json json_of(const CauseMeaning& cause) {
  ordered_json object{{"cause", cause.id}, {"title", cause.title}};
  put(object, "category", cause.category);
  put(object, "stage", cause.stage);
  put(object, "explanation", cause.explanation);
  object["signs"] = ordered_json::array();
  for (const CauseMeaning::Sign& sign : cause.signs) {
    ordered_json item{{"rule", sign.rule}, {"weight", sign.weight}, {"decisive", sign.decisive}};
    put(item, "title", sign.title);
    object["signs"].push_back(std::move(item));
  }
  object["remediation"] = ordered_json::array();
  for (const RemediationStep& step : cause.remediation) {
    ordered_json item{{"step", step.step}};
    put(item, "actor", step.actor);
    put(item, "text", step.text);
    put(item, "command", step.command);
    put(item, "shell", step.shell);
    item["risk"] = name_of(step.risk);
    put(item, "undo", step.undo);
    object["remediation"].push_back(std::move(item));
  }
  put(object, "verify", cause.verify);
  object["collect_next"] = ordered_json::array();
  for (const CollectNext& next : cause.collect_next) {
    ordered_json item{{"rank", next.rank}};
    put(item, "host", next.host);
    put(item, "why", next.why);
    put(item, "command", next.command);
    object["collect_next"].push_back(std::move(item));
  }
  put(object, "codes", cause.codes);
  object["claims"] = json_of(cause.claims);
  object["references"] = ordered_json::array();
  for (const Reference& reference : cause.references) {
    object["references"].push_back({{"title", reference.title}, {"url", reference.url}});
  }
  return object;
}

std::string explanation_json(const std::vector<Explanation>& answers) {
  ordered_json document{{"schema_version", "1.0"}, {"kind", "rdptriage.explanation"}};
  document["explanations"] = ordered_json::array();
  for (const Explanation& answer : answers) {
    ordered_json object{{"asked", answer.asked}, {"found", answer.found()}};
    object["codes"] = ordered_json::array();
    for (const CodeMeaning& code : answer.codes) object["codes"].push_back(json_of(code));
    object["causes"] = ordered_json::array();
    for (const CauseMeaning& cause : answer.causes) object["causes"].push_back(json_of(cause));
    object["claims"] = json_of(answer.claims);
    put(object, "nearest", answer.nearest);
    document["explanations"].push_back(std::move(object));
  }
  // What was asked is any bytes: they must not stop the writer.
  return safe_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + '\n';
}

int run(const std::vector<std::string>& words, const std::string& format) {
  const std::vector<Explanation> answers = explain(words);
  const std::string text =
      format == "json" ? explanation_json(answers) : explanation_text(answers, terminal_columns());
  std::fwrite(text.data(), 1, text.size(), stdout);
  int exit_code = kOk;
  for (const Explanation& answer : answers) {
    if (answer.found()) continue;
    exit_code = kNotAnalysable;
    if (format == "json") continue;
    print_error({"CODE_UNKNOWN",
                 fmt::format("'{}' is in none of the code tables and is no cause", answer.asked),
                 {},
                 answer.nearest.empty()
                     ? "codes are 0x904, 2308, 0x904/0x7, names like ERRINFO_IDLE_TIMEOUT, event "
                       "ids, or causes (`rdptriage rules list`)"
                     : fmt::format("nearest: {}", fmt::join(answer.nearest, ", "))});
  }
  return exit_code;
}

}  // namespace

void add_explain_command(Program& program) {
  CLI::App* command = program.app.add_subcommand(
      "explain", "What a code, an event or a cause means, and what is wrongly said about it");
  auto words = std::make_shared<std::vector<std::string>>();
  auto format = std::make_shared<std::string>("text");
  command
      ->add_option(
          "CODE", *words,
          "0x904 0x7, 0x3000008, 23003, event 201, HTTP 502, ERRINFO_IDLE_TIMEOUT, a cause id")
      ->required();
  command->add_option("--format", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  set_examples(*command,
               "rdptriage explain 0x904 0x7\n"
               "rdptriage explain event 201\n"
               "rdptriage explain gateway-http.502");
  command->callback([&program, words, format] { program.exit_code = run(*words, *format); });
}

}  // namespace rdptriage::cli
