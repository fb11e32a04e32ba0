// rdptriage rules …: exit codes, output, and the same answer whatever the threads.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;

namespace {
constexpr const char* kRules =
    "title: Failed\nname: failed\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e01\n"
    "logsource: {product: windows, service: security}\n"
    "detection: {s: {EventID: 4625}, condition: s}\nlevel: low\n"
    "rdptriage: {format: 1, tests: [{events: [{EventID: 4625}, {EventID: 4624}], match: [0]}]}\n"
    "references: [https://example.com]\n"
    "---\ntitle: Many\nname: many\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e02\nlevel: high\n"
    "correlation: {type: event_count, rules: [failed], group-by: [User], timespan: 10m,\n"
    "  condition: {gte: 2}, generate: true}\n";

std::string event(int minute, const char* user, int id = 4625) {
  std::ostringstream out;
  out << R"({"timestamp": "2026-11-20T09:)" << (minute < 10 ? "0" : "") << minute
      << R"(:00Z", "Channel": "Security", "EventID": )" << id << R"(, "User": ")" << user
      << "\"}\n";
  return out.str();
}

struct Files {
  std::string folder, rules, events;
  explicit Files(const std::string& name) : folder(fresh_folder(name)) {
    rules = folder + "/r.yml";
    events = folder + "/e.jsonl";
    write_text_file(rules, kRules);
    write_text_file(events,
                    event(1, "ann") + event(2, "bob", 4624) + event(3, "ANN") + event(50, "bob"));
  }
};
}  // namespace

TEST_CASE("rules match: a line for every match and every firing") {
  const Files files("rules_match");
  const Outcome run = run_program({"rules", "match", "--rules", files.rules, "--use-logsource",
                                   "--format", "jsonl", files.events});
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  std::set<int> indexes;
  std::size_t fired = 0;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    const json match = json::parse(line);
    if (match["kind"] == "detection") {
      CHECK(match["rule"] == "failed");
      indexes.insert(match["index"].get<int>());
    } else {
      ++fired;
      CHECK(match["rule"] == "many");
      CHECK(match["group"] == json{{"User", "ann"}});
      CHECK(match["events"] == 2);
    }
  }
  CHECK(indexes == std::set<int>{0, 2, 3});
  CHECK(fired == 1);
}

TEST_CASE("rules match: the same bytes for any number of threads") {
  const Files files("rules_jobs");
  for (int i = 0; i < 12; ++i) {
    write_text_file(files.folder + "/more" + std::to_string(i) + ".jsonl",
                    event(i, "ann") + event(i + 1, "carl"));
  }
  const auto with = [&](const char* jobs) {
    return run_program({"rules", "match", "--rules", files.rules, "--format", "jsonl", "--jobs",
                        jobs, files.folder});
  };
  const Outcome one = with("1");
  CHECK(one.exit_code == 0);
  CHECK(one.out == with("4").out);
}

TEST_CASE("rules: a mistake is exit 2 with its place, or left out on request") {
  const Files files("rules_mistake");
  write_text_file(
      files.folder + "/bad.yml",
      "title: Bad\nlogsource: {product: windows}\ndetection: {s: {F|contians: x}, condition: s}\n");
  const Outcome refused =
      run_program({"rules", "match", "--rules", files.folder + "/bad.yml", files.events});
  CHECK(refused.exit_code == 2);
  CHECK(refused.out.empty());
  CHECK(refused.err.find("problem[P020]: unknown modifier `contians`") != std::string::npos);
  CHECK(refused.err.find("bad.yml:3:19") != std::string::npos);
  CHECK(refused.err.find("did you mean `contains`?") != std::string::npos);
  const Outcome going =
      run_program({"rules", "match", "--rules", files.folder + "/bad.yml", "--rules", files.rules,
                   "--keep-going", "--format", "jsonl", files.events});
  CHECK(going.exit_code == 0);
  CHECK(going.out.find("\"failed\"") != std::string::npos);
  CHECK(going.err.find("problem[P020]") != std::string::npos);
  CHECK(run_program({"rules", "lint", files.folder + "/bad.yml"}).exit_code == 2);
  CHECK(run_program({"rules", "match", "--rules", files.folder + "/none.yml", files.events})
            .exit_code == 2);
}

TEST_CASE("rules lint, test, list, explain") {
  const Files files("rules_rest");
  CHECK(run_program({"rules", "test", files.rules}).exit_code == 0);
  const Outcome list = run_program({"rules", "list", "--format", "jsonl", files.rules});
  CHECK(list.exit_code == 0);
  CHECK(json::parse(list.out.substr(0, list.out.find('\n')))["logsource"] == "windows/security");
  const Outcome why = run_program({"rules", "explain", "--rules", files.rules, "failed",
                                   R"({"EventID": 4624, "Channel": "Security"})"});
  CHECK(why.exit_code == 0);
  CHECK(why.out.find("no  EventID equals 4625   EventID = '4624'") != std::string::npos);
  CHECK(why.out.find("failed does not match") != std::string::npos);
  CHECK(run_program({"rules", "explain", "--rules", files.rules, "faled", "{}"})
            .err.find("did you mean `failed`?") != std::string::npos);

  std::string wrong = kRules;
  wrong.replace(wrong.find("match: [0]"), 10, "match: [1]");
  write_text_file(files.rules, wrong);
  const Outcome failing = run_program({"rules", "test", files.rules});
  CHECK(failing.exit_code == 1);
  CHECK(failing.err.find("problem[P060]: test of `failed`: it matches [0], expected [1]") !=
        std::string::npos);
}
