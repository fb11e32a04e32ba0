// A rule pack of one's own, with a text format, a log source and a cause that the program has never
// heard of, works without recompiling anything.
#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
constexpr const char* kFormat = R"(format: contoso-tunnel
title: Log of the Contoso tunnel
client: contoso
signs:
    - '^CTVPN \d+ (INFO|ERROR) '
prefixes:
    - expr: '^CTVPN (?P<ProcessId>\d+) (?P<Level>[A-Z]+) (?P<Message>.*)$'
samples:
    - line: 'CTVPN 4711 ERROR tunnel to rds01.corp.example torn down'
      fields: {Client: contoso, ProcessId: '4711', Level: ERROR, Message: 'tunnel to rds01.corp.example torn down'}
)";

constexpr const char* kLogSources = R"(services:
  contoso-tunnel: [Contoso-Tunnel/Operational]
)";

constexpr const char* kRules = R"(title: The tunnel was torn down
id: 4b7a3a52-1a35-4b0c-9a7a-6f6d1f0b7d01
name: tunnel_down
logsource: {product: rdp, service: client-trace}
detection:
    line: {Message|startswith: 'tunnel to', Message|endswith: 'torn down'}
    condition: line
level: medium
rdptriage: {format: 1, stage: host-tcp, state: failed, host: {role: client}}
---
title: The tunnel server ran out of addresses
id: 4b7a3a52-1a35-4b0c-9a7a-6f6d1f0b7d02
name: tunnel_no_address
logsource: {product: windows, service: contoso-tunnel}
detection:
    event: {EventID: 77}
    condition: event
level: high
rdptriage: {format: 1, stage: host-tcp, host: {from: Computer, role: proxy}, keep: {pool: Pool}, says: 'the pool {pool} is empty'}
)";

constexpr const char* kCause = R"(cause: tunnel.pool-empty
format: 1
category: network
title: {en: 'The address pool {pool|} of the tunnel is empty'}
explanation: {en: 'The tunnel server had no address left for the client.'}
stage: host-tcp
evidence:
    - {rule: tunnel_no_address, weight: 4, decisive: true, when: anywhere, src: 'vendor P'}
    - {rule: tunnel_down, weight: 1, src: 'vendor P'}
needs:
    - {source: windows/contoso-tunnel}
collect_next:
    - {gain: 3, host: proxy, run: 'wevtutil epl Contoso-Tunnel/Operational tunnel.evtx', shell: cmd, why: {en: 'Names the pool.'}, reads: windows/contoso-tunnel}
remedy:
    - {actor: network admin, risk: reversible, text: {en: 'Enlarge the pool {pool}.'}, undo: {en: 'Make it as large as before.'}}
verify:
    - {en: 'No new event 77'}
)";

constexpr std::string_view kTrace =
    "CTVPN 4711 INFO connecting to rds01.corp.example\n"
    "CTVPN 4711 ERROR tunnel to rds01.corp.example torn down\n";

constexpr std::string_view kLog =
    "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Contoso-Tunnel'/><EventID>77</EventID><Level>2</Level>"
    "<TimeCreated SystemTime='2026-11-20T09:11:52.0000000Z'/><EventRecordID>5</EventRecordID>"
    "<Channel>Contoso-Tunnel/Operational</Channel><Computer>vpn1.corp.example</Computer></System>"
    "<EventData><Data Name='Pool'>branch-7</Data></EventData></Event></Events>";

Report run(std::initializer_list<std::pair<const char*, std::string_view>> files) {
  const RuleSet pack = pack_of({{"formats/tunnel.yml", kFormat},
                                {"logsources.yml", kLogSources},
                                {"detections/tunnel.yml", kRules},
                                {"causes/tunnel/pool-empty.yml", kCause}});
  for (const Problem& problem : pack.impl().problems()) FAIL_CHECK(problem.text);
  Case input;
  for (const auto& [name, text] : files) {
    REQUIRE(input.add_bytes(name, std::as_bytes(std::span(text.data(), text.size()))));
  }
  return analyze(input, pack);
}
}  // namespace

TEST_CASE("a pack of one's own brings its cause, log source and text format") {
  const Report report = run({{"tunnel.log", kTrace}, {"tunnel.xml", kLog}});
  CHECK(report.verdict == Verdict::diagnosed);
  CHECK(causes_of(report) == "confirmed tunnel.pool-empty");
  REQUIRE_FALSE(report.diagnoses.empty());
  CHECK(report.diagnoses[0].title == "The address pool branch-7 of the tunnel is empty");
  CHECK(report.diagnoses[0].remediation[0].text == "Enlarge the pool branch-7.");
  REQUIRE_FALSE(report.artifacts.empty());
  CHECK(report.artifacts[0].format == "contoso-tunnel");
}

TEST_CASE("a pack of one's own says what to collect when its log source is missing") {
  const Report report = run({{"tunnel.log", kTrace}});
  CHECK(report.verdict == Verdict::inconclusive);
  REQUIRE_FALSE(report.collect_next.empty());
  CHECK(report.collect_next[0].command == "wevtutil epl Contoso-Tunnel/Operational tunnel.evtx");
}
