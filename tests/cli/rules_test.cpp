// rdptriage rules …: exit codes, output, and the same answer whatever the threads.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "rule_files.hpp"
#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;

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

TEST_CASE("rules match: what follows --rules and its path are logs") {
  const Files files("rules_then_logs");
  const Outcome run = run_program(
      {"rules", "match", "--rules", files.rules, files.events, files.events, "--format", "jsonl"});
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 4);  // the same bytes count once
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

TEST_CASE("rules: a path without any rule is refused, whoever is given it") {
  const Files files("rules_empty");
  const std::string empty = fresh_folder("rules_empty/empty"), other = files.folder + "/other.yml",
                    notes = files.folder + "/notes.yml";
  write_text_file(other, "hello: world\n");
  write_text_file(notes, "# to do\n");
  for (const std::string& path : {empty, other, notes}) {
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"analyze", "--rules", path, files.events},
             {"batch", "--rules", path, files.events},
             {"rules", "match", "--rules", path, files.events},
             {"rules", "match", "--keep-going", "--rules", files.rules, "--rules", path,
              files.events},
             {"rules", "lint", path},
             {"rules", "list", path},
             {"rules", "test", path},
             {"rules", "explain", "--rules", path, "failed", "{}"}}) {
      const Outcome run = run_program(command);
      INFO(path << ' ' << command[0] << ' ' << command[1] << '\n' << run.err);
      CHECK(run.exit_code == 2);
      CHECK(run.out.empty());
      CHECK(run.err.find("error[RULES_EMPTY]") != std::string::npos);
      CHECK(run.err.find(path) != std::string::npos);
    }
  }
  // What brings no rule, but something else.
  write_text_file(other, "disable: [failed]\n");
  write_text_file(empty + "/logsources.yml", "services: {tunnel: [Tunnel/Operational]}\n");
  for (const std::string& path : {other, empty}) {
    INFO(path);
    CHECK(run_program({"rules", "match", "--rules", files.rules, "--rules", path, files.events})
              .exit_code == 0);
  }
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
  CHECK(why.out.find("log source windows/security: yes") != std::string::npos);
  CHECK(why.out.find("condition s: no") != std::string::npos);
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
  for (const char* match : {"match: 0  ", "match: [x]", "match: {}"}) {
    wrong.replace(wrong.find("match: "), 10, match);
    write_text_file(files.rules, wrong);
    const Outcome unreadable = run_program({"rules", "test", files.rules});
    INFO(match);
    CHECK(unreadable.exit_code == 1);
    CHECK(unreadable.err.find("`match` must be a list of positions") != std::string::npos);
    wrong.replace(wrong.find(match), std::string(match).size(), "match: [1]");
  }
}

TEST_CASE("rules explain: the log source, its names for fields, and events that name none") {
  const Files files("rules_explain");
  write_text_file(
      files.rules,
      "title: Shell\nname: shell\nlogsource: {product: windows, category: "
      "process_creation}\ndetection: {s: {'Image|endswith': '\\cmd.exe'}, condition: s}\n");
  const auto why = [&](const char* event) {
    return run_program({"rules", "explain", "--rules", files.rules, "shell", event}).out;
  };
  const std::string renamed = why(
      R"({"Event": {"System": {"EventID": 4688, "Channel": "Security"}, "EventData": {"NewProcessName": "C:\\cmd.exe"}}})");
  INFO(renamed);
  CHECK(renamed.find("log source windows/process_creation: yes") != std::string::npos);
  CHECK(renamed.find("Image is NewProcessName there") != std::string::npos);
  CHECK(renamed.find("shell matches") != std::string::npos);
  const std::string elsewhere =
      why(R"({"Channel": "Security", "EventID": 4624, "Image": "\\cmd.exe"})");
  INFO(elsewhere);
  CHECK(elsewhere.find(
            "log source windows/process_creation: no   there it wants EventID equals 4688") !=
        std::string::npos);
  CHECK(elsewhere.find("shell does not match") != std::string::npos);
  const std::string bare = why(R"({"Image": "C:\\cmd.exe"})");
  CHECK(bare.find("taken as yes   the event has no Channel") != std::string::npos);
  CHECK(bare.find("shell matches") != std::string::npos);
}

TEST_CASE("rules: what a rule supersedes, its builds and languages are shown; lint knows names") {
  const Files files("rules_supersedes");
  const std::string more = files.folder + "/more.yml";
  const auto write = [&](const std::string& superseded) {
    write_text_file(more,
                    "title: Why\nname: why\nlogsource: {product: windows, service: security}\n"
                    "detection: {s: {EventID: 4625, Status: '0xc000006a'}, condition: s}\n"
                    "rdptriage: {format: 1, supersedes: [" +
                        superseded + "], since: 10.0.26100, i18n: {de: {title: Warum}}}\n");
  };
  write("failed");
  const Outcome list = run_program({"rules", "list", "--format", "jsonl", more, files.rules});
  CHECK(list.exit_code == 0);
  const json row = json::parse(list.out.substr(0, list.out.find('\n')));
  CHECK(row["supersedes"] == json{"failed"});
  CHECK(row["since"] == "26100");
  CHECK(row["languages"] == json{"de"});
  CHECK_FALSE(row.contains("until"));
  const auto explain = [&](const char* rule) {
    return run_program({"rules", "explain", "--rules", more, "--rules", files.rules, rule, "{}"})
        .out;
  };
  CHECK(explain("why").find("only for machines of Windows build 26100 and later") !=
        std::string::npos);
  CHECK(explain("why").find("supersedes failed, where both") != std::string::npos);
  CHECK(explain("failed").find("superseded by why, where both") != std::string::npos);
  CHECK(run_program({"rules", "lint", more, files.rules}).err.find("P058") == std::string::npos);
  write("faild");
  const Outcome lint = run_program({"rules", "lint", more, files.rules});
  CHECK(lint.exit_code == 1);
  CHECK(lint.err.find("problem[P058]: there is no rule `faild` to supersede") != std::string::npos);
}

TEST_CASE("rules: placeholders and a map of log sources of the user's own") {
  const Files files("rules_own_map");
  write_text_file(files.rules,
                  "title: Admins\nname: admins\nlogsource: {product: windows, service: logons}\n"
                  "detection: {s: {'User|expand': '%admins%'}, condition: s}\n");
  const std::string map = files.folder + "/map.json", values = files.folder + "/values.json";
  write_text_file(map, R"({"services": {"logons": ["Security"]}, "categories": []})");
  write_text_file(values, R"({"admins": ["ann", "car*"]})");
  const Outcome run =
      run_program({"rules", "match", "--rules", files.rules, "--use-logsource", "--logsource-map",
                   map, "--placeholders", values, "--format", "jsonl", files.events});
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 2);
  const Outcome refused = run_program({"rules", "match", "--rules", files.rules, files.events});
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("problem[P025]") != std::string::npos);
  const Outcome no_map = run_program({"rules", "match", "--rules", files.rules, "--placeholders",
                                      values, "--logsource-map", files.rules, files.events});
  CHECK(no_map.exit_code == 2);
  CHECK(no_map.err.find("problem[P011]: the map of log sources has no") != std::string::npos);
  const Outcome lint =
      run_program({"rules", "lint", "--logsource-map", map, "--placeholders", values, files.rules});
  INFO(lint.err);
  CHECK(lint.err.find("1 sound rule, 0 problems") != std::string::npos);
  CHECK(lint.err.find("P053") == std::string::npos);
}
