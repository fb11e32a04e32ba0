// rdptriage rules …: exit codes, output, and the same answer whatever the threads.
#include <algorithm>
#include <filesystem>
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

TEST_CASE("rules: a mistake in a pack's text format is told by every command, or left out") {
  const Files files("rules_formats");
  const std::string pack = fresh_folder("rules_formats/pack");
  fresh_folder("rules_formats/pack/formats");
  const std::string good =
      "format: contoso\ntitle: T\nclient: contoso\nsigns: ['^CTVPN ']\nprefixes:\n"
      "  - expr: '^CTVPN (?P<Level>[A-Z]+) (?P<Message>.*)$'\nsamples:\n"
      "  - line: 'CTVPN ERROR x'\n    fields: {Client: contoso, Level: ERROR, Message: x}\n";
  std::string bad = good;
  bad.replace(bad.find("contoso"), 7, "fabrica");
  bad.replace(bad.find("'^CTVPN '"), 9, "'^FAB( '");
  write_text_file(pack + "/formats/good.yml", good);
  write_text_file(pack + "/formats/bad.yml", bad);
  write_text_file(pack + "/rule.yml",
                  "title: Torn\nname: torn\nlogsource: {product: rdp, service: client-trace}\n"
                  "detection: {s: {Level: ERROR, Message: torn}, condition: s}\n"
                  "rdptriage: {format: 1, tests: [{lines: [CTVPN ERROR torn, CTVPN INFO torn], "
                  "match: [0]}]}\n");
  const std::string log = files.folder + "/t.log";
  write_text_file(log, "CTVPN ERROR torn\n");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"analyze", "--rules", pack, log},
                                             {"rules", "match", "--rules", pack, log},
                                             {"rules", "list", pack},
                                             {"rules", "test", pack},
                                             {"rules", "lint", pack}}) {
    const Outcome run = run_program(command);
    INFO(command[0] << ' ' << command[1] << '\n' << run.err);
    CHECK(run.exit_code == 2);
    CHECK(run.err.find("problem[P080]: the expression is refused") != std::string::npos);
    CHECK(run.err.find("bad.yml:4:9") != std::string::npos);
  }
  const Outcome going = run_program({"rules", "match", "--keep-going", "--rules", pack, log});
  INFO(going.err);
  CHECK(going.exit_code == 0);
  CHECK(going.out.find("Torn") != std::string::npos);  // by the good one
  CHECK(going.err.find("problem[P080]") != std::string::npos);
  std::filesystem::remove(pack + "/formats/bad.yml");
  CHECK(run_program({"rules", "test", pack}).exit_code == 0);
  CHECK(run_program({"rules", "match", "--rules", pack, log})
            .err.find("1 match of 1 rule in 1 "
                      "event") != std::string::npos);
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

TEST_CASE("rules: several packs, the later ones may disable and add filters") {
  const Files files("rules_packs");
  const std::string later = files.folder + "/later.yml";
  write_text_file(later,
                  "title: Not ann\nlogsource: {product: windows, service: security}\n"
                  "filter: {rules: [failed], f: {User: ann}, condition: not f}\n");
  const auto matches = [&] {
    const Outcome run = run_program({"rules", "match", "--rules", files.rules, "--rules", later,
                                     "--format", "jsonl", files.events});
    INFO(run.err);
    CHECK(run.exit_code == 0);
    return std::count(run.out.begin(), run.out.end(), '\n');
  };
  CHECK(matches() == 1);  // bob
  write_text_file(later, "disable: [many]\n");
  CHECK(matches() == 3);
  write_text_file(later, "disable: [failed, many]\n");
  CHECK(matches() == 0);
}

TEST_CASE("rules: a pack leaves out rules that others refer to, or brings its own of that name") {
  const Files files("rules_disable");
  const std::string later = files.folder + "/later.yml";
  const auto matches = [&] {
    const Outcome run = run_program({"rules", "match", "--rules", files.rules, "--rules", later,
                                     "--format", "jsonl", files.events});
    INFO(run.err);
    CHECK(run.exit_code == 0);
    return run.out;
  };
  write_text_file(later, "disable: [failed]\n");  // `many` counts it
  CHECK(matches().empty());
  const std::string own =
      "---\ntitle: Own\nname: failed\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e09\n"
      "logsource: {product: windows, service: security}\n"
      "detection: {s: {EventID: 4624}, condition: s}\n";
  write_text_file(later, "disable: [failed]\n" + own);
  const std::string out = matches();
  CHECK(std::count(out.begin(), out.end(), '\n') == 1);
  CHECK(out.find("\"title\":\"Own\"") != std::string::npos);
  write_text_file(later, "disable: [faild]\n");
  const Outcome lint = run_program({"rules", "lint", files.rules, later});
  CHECK(lint.exit_code == 1);
  CHECK(lint.err.find("problem[P058]") != std::string::npos);
  CHECK(lint.err.find("did you mean `failed`?") != std::string::npos);
  write_text_file(later, "disable: [rdpclient_gateway_ended_by_admin]\n");  // of the embedded pack
  CHECK(run_program({"rules", "lint", later}).exit_code == 0);
  CHECK(run_program({"rules", "explain", "--rules", files.rules, "--rules", later, "many", "{}"})
            .exit_code == 2);
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

TEST_CASE("analyze: leaving out a rule of the embedded pack does not break its causes") {
  const Files files("rules_disable_builtin");
  const std::string later = files.folder + "/later.yml";
  write_text_file(later, "disable: [rdpclient_gateway_ended_by_admin]\n");
  const Outcome run = run_program({"analyze", "--rules", later, files.events});
  INFO(run.err);
  CHECK(run.err.find("problem[") == std::string::npos);
  CHECK(run.exit_code != 2);
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

TEST_CASE("rules lint: hostile files are refused with their place") {
  struct Hostile {
    const char* name;
    std::string text;
    const char* want;
  };
  const std::vector<Hostile> cases = {
      {"depth", "a: " + std::string(100'000, '['), "problem[P002]"},
      {"block depth",
       [] {
         std::string out;
         for (int i = 0; i < 500; ++i)
           out += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
         return out;
       }(),
       "problem[P002]"},
      {"anchors", "a: &x [1]\nb: *x\n", "r.yml:1:4"},
      {"tags", "title: !!python/object x\n", "problem[P003]"},
      {"a long value", "title: " + std::string(70'000, 'x'), "problem[P002]"},
      {"many values",
       [] {
         std::string out;
         for (int i = 0; i < 100'001; ++i) out += "- a\n";
         return out;
       }(),
       "problem[P002]"},
      {"many documents",
       [] {
         std::string out;
         for (int i = 0; i < 1'001; ++i) out += "---\na: b\n";
         return out;
       }(),
       "problem[P002]"},
      {"a key twice", "title: a\ntitle: b\n", "r.yml:2:1"},
      {"a tab", "title: a\n\tx: y\n", "r.yml:2:1"},
      {"a merge key", "a: {<<: {b: c}}\n", "problem[P003]"},
      {"UTF-16", std::string("\xFF\xFEt\0", 4), "problem[P001]"},
      {"a huge file", std::string(1'100'000, ' '), "RULE_FILE_TOO_LARGE"},
  };
  const Files files("rules_hostile");
  for (const Hostile& c : cases) {
    write_text_file(files.rules, c.text);
    const Outcome run = run_program({"rules", "lint", files.rules});
    INFO(c.name << "\n" << run.err.substr(0, 500));
    CHECK(run.exit_code == 2);
    CHECK(run.err.find(c.want) != std::string::npos);
  }
}

TEST_CASE("rules lint: a rule that no cause uses") {
  const Files files("rules_unused");
  const auto rule = [](const char* name, const char* id) {
    return std::string("title: T\nname: ") + name + "\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e" +
           id +
           "\nlogsource: {product: rdp, service: client-trace}\n"
           "detection: {s: {Message: 'x'}, condition: s}\nlevel: low\nrdptriage: {format: "
           "1}\n---\n";
  };
  write_text_file(files.rules, rule("used", "11") + rule("unused", "12"));
  const std::string cause = files.folder + "/one.yml";
  write_text_file(
      cause,
      "cause: a.one\nformat: 1\ncategory: network\ntitle: {en: t}\nexplanation: {en: e}\n"
      "stage: name\nevidence:\n  - {rule: used, weight: 4}\n");
  const Outcome run = run_program({"rules", "lint", files.rules, cause});
  INFO(run.err);
  CHECK(run.err.find("problem[P047]: no cause uses the rule `unused`") != std::string::npos);
  CHECK(run.err.find("uses the rule `used`") == std::string::npos);
}

TEST_CASE("rules lint: this project's own pack is clean") {
  const Outcome run = run_program({"rules", "lint", std::string(RDPTRIAGE_SOURCE_DIR) + "/rules"});
  INFO(run.err.substr(0, 4000));
  CHECK(run.exit_code == 0);
  CHECK(run.err.find("problem[") == std::string::npos);
}

TEST_CASE("rules lint: rules that only tell machines apart are used by the timeline") {
  const Files files("rules_identity");
  write_text_file(files.rules,
                  "title: T\nname: named\nid: 0d1f5f0a-6f0a-4b0e-9a57-7c9b1f2a5e11\n"
                  "logsource: {product: windows, category: ip_configuration}\n"
                  "detection: {s: {HostName: 'x'}, condition: s}\nlevel: low\n"
                  "rdptriage: {format: 1, host: {from: HostName, names: [IPv4Address]}}\n"
                  "---\ncause: a.one\nformat: 1\ncategory: network\ntitle: {en: t}\n"
                  "explanation: {en: e}\nstage: name\nevidence:\n  - {rule: named, weight: 4}\n");
  const Outcome run = run_program({"rules", "lint", files.rules});
  INFO(run.err);
  CHECK(run.err.find("problem[P047]") == std::string::npos);
}

TEST_CASE("rules lint: mistakes in the text formats of a pack") {
  const Files files("rules_formats");
  std::filesystem::create_directories(files.folder + "/formats");
  write_text_file(files.folder + "/formats/x.yml", "format: broken\nlines: 3\n");
  const Outcome run = run_program({"rules", "lint", files.folder});
  INFO(run.err);
  CHECK(run.exit_code == 2);
  CHECK(run.err.find("problem[P080]: unknown key `lines`") != std::string::npos);
}

TEST_CASE("rules: a pack brings its own log sources, and may need a newer program") {
  const Files files("rules_pack_info");
  write_text_file(files.rules,
                  "title: T\nname: t\nlogsource: {product: windows, service: printers}\n"
                  "detection: {s: {User: bob}, condition: s}\n");
  write_text_file(files.folder + "/logsources.yml", "services: {printers: [Security]}\n");
  const auto match = [&] {
    return run_program({"rules", "match", "--rules", files.folder, "--use-logsource", "--format",
                        "jsonl", files.events});
  };
  const Outcome run = match();
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 2);
  write_text_file(files.folder + "/pack.yml", "version: '1'\nmin_engine: '0.0.9'\n");
  CHECK(match().exit_code == 0);
  write_text_file(files.folder + "/pack.yml", "version: '1'\nmin_engine: '99.1'\n");
  const Outcome refused = match();
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("problem[P038]: the pack needs rdptriage 99.1 or newer") !=
        std::string::npos);
  CHECK(refused.err.find("pack.yml:2:13") != std::string::npos);
}

TEST_CASE("rules: a pack that lists the sums of its files takes no others") {
  const Files files("rules_pack_sums");
  const std::string pack = files.folder + "/pack";
  std::filesystem::create_directories(pack + "/detections");
  const std::string rule = pack + "/detections/r.yml";
  const std::string text =
      "title: T\nname: t\nlogsource: {product: windows}\n"
      "detection: {s: {User: bob}, condition: s}\n";
  write_text_file(rule, text);
  const std::string info =
      "version: '7'\nsha256:\n"
      "    detections/r.yml: ";
  const std::string sum = "e56709a008a3416465fa48ac4d325e7d22fc83c6c2e91386944c043f201a31f1";
  write_text_file(pack + "/pack.yml", info + sum + "\n");
  const auto match = [&] {
    return run_program({"rules", "match", "--rules", pack, "--rules", files.rules, files.events});
  };
  CHECK(match().exit_code == 0);  // files beside the pack are nobody's business
  write_text_file(rule, text + "# edited\n");
  const Outcome edited = match();
  INFO(edited.err);
  CHECK(edited.exit_code == 2);
  CHECK(edited.err.find("problem[P039]: `detections/r.yml` is not the file that the pack lists") !=
        std::string::npos);
  CHECK(edited.err.find("pack.yml:3:23") != std::string::npos);
  CHECK(run_program({"rules", "lint", pack}).exit_code == 2);
  CHECK(run_program({"analyze", "--rules", pack, files.events}).err.find("problem[P039]") !=
        std::string::npos);
  write_text_file(rule, text);
  write_text_file(pack + "/more.yml", text);
  CHECK(match().err.find("the pack does not list the file `more.yml`") != std::string::npos);
  std::filesystem::remove(pack + "/more.yml");
  std::filesystem::remove(rule);
  CHECK(match().err.find("the file `detections/r.yml` of the pack is missing") !=
        std::string::npos);
}

TEST_CASE("rules: mistakes in pack.yml") {
  const Files files("rules_pack_mistakes");
  const auto lint = [&](const char* text) {
    write_text_file(files.folder + "/pack.yml", text);
    const Outcome run = run_program({"rules", "lint", files.rules, files.folder + "/pack.yml"});
    CHECK(run.exit_code == 2);
    return run.err;
  };
  CHECK(lint("version: '1'\nmin_engin: '9'\n").find("problem[P013]") != std::string::npos);
  CHECK(lint("version: '1'\nmin_engin: '9'\n").find("did you mean `min_engine`?") !=
        std::string::npos);
  CHECK(lint("sha256: none\n").find("problem[P012]") != std::string::npos);
  CHECK(lint("version: [\n").find("problem[P001]") != std::string::npos);
}

TEST_CASE("rules lint: mistakes in the tables of a pack") {
  const Files files("rules_tables");
  std::filesystem::create_directories(files.folder + "/codes");
  write_text_file(files.folder + "/codes/x.yml", "table: x\ncodes: 3\n");
  const Outcome run = run_program({"rules", "lint", files.folder});
  INFO(run.err);
  CHECK(run.exit_code == 2);
  CHECK(run.err.find("problem[P081]") != std::string::npos);
}
