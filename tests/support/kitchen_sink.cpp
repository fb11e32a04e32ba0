#include "support/kitchen_sink.hpp"

namespace rdptriage::test {

Report kitchen_sink_report(std::string_view free_text) {
  const std::string attack(free_text);
  const Timestamp first{134'081'575'121'030'000};
  Report report;
  report.tool_version = "0.1.0";
  report.rules_version = "2026.11";
  report.rules_sha256 = std::string(64, 'a');
  report.case_id = "INC0012345 " + attack;
  report.case_fingerprint = std::string(64, 'b');
  report.status = Status::partial;
  report.verdict = Verdict::diagnosed;
  report.headline = "RD Gateway refused the user " + attack;

  Diagnosis diagnosis;
  diagnosis.cause = "gateway-policy.cap-denied";
  diagnosis.title = "RD Gateway refused the user: no connection policy (CAP) matched " + attack;
  diagnosis.category = "gateway_policy";
  diagnosis.explanation = "The gateway checked its connection policies. " + attack;
  diagnosis.rank = 1;
  diagnosis.confidence = {
      ConfidenceLabel::confirmed, 0.93, {"the gateway itself says so " + attack}};
  diagnosis.facts = {{"error_code", "23003"}, {"user", attack}};
  diagnosis.findings = {"F1"};
  diagnosis.evidence = {"E1", "E2"};
  diagnosis.contradicted_by = {"F2"};
  diagnosis.remediation = {
      {1, "gateway admin", "RDGW01", "add the group to the CAP " + attack, "Get-Item " + attack,
       "powershell", "remove the group again " + attack, Risk::reversible},
      {2, "gateway admin", "", "restart the gateway", "net stop TSGateway", "cmd", "",
       Risk::disruptive}};
  diagnosis.verify = {"connect again " + attack};
  diagnosis.references = {{"Event 201 " + attack, "https://learn.microsoft.com/x"},
                          {"not a web page", "javascript:alert(1)"}};
  report.diagnoses.push_back(diagnosis);
  diagnosis.cause = "gateway-auth.rejected";
  diagnosis.rank = 2;
  diagnosis.confidence.label = ConfidenceLabel::possible;
  report.diagnoses.push_back(diagnosis);

  report.findings = {{"F1",
                      "gw_cap_denied",
                      "CAP denied " + attack,
                      "high",
                      "rdptriage",
                      "Apache-2.0",
                      "6684d4d5-d2f9-48fa-93f1-d06d49225124",
                      "2026-11-21",
                      "detections/gateway/cap.yml:1",
                      "code 23003 " + attack,
                      3,
                      first,
                      first,
                      {"a1"},
                      {"E1"},
                      "gateway-policy",
                      StageState::failed},
                     {"F2",
                      "client_seen",
                      "client connected",
                      "low",
                      "",
                      "",
                      "",
                      "",
                      "",
                      "",
                      1,
                      {},
                      {},
                      {},
                      {"E2"},
                      "",
                      {}}};
  Evidence one;
  one.id = "E1";
  one.artifact = "A2";
  one.host = "h2";
  one.time = first;
  one.time_quality = TimeQuality::utc;
  one.record_id = "48812";
  one.byte_offset = 135168;
  one.byte_length = 912;
  one.channel = "Microsoft-Windows-TerminalServices-Gateway/Operational";
  one.provider = "Microsoft-Windows-TerminalServices-Gateway";
  one.event_id = 201;
  one.data = {{"ErrorCode", "23003"}, {"Username", attack}};
  one.text = "gateway event 201 " + attack;
  report.evidence.push_back(one);
  Evidence two;
  two.id = "E2";
  two.artifact = "A3";
  two.host = "h1";
  two.time = Timestamp{first.ticks + 40'000'000};
  two.time_quality = TimeQuality::utc;
  two.time_original = "09:11:56";
  two.line = 17;
  two.text = attack + "\nsecond line";
  two.context = {{16, "before " + attack}, {17, attack}, {18, "behind"}};
  report.evidence.push_back(two);

  report.attempts = {{"a1",
                      first,
                      two.time,
                      AttemptOutcome::failed,
                      "h1",
                      "h2",
                      "",
                      "u1",
                      "0x904",
                      "0x7",
                      "gateway-policy",
                      {{"gateway-tcp", StageState::passed, {"E2"}},
                       {"gateway-policy", StageState::failed, {"E1"}},
                       {"session", StageState::not_reached, {}}}}};
  report.hosts = {{"h1", "PC-17 " + attack, {"client"}, "UTC+1", 412, 30},
                  {"h2", "RDGW01", {"gateway"}, "", {}, {}}};
  report.identities = {{"u1", "user", "anna " + attack}};
  report.artifacts = {
      {"A1", "", "case " + attack + ".zip", "zip", "content", "", std::string(64, 'c'), 2048,
       ArtifactState::used, "", 0, 0, 0},
      {"A2", "A1", "case.zip/Gateway.evtx", "evtx", "content", "", std::string(64, 'd'), 69632,
       ArtifactState::damaged, "one chunk torn " + attack, 1800, 3, 1432},
      {"A3",
       "A1",
       "case.zip/client.log",
       "freerdp-3",
       "content",
       "utf-8",
       "",
       {},
       ArtifactState::used,
       "",
       17,
       0,
       0}};
  report.coverage = {
      {"windows/nps", "h2", "no NPS decision visible " + attack, CoverageState::not_supplied},
      {"client-trace", "h1", "", CoverageState::present}};
  report.rules_matched = 4;
  report.rules_not_matched = 118;
  report.rules_not_evaluated = {{"nps_denied", "no NPS events " + attack}};
  report.collect_next = {{1,
                          "h2",
                          "gateway",
                          "NPS decides the CAP " + attack,
                          "wevtutil epl Security nps.evtx",
                          {"gateway-policy.nps-denied"}}};
  report.notices = {{"EVTX_CHUNK_DAMAGED", "chunk 3 is torn " + attack, 1, 135168, 1432}};
  report.ticket = {"RD Gateway refused the user",
                   "summary " + attack,
                   "body",
                   "dedupe-1",
                   "gateway admin",
                   2,
                   {"rdp"}};
  report.limits_hit = {};
  return report;
}

}  // namespace rdptriage::test
