// demo, ticket and diff as a user runs them.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;

namespace {
bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
const std::string kSamples = std::string(RDPTRIAGE_SOURCE_DIR) + "/samples/";
}  // namespace

TEST_CASE("demo: an answer without any file, in every listed case") {
  const Outcome first = run_program({"demo"});
  CHECK(first.exit_code == 0);
  CHECK(contains(first.out, "CAUSE"));
  CHECK(contains(first.out, "gateway-http.502"));
  CHECK(contains(first.err, "made-up"));
  const Outcome list = run_program({"demo", "--list"});
  CHECK(list.out == "cap-denied\ngateway-502\nnothing-listens\n");
  CHECK(contains(run_program({"demo", "cap-denied"}).out, "gateway-policy.cap-denied"));
  const Outcome page = run_program({"demo", "--format", "html"});
  CHECK(contains(page.out, "</html>"));
  const Outcome mistyped = run_program({"demo", "gateway-503"});
  CHECK(mistyped.exit_code == 2);
}

TEST_CASE("demo --write: the files are those of samples/") {
  const std::string folder = fresh_folder("demo-files");
  CHECK(run_program({"demo", "--write", folder}).exit_code == 0);
  CHECK(read_text_file(folder + "/gateway-502/freerdp.log") ==
        read_text_file(kSamples + "gateway-502/case/freerdp.log"));
  CHECK(read_text_file(folder + "/cap-denied/RDGW01/TerminalServices-Gateway-Operational.evtx") ==
        read_text_file(kSamples +
                       "cap-denied/case/RDGW01/TerminalServices-Gateway-Operational.evtx"));
  CHECK(run_program({"demo", "--write", folder}).exit_code == 2);
}

TEST_CASE("a line of a trace is quoted with the lines around it") {
  const std::string folder = fresh_folder("context");
  std::string text;
  for (int i = 1; i <= 9; ++i) {
    text += "[10:11:12:" + std::to_string(100 + i) + "] [100:101] ";
    text += i == 5
                ? "[DEBUG][com.freerdp.core.gateway.rdg] - RDG_OUT_DATA authorization result: 502\n"
                : "[INFO][com.freerdp.core] - line " + std::to_string(i) + "\n";
    if (i == 6) text += "\n";
  }
  write_text_file(folder + "/client.log", text);
  const Outcome outcome = run_program({folder + "/client.log", "--format", "json"});
  const json report = json::parse(outcome.out, nullptr, false);
  REQUIRE(report["verdict"] == "diagnosed");
  const json& context = report["evidence"][0]["context"];
  // Two before, two behind; the blank line shows nothing.
  REQUIRE(context.size() == 4);
  CHECK(context[0]["line"] == 3);
  CHECK(contains(context[0]["text"].get<std::string>(), "line 3"));
  CHECK(context[2]["line"] == report["evidence"][0]["locator"]["line"]);
  CHECK(context[3]["line"] == 6);
  write_text_file(folder + "/r.json", outcome.out);
  const Outcome page = run_program({"report", folder + "/r.json", "--format", "html"});
  CHECK(contains(page.out, "<pre class=\"context\">"));
  CHECK(contains(page.out,
                 "<span class=\"line own\"><span class=\"number\">5</span> [10:11:12:105]"));
  CHECK(contains(page.out, "line 6"));
  CHECK_FALSE(contains(page.out, "line 8"));
}

TEST_CASE("ticket: a payload for each system, and what is mistyped is said") {
  const std::string folder = fresh_folder("ticket");
  REQUIRE(run_program({kSamples + "cap-denied/case", "--format", "json=" + folder + "/r.json"})
              .exit_code == 0);
  for (const char* system : {"servicenow", "jira", "zendesk", "freshdesk", "thehive"}) {
    INFO(system);
    const Outcome outcome = run_program({"ticket", folder + "/r.json", "--for", system});
    CHECK(outcome.exit_code == 0);
    const json payload = json::parse(outcome.out, nullptr, false);
    REQUIRE(payload.is_object());
    CHECK(contains(payload.dump(), "CAP"));
  }
  CHECK(run_program({"ticket", folder + "/r.json"}).exit_code == 2);
  CHECK(run_program({"ticket", folder + "/r.json", "--for", "jirra"}).exit_code == 2);
  CHECK(run_program({"ticket", folder + "/none.json", "--for", "jira"}).exit_code == 3);
}

TEST_CASE("diff: logs against logs, and against a report of before") {
  const std::string folder = fresh_folder("diff");
  const std::string before = kSamples + "cap-denied/case", after = kSamples + "good-session/case";
  const Outcome fixed = run_program({"diff", before, after});
  CHECK(fixed.exit_code == 0);
  CHECK(contains(fixed.out, "Fixed"));
  CHECK(contains(fixed.out, "gateway-policy.cap-denied"));
  REQUIRE(run_program({before, "--format", "json=" + folder + "/r.json"}).exit_code == 0);
  const Outcome same = run_program({"diff", folder + "/r.json", before, "--format", "json"});
  CHECK(same.exit_code == 0);
  CHECK(json::parse(same.out)["change"] == "unchanged");
  CHECK(run_program({"diff", before, folder + "/none"}).exit_code == 3);
  // A report is one by its content, whatever it is called; and logs are none.
  for (const char* name : {"/r.txt", "/r"}) {
    write_text_file(folder + name, read_text_file(folder + "/r.json"));
    const Outcome renamed = run_program({"diff", folder + name, before, "--format", "json"});
    INFO(name);
    CHECK(renamed.exit_code == 0);
    CHECK(json::parse(renamed.out)["change"] == "unchanged");
  }
  write_text_file(folder + "/log.json", read_text_file(kSamples + "gateway-502/case/freerdp.log"));
  const Outcome log = run_program(
      {"diff", folder + "/log.json", kSamples + "gateway-502/case", "--format", "json"});
  CHECK(json::parse(log.out)["change"] == "unchanged");
}

TEST_CASE("outputs: evidence of a capture has the lines around it, a shared report has them not") {
  const std::string folder = fresh_folder("cli-context");
  write_text_file(folder + "/netstat.txt",
                  "Active Connections\n\n"
                  "  Proto  Local Address          Foreign Address        State           PID\n"
                  "  TCP    192.0.2.31:50114       203.0.113.40:443       ESTABLISHED     8220\n"
                  "  TCP    192.0.2.31:52011       198.51.100.21:3389     SYN_SENT        7716\n"
                  "  TCP    192.0.2.31:52012       192.0.2.77:445         ESTABLISHED     4\n");
  const Outcome run = run_program({folder, "--format", "json"});
  CHECK(run.exit_code == 0);
  CHECK(run.out.find("\"context\"") != std::string::npos);
  CHECK(run.out.find("192.0.2.77:445") != std::string::npos);  // beside the row of the proof
  const Outcome shared =
      run_program({folder, "--format", "json", "--share", "--share-map", "none"});
  CHECK(shared.exit_code == 0);
  CHECK(shared.out.find("\"context\"") == std::string::npos);
}

TEST_CASE("outputs: a blank line that a record begins at is no line of its evidence") {
  const std::string folder = fresh_folder("cli-blank");
  write_text_file(folder + "/netstat.txt",
                  read_text_file(RDPTRIAGE_SOURCE_DIR "/tests/golden/readers/netstat/"
                                                      "powershell_list.in"));
  const Outcome run = run_program({folder, "--format", "json"});
  CHECK(run.exit_code == 0);
  const json report = json::parse(run.out);
  std::size_t lines = 0;
  for (const json& evidence : report["evidence"]) {
    if (!evidence.contains("context")) continue;
    for (const json& line : evidence["context"]) {
      ++lines;
      CHECK(line["text"] != "");
    }
  }
  CHECK(lines > 2);
}

TEST_CASE("samples: the command of their README prints what is kept beside them") {
  const std::filesystem::path before = std::filesystem::current_path();
  for (const auto& entry : std::filesystem::directory_iterator(kSamples)) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    INFO(name);
    std::filesystem::current_path(entry.path());
    const auto printed = [&](const char* format) {
      return run_program({"case", "--case-id", name, "--reproducible", "--format", format}).out;
    };
    const std::string text = printed("text");
    json report = json::parse(printed("json"));
    std::filesystem::current_path(before);
    CHECK(text == read_text_file((entry.path() / "expected.txt").string()));
    for (const char* member : {"version", "rules_version", "rules_sha256"})
      report["tool"].erase(member);
    report["rules"] = {{"matched", 0}, {"not_matched", 0}, {"not_evaluated", json::array()}};
    CHECK(report == json::parse(read_text_file((entry.path() / "expected.json").string())));
  }
}
