// Nothing that a log, a file's name or a rule says acts on the terminal that shows it, whatever the
// command and the format.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rdptriage/safe_text.hpp"
#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;

namespace {

// Colors, clears the screen (in seven bits and in eight), writes backwards, opens a line of its
// own.
constexpr const char* kHostile =
    "x\x1b[31m\xC2\x9B"
    "2J\x7F\xE2\x80\xAEz\xE2\x80\xA8\r\n  CAUSE    forged";

// A user who could not sign in, with `text` in every place that a log fills.
std::string failed_logon(const std::string& text) {
  const json system = {{"Provider", {{"@Name", "Microsoft-Windows-Security-Auditing"}}},
                       {"EventID", 4625},
                       {"Channel", "Security"},
                       {"Computer", "RDS01" + text},
                       {"TimeCreated", {{"@SystemTime", "2026-11-20T09:11:53Z"}}}};
  const json data = {{"TargetUserName", "bob" + text},
                     {"TargetDomainName", text},
                     {"Status", "0xc000006d"},
                     {"SubStatus", "0xc0000234"},
                     {"LogonType", "10"},
                     {"WorkstationName", text},
                     {"IpAddress", "203.0.113.5"},
                     {"Own" + text, text},
                     {"AuthenticationPackageName", text}};
  json other = system;
  other["Channel"] = "Application" + text;
  other["Provider"]["@Name"] = text;
  return json{{"Event", {{"System", system}, {"EventData", data}}}}.dump() + "\n" +
         json{{"Event", {{"System", other}, {"EventData", data}}}}.dump() + "\n";
}

// The last one has a mistake, which is told with its line.
std::vector<std::string> rules(const std::string& text) {
  const json detection = {{"title", "A logon that failed " + text},
                          {"name", "failed"},
                          {"id", "6d2f3b6e-6a3e-4a5e-9c64-0a4dd6f7c001"},
                          {"author", text},
                          {"level", "high"},
                          {"logsource", {{"product", "windows"}, {"service", "security"}}},
                          {"detection", {{"seen", {{"EventID", 4625}}}, {"condition", "seen"}}}};
  const json correlation = {{"title", "Many " + text},
                            {"name", "many"},
                            {"correlation",
                             {{"type", "event_count"},
                              {"rules", {"failed"}},
                              {"group-by", {"TargetUserName"}},
                              {"timespan", "1h"},
                              {"condition", {{"gte", 1}}}}}};
  json mistaken = detection;
  mistaken["name"] = "mistaken";
  mistaken["detection"] = {{"seen" + text, {{"EventID|none" + text, 1}}}, {"condition", text}};
  return {detection.dump(-1, ' ', true), correlation.dump(-1, ' ', true),
          mistaken.dump(-1, ' ', true)};
}

// CASE and PACK are folders: logs and rules that hold kHostile wherever there is text.
const std::vector<std::vector<std::string>> kCommands = {
    {"CASE"},
    {"CASE", "--why", "-v"},
    {"CASE", "--format", "json"},
    {"CASE", "--format", "html"},
    {"CASE", "--format", "markdown"},
    {"CASE", "--format", "sarif"},
    {"CASE", "--format", "junit"},
    {"CASE", "--format", "github"},
    {"inspect", "CASE"},
    {"inspect", "CASE", "--format", "json"},
    {"events", "CASE"},
    {"events", "CASE", "--format", "csv"},
    {"events", "CASE", "--format", "xml"},
    {"events", "CASE", "--format", "timesketch"},
    {"events", "CASE", "--format", "ecs"},
    {"rules", "match", "--rules", "PACK", "--keep-going", "CASE"},
    {"rules", "match", "--rules", "PACK", "--keep-going", "--format", "jsonl", "CASE"},
    {"rules", "list", "--rules", "PACK", "--keep-going"},
    {"rules", "list", "--rules", "PACK", "--keep-going", "--format", "jsonl"},
    {"rules", "lint", "--rules", "PACK"},
    {"rules", "test", "--rules", "PACK"},
    {"diff", "CASE", "PACK"},
};

Outcome run_over(std::vector<std::string> command, const std::string& folder) {
  for (std::string& word : command) {
    if (word == "CASE") word = folder + "/case";
    if (word == "PACK") word = folder + "/pack";
  }
  return run_program(command);
}

// "" if nothing in it acts; CSV ends its lines in CR LF.
std::string active_lines(const std::string& shown) {
  std::string found;
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t end = std::min(shown.find('\n', at), shown.size());
    std::string line = shown.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (rdptriage::safe_text(line) != line) found += line + '\n';
    at = end + 1;
  }
  return found;
}

}  // namespace

TEST_CASE("nothing that a log or a rule says acts on a terminal") {
  const std::string folder = fresh_folder("inert");
  write_text_file(folder + "/case/b\x1b[31m\n  CAUSE    forged\xC2\x9B.jsonl",
                  failed_logon(kHostile));
  const auto pack = rules(kHostile);
  for (std::size_t i = 0; i < pack.size(); ++i) {
    write_text_file(folder + "/pack/r\x1b[31m" + std::to_string(i) + ".yml", pack[i]);
  }
  for (const auto& command : kCommands) {
    const Outcome outcome = run_over(command, folder);
    INFO(json(command).dump());
    INFO(outcome.err);
    CHECK(outcome.out.size() + outcome.err.size() != 0);
    CHECK(active_lines(outcome.out) == "");
    CHECK(active_lines(outcome.err) == "");
    // Formats that quote may keep a line break inside of a value; a reader of lines must not take
    // it for one of ours.
    const bool quotes = command.back() == "csv" || command.back() == "html";
    if (!quotes) CHECK(outcome.out.find("\n  CAUSE    forged") == std::string::npos);
    CHECK(outcome.err.find("\n  CAUSE    forged") == std::string::npos);
  }
}

TEST_CASE("what is escaped for a terminal is the same value for a program") {
  const std::string folder = fresh_folder("inert_values");
  write_text_file(folder + "/case/a.jsonl", failed_logon(kHostile));
  const Outcome outcome = run_over({"events", "CASE"}, folder);
  REQUIRE(outcome.exit_code == 0);
  const json first = json::parse(outcome.out.substr(0, outcome.out.find('\n')));
  CHECK(first["data"]["TargetUserName"] == std::string("bob") + kHostile);
  CHECK(first["data"][std::string("Own") + kHostile] == kHostile);
  CHECK(first["computer"] == std::string("RDS01") + kHostile);
}
