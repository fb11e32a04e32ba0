// A cause, its log source and its text format, given to the built program as files: nothing of it
// is compiled.
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

namespace {
constexpr const char* kFormat = R"(format: harbor-agent
title: Log of the Harbor agent
client: harbor
signs:
    - '^HARBOR\[\d+\] '
prefixes:
    - expr: '^HARBOR\[(?P<ProcessId>\d+)\] (?P<Level>\w+): (?P<Message>.*)$'
samples:
    - line: 'HARBOR[88] error: berth for rds01.corp.example lost'
      fields: {Client: harbor, ProcessId: '88', Level: error, Message: 'berth for rds01.corp.example lost'}
)";

constexpr const char* kLogSources = R"(services:
  harbor-master: [Harbor-Master/Operational]
)";

constexpr const char* kRules = R"(title: The berth was lost
id: 7f0f7f6e-50b3-4a5b-8f0c-5b0e3a1f0c01
name: berth_lost
logsource: {product: rdp, service: client-trace}
detection:
    line: {Message|startswith: 'berth for', Message|endswith: 'lost'}
    condition: line
level: medium
rdptriage: {format: 1, stage: host-tcp, state: failed, host: {role: client}}
---
title: The harbor master closed the harbor
id: 7f0f7f6e-50b3-4a5b-8f0c-5b0e3a1f0c02
name: harbor_closed
logsource: {product: windows, service: harbor-master}
detection:
    event: {EventID: 4071}
    condition: event
level: high
rdptriage: {format: 1, stage: host-tcp, host: {from: Computer, role: proxy}, keep: {by: Officer}, says: 'closed by {by}'}
)";

constexpr const char* kCause = R"(cause: harbor.closed
format: 1
category: network
title: {en: 'The harbor is closed'}
explanation: {en: 'The harbor master lets no connection through.'}
stage: host-tcp
evidence:
    - {rule: harbor_closed, weight: 4, decisive: true, when: anywhere, src: 'vendor P'}
    - {rule: berth_lost, weight: 1, src: 'vendor P'}
needs:
    - {source: windows/harbor-master}
collect_next:
    - {gain: 4, host: proxy, run: 'wevtutil epl Harbor-Master/Operational harbor.evtx', shell: cmd, why: {en: 'Names the officer.'}, reads: windows/harbor-master}
remedy:
    - {actor: network admin, risk: reversible, text: {en: 'Ask the officer to open it.'}, undo: {en: 'Close it again.'}}
verify:
    - {en: 'No new event 4071'}
)";

constexpr const char* kTrace =
    "HARBOR[88] info: berth for rds01.corp.example asked for\n"
    "HARBOR[88] error: berth for rds01.corp.example lost\n";

constexpr const char* kLog =
    "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Harbor-Master'/><EventID>4071</EventID><Level>2</Level>"
    "<TimeCreated SystemTime='2026-11-20T09:11:52.0000000Z'/><EventRecordID>5</EventRecordID>"
    "<Channel>Harbor-Master/Operational</Channel><Computer>gate1.corp.example</Computer></System>"
    "<EventData><Data Name='Officer'>Ines</Data></EventData></Event></Events>";

struct Files {
  std::string pack, trace, log;
};

Files write_files() {
  const std::string folder = fresh_folder("own_pack");
  Files files{folder + "/pack", folder + "/agent.log", folder + "/harbor.xml"};
  write_text_file(files.pack + "/formats/harbor.yml", kFormat);
  write_text_file(files.pack + "/logsources.yml", kLogSources);
  write_text_file(files.pack + "/detections/harbor.yml", kRules);
  write_text_file(files.pack + "/causes/harbor/closed.yml", kCause);
  write_text_file(files.trace, kTrace);
  write_text_file(files.log, kLog);
  return files;
}

nlohmann::json report_of(const std::vector<std::string>& arguments) {
  const Outcome outcome = run_program(arguments);
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return nlohmann::json::parse(outcome.out);
}
}  // namespace

TEST_CASE("the built program takes a pack's text format, log source and cause from files") {
  const Files files = write_files();
  const auto report =
      report_of({files.trace, files.log, "--rules", files.pack, "--format", "json", "-o", "-"});
  CHECK(report["verdict"] == "diagnosed");
  REQUIRE_FALSE(report["diagnoses"].empty());
  CHECK(report["diagnoses"][0]["cause"] == "harbor.closed");
  CHECK(report["diagnoses"][0]["confidence"]["label"] == "confirmed");
  // All three took part: the format read the trace, the log source let the event to its rule.
  bool read_by_format = false, log_matched = false, trace_matched = false;
  for (const auto& artifact : report["artifacts"])
    read_by_format = read_by_format || artifact["format"] == "harbor-agent";
  for (const auto& finding : report["findings"]) {
    log_matched = log_matched || finding["rule"] == "harbor_closed";
    trace_matched = trace_matched || finding["rule"] == "berth_lost";
  }
  CHECK(read_by_format);
  CHECK(log_matched);
  CHECK(trace_matched);
}

TEST_CASE("the built program asks for the log source of a pack that was given") {
  const Files files = write_files();
  const auto report =
      report_of({files.trace, "--rules", files.pack, "--format", "json", "-o", "-"});
  CHECK(report["verdict"] == "inconclusive");
  REQUIRE_FALSE(report["collect_next"].empty());
  CHECK(report["collect_next"][0]["command"] ==
        "wevtutil epl Harbor-Master/Operational harbor.evtx");
}

TEST_CASE("the built program knows nothing of it without the pack") {
  const Files files = write_files();
  const Outcome outcome = run_program({files.log, files.trace, "--format", "json", "-o", "-"});
  CHECK(outcome.exit_code == 3);  // nothing that it can analyze
  CHECK(nlohmann::json::parse(outcome.out)["verdict"] == "not_analysable");
}
