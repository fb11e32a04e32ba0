// Documents that are made from the program: the schema's page, a page a cause, the options, the
// manual page and the completions. They are compared; RDPTRIAGE_UPDATE_GOLDENS=1 writes them anew.
#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/run_program.hpp"

namespace rdptriage::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const fs::path kDocs = fs::path(RDPTRIAGE_SOURCE_DIR) / "docs";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::string cell(std::string text) { return replaced(replaced(text, "|", "\\|"), "\n", " "); }

// Text of a rule file as prose: nothing in it is Markdown of its own.
std::string prose(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("*_<>[]").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// --- docs/json-schema.md --------------------------------------------------------------------

std::string type_of(const Json& node) {
  if (node.contains("$ref")) {
    const std::string name = node["$ref"].get<std::string>().substr(14);
    return "[" + replaced(name, "_", " ") + "](#" + name + ")";
  }
  if (node.contains("const")) return "`" + node["const"].get<std::string>() + "`";
  if (node.contains("enum")) {
    std::string out;
    for (const Json& word : node["enum"])
      out += (out.empty() ? "`" : ", `") + word.get<std::string>() + "`";
    return out;
  }
  if (node.contains("anyOf")) {
    std::string out;
    for (const Json& one : node["anyOf"]) out += (out.empty() ? "" : " or ") + type_of(one);
    return out;
  }
  const std::string type = node.value("type", "any");
  if (type == "array")
    return node.contains("items") ? "list of " + type_of(node["items"]) : std::string("list");
  if (type == "object" && node.contains("additionalProperties") &&
      node["additionalProperties"].is_object())
    return "names to " + type_of(node["additionalProperties"]);
  if (node.contains("pattern")) return "string, `" + node["pattern"].get<std::string>() + "`";
  return type;
}

void write_members(const Json& object, const std::string& prefix, std::string& out) {
  std::set<std::string> required;
  for (const Json& name : object.value("required", Json::array()))
    required.insert(name.get<std::string>());
  for (const auto& [name, node] : object["properties"].items()) {
    out += "| `" + prefix + name + "` | " + cell(type_of(node)) + " | " +
           (required.count(name) != 0 ? "always" : "") + " | " +
           cell(node.value("description", "")) + " |\n";
    if (node.contains("properties")) write_members(node, prefix + name + ".", out);
    if (node.contains("items") && node["items"].contains("properties"))
      write_members(node["items"], prefix + name + "[].", out);
  }
}

std::string schema_page() {
  const Json schema = Json::parse(report_schema());
  std::string out =
      "# The JSON report, schema 1.0\n\nMade from the schema that `rdptriage schema` prints; not "
      "edited by hand.\n\n" +
      schema["description"].get<std::string>() +
      "\n\nTwo runs over the same input differ in `run` alone; `--reproducible` leaves it out.\n";
  constexpr const char* kHead = "\n| member | type | there | what |\n|---|---|---|---|\n";
  out += std::string("\n## report\n") + kHead;
  write_members(schema, "", out);
  for (const auto& [name, node] : schema["definitions"].items()) {
    out += "\n## " + name + "\n";
    if (node.contains("description")) out += "\n" + node["description"].get<std::string>() + "\n";
    if (!node.contains("properties")) continue;
    out += kHead;
    write_members(node, "", out);
  }
  return out;
}

TEST_CASE("generated: docs/json-schema.md is the schema") {
  CHECK(compare_golden(kDocs / "json-schema.md", schema_page()) == "");
}

// --- docs/causes ------------------------------------------------------------------------------

void write_code(const std::string& command, const std::string& shell, std::string& out) {
  out += "\n   ```" + (shell == "cmd" ? std::string("bat") : shell) + "\n   " +
         replaced(command, "\n", "\n   ") + "\n   ```\n";
}

std::string words_of(std::string text) { return replaced(std::move(text), "_", " "); }

std::string cause_page(const CauseMeaning& cause) {
  std::string out = "# " + prose(cause.title) + "\n\n`" + cause.id + "` · " +
                    words_of(cause.category) +
                    (cause.stage.empty() ? "" : " · stops at " + cause.stage) + "\n";
  if (!cause.explanation.empty()) out += "\n" + prose(cause.explanation) + "\n";
  if (!cause.codes.empty()) {
    out += "\n## Codes that point here\n\n";
    for (const std::string& code : cause.codes) out += "- " + prose(code) + "\n";
  }
  if (!cause.signs.empty()) {
    out += "\n## What proves it\n\n| sign | weight |\n|---|---|\n";
    for (const CauseMeaning::Sign& sign : cause.signs) {
      out += "| " + cell(prose(sign.title.empty() ? sign.rule : sign.title)) + " | " +
             (sign.weight < 0 ? "speaks against it, " : "") + std::to_string(sign.weight) +
             (sign.decisive ? ", decisive" : "") + " |\n";
    }
  }
  if (!cause.remediation.empty()) out += "\n## Fix\n\n";
  for (const RemediationStep& step : cause.remediation) {
    out += std::to_string(step.step) + ". **" + prose(step.actor) + "**: " + prose(step.text) +
           " (" + words_of(std::string(name_of(step.risk))) + ")\n";
    if (!step.command.empty()) write_code(step.command, step.shell, out);
    if (!step.undo.empty()) out += "\n   Undo: " + prose(step.undo) + "\n";
  }
  if (!cause.verify.empty()) out += "\n## Then check\n\n";
  for (const std::string& check : cause.verify) out += "- " + prose(check) + "\n";
  if (!cause.collect_next.empty()) out += "\n## If it is not proven yet, collect\n\n";
  for (const CollectNext& next : cause.collect_next) {
    out += std::to_string(next.rank) + ". " +
           (next.role.empty() ? "" : "On the " + replaced(next.role, "-", " ") + ": ") +
           prose(next.why) + "\n";
    if (!next.command.empty()) write_code(next.command, "", out);
  }
  if (!cause.claims.empty()) out += "\n## What is said about it elsewhere\n\n";
  for (const ClaimCheck& claim : cause.claims) {
    out += "- \"" + prose(claim.claim) + "\": " + words_of(claim.verdict) +
           (claim.harmful ? ", harmful" : "") +
           (claim.correction.empty() ? "" : ". " + prose(claim.correction)) + "\n";
  }
  if (!cause.references.empty()) out += "\n## Sources\n\n";
  for (const Reference& reference : cause.references) {
    out += reference.url.empty()
               ? "- " + prose(reference.title) + "\n"
               : "- [" + prose(reference.title.empty() ? reference.url : reference.title) + "](" +
                     reference.url + ")\n";
  }
  return out;
}

TEST_CASE("generated: docs/causes has a page for each cause of the rule pack, and no other") {
  const fs::path rules = fs::path(RDPTRIAGE_SOURCE_DIR) / "rules/causes";
  std::map<std::string, std::vector<CauseMeaning>> by_category;
  std::set<std::string> pages{"README.md"};
  for (const auto& file : fs::recursive_directory_iterator(rules)) {
    const std::string name = file.path().stem().string();
    if (file.path().extension() != ".yml" || name.front() == '_') continue;
    const std::string id = file.path().parent_path().filename().string() + "." + name;
    const std::string words[] = {id};
    const auto found = explain(words);
    INFO(id);
    REQUIRE(found.size() == 1);
    const auto cause = std::find_if(found[0].causes.begin(), found[0].causes.end(),
                                    [&](const CauseMeaning& one) { return one.id == id; });
    REQUIRE(cause != found[0].causes.end());
    CHECK(compare_golden(kDocs / "causes" / (id + ".md"), cause_page(*cause)) == "");
    pages.insert(id + ".md");
    by_category[words_of(cause->category)].push_back(*cause);
  }
  std::string index =
      "# Causes\n\nMade from `rules/causes/`; not edited by hand. `rdptriage explain CAUSE` says "
      "the "
      "same in a terminal.\n";
  for (auto& [category, causes] : by_category) {
    std::sort(causes.begin(), causes.end(),
              [](const CauseMeaning& a, const CauseMeaning& b) { return a.id < b.id; });
    index += "\n## " + category + "\n\n| cause | what |\n|---|---|\n";
    for (const CauseMeaning& cause : causes)
      index += "| [" + cause.id + "](" + cause.id + ".md) | " + cell(prose(cause.title)) + " |\n";
  }
  CHECK(compare_golden(kDocs / "causes/README.md", index) == "");
  for (const auto& page : fs::directory_iterator(kDocs / "causes")) {
    INFO(page.path().filename().string() << " belongs to no cause");
    CHECK(pages.count(page.path().filename().string()) == 1);
  }
}

// --- what the program prints about itself -------------------------------------------------------

TEST_CASE("generated: the manual page, the options and the completions are those of the program") {
  struct Row {
    std::vector<std::string> command;
    const char* file;
  };
  const Row kRows[] = {{{"man"}, "man/rdptriage.1"},
                       {{"man", "--markdown"}, "options.md"},
                       {{"completion", "bash"}, "completions/rdptriage.bash"},
                       {{"completion", "zsh"}, "completions/_rdptriage"},
                       {{"completion", "fish"}, "completions/rdptriage.fish"},
                       {{"completion", "powershell"}, "completions/rdptriage.ps1"}};
  for (const Row& row : kRows) {
    INFO(row.file);
    const Outcome outcome = run_program(row.command);
    REQUIRE(outcome.exit_code == 0);
    CHECK(compare_golden(kDocs / row.file, outcome.out) == "");
  }
}

}  // namespace
}  // namespace rdptriage::test
