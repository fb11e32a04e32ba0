// Bundles as MSRD-Collect, TSS and Intune make them: whose each file is, and what was not there.
#include <algorithm>

#include "rdptriage/analyze.hpp"
#include "rdptriage/inspect.hpp"
#include "support/archive_builder.hpp"
#include "support/catch.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
constexpr std::string_view kNetstat =
    "\r\nActive Connections\r\n\r\n"
    "  Proto  Local Address          Foreign Address        State           PID\r\n"
    "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1012\r\n"
    "  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4\r\n";
constexpr std::string_view kAddresses =
    "\r\nWindows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : RDGW01\r\n\r\n"
    "Ethernet adapter Ethernet0:\r\n\r\n"
    "   IPv4 Address. . . . . . . . . . . : 192.0.2.25(Preferred)\r\n";
constexpr std::string_view kSessions =
    " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE\r\n"
    " services                                    0  Disc\r\n"
    ">console           Administrator             1  Active\r\n";

Bytes log_of(const char* computer, const char* channel, std::uint16_t id) {
  EvtxBuilder log;
  EvtxEvent event;
  event.computer = computer;
  event.channel = channel;
  event.event_id = id;
  log.add(event);
  return log.finish();
}

Inspection inspect_bundle(std::string name, const std::vector<Entry>& entries) {
  Case input;
  REQUIRE(input.add_bytes(std::move(name), pack(Packing::zip, entries)));
  return inspect(input);
}

const Host* host_called(const Inspection& inspection, std::string_view name) {
  const auto at = std::find_if(inspection.hosts.begin(), inspection.hosts.end(),
                               [&](const Host& host) { return host.name == name; });
  return at == inspection.hosts.end() ? nullptr : &*at;
}

// Name of the host of the artifact whose path ends like this.
std::string whose(const Inspection& inspection, std::string_view ending) {
  for (std::size_t i = 0; i < inspection.artifacts.size(); ++i) {
    if (!std::string_view(inspection.artifacts[i].path).ends_with(ending)) continue;
    for (const Host& host : inspection.hosts) {
      if (host.id == inspection.whose[i]) return host.name;
    }
  }
  return {};
}

std::vector<std::string> sources_that(const Inspection& inspection, CoverageState state) {
  std::vector<std::string> out;
  for (const Coverage& row : inspection.coverage) {
    if (row.state == state) out.push_back(row.source);
  }
  return out;
}

bool has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}
}  // namespace

TEST_CASE("collected: MSRD-Collect names the machine of each file, its part, and what it lacked") {
  const std::string root = "MSRD-Results-RDGW01-20261120_093101/";
  const Inspection found = inspect_bundle(
      "MSRD-Results-RDGW01-20261120_093101.zip",
      {{root + "RDGW01_Networking/RDGW01_Netstat.txt", bytes_of(kNetstat)},
       {root + "RDGW01_RDS/RDGW01_Ipconfig.txt", bytes_of(kAddresses)},
       {root + "RDGW01_EventLogs/RDGW01_System.evtx", log_of("RDGW01", "System", 7036)},
       {root + "RDGW01_EventLogs/RDGW01_TerminalServicesGateway-Operational.evtx",
        EvtxBuilder().finish()},
       {root + "RDGW01_EventLogs/LocaleMetaData/RDGW01_System_1033.MTA",
        bytes_of(std::string(40, '\x01') + std::string(40, '\x80'))},
       {root + "RDGW01_MSRD-Collect-Warning.txt",
        bytes_of("2026/11/20 09:31:07.100 [msrdGetEventLogs(1210)] WARNING: [Core] Event log "
                 "'Microsoft-Windows-CAPI2/Operational' not found\r\n")}});
  const Host* host = host_called(found, "RDGW01");
  REQUIRE(host != nullptr);
  CHECK(has(host->roles, "gateway"));
  // The folder "RDS" is a subject, not what the machine is.
  CHECK_FALSE(has(host->roles, "session-host"));
  CHECK(whose(found, "RDGW01_Netstat.txt") == "RDGW01");
  CHECK(whose(found, "RDGW01_Ipconfig.txt") == "RDGW01");
  CHECK(has(sources_that(found, CoverageState::empty), "windows/terminalservices-gateway"));
  CHECK(has(sources_that(found, CoverageState::collector_failed), "windows/capi2"));
  for (const ArtifactReport& artifact : found.artifacts) {
    if (artifact.path.ends_with(".MTA")) CHECK(artifact.state == ArtifactState::not_used);
  }
}

TEST_CASE("collected: names of folders and archives that collectors of several years give") {
  const auto bundle =
      GENERATE(as<std::string>{}, "MSRD-Results-RDGW01-20261120_093101",
               "MSRD-Results-RDGW01-20261120-093101", "AVD-Results-RDGW01-20261120_093101",
               "TSS_RDGW01_261120-093101_NET_RDScli", "TSSv2_RDGW01_261120-093101_RDS");
  INFO(bundle);
  const Inspection found = inspect_bundle(
      bundle + ".zip", {{bundle + "/RDGW01_Netstat.txt", bytes_of(kNetstat)},
                        {bundle + "/RDGW01_System.evtx", log_of("RDGW01", "System", 7036)}});
  REQUIRE(found.hosts.size() == 1);
  CHECK(found.hosts.front().name == "RDGW01");
  CHECK(whose(found, "RDGW01_Netstat.txt") == "RDGW01");
}

TEST_CASE("collected: that a client's own Remote Desktop is off does not explain its failure") {
  const std::string root = "MSRD-Results-PC-0417-20261120_093101/PC-0417_";
  const auto report_of = [&](const std::vector<Entry>& entries, std::vector<KnownHost> said = {}) {
    CaseOptions options;
    options.hosts = std::move(said);
    Case input(options);
    REQUIRE(input.add_bytes("case.zip", pack(Packing::zip, entries)));
    return analyze(input);
  };
  const auto blames_host = [](const Report& report) {
    return std::any_of(report.diagnoses.begin(), report.diagnoses.end(),
                       [](const Diagnosis& one) { return one.cause.starts_with("host."); });
  };
  const Entry denied{root + "RegistryKeys/PC-0417_HKLM-System-CCS-Control-TerminalServer.txt",
                     bytes_of("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\"
                              "SYSTEM\\CurrentControlSet\\Control\\Terminal Server]\r\n"
                              "\"fDenyTSConnections\"=dword:00000001\r\n")};
  const Entry sessions{root + "RDS/PC-0417_Qwinsta.txt", bytes_of(kSessions)};
  const Entry trace{root + "client.log",
                    bytes_of("[02:44:41:143] [1:00000001] [ERROR][com.freerdp.core] - "
                             "[rdp_set_error_info]: ERRINFO_IDLE_TIMEOUT (0x00000003):idle\n")};
  CHECK_FALSE(blames_host(report_of({denied, sessions, trace})));
  // Alone, or where the user says that this is the host, it is what there is to say.
  CHECK(blames_host(report_of({denied, sessions})));
  CHECK(blames_host(report_of({denied, sessions, trace}, {{"PC-0417", "session-host", {}}})));
}

TEST_CASE("collected: TSS around MSRD-Collect is one machine, two bundles are two") {
  const Inspection found = inspect_bundle(
      "case.zip",
      {{"TSS_RDSH07_261120-093101_RDS/RDSH07_261120-093101_Netstat.txt", bytes_of(kNetstat)},
       {"TSS_RDSH07_261120-093101_RDS/MSRD-Results-RDSH07/RDSH07_RDS/RDSH07_Qwinsta.txt",
        bytes_of(kSessions)},
       {"MSRD-Results-PC-0417-20261120_100000/PC-0417_RDS/PC-0417_Netstat.txt",
        bytes_of(std::string(kNetstat) + "\r\n")}});
  CHECK(found.hosts.size() == 2);
  CHECK(whose(found, "RDSH07_261120-093101_Netstat.txt") == "RDSH07");
  CHECK(whose(found, "RDSH07_Qwinsta.txt") == "RDSH07");
  CHECK(whose(found, "PC-0417_Netstat.txt") == "PC-0417");
  const Host* client = host_called(found, "PC-0417");
  REQUIRE(client != nullptr);
  CHECK_FALSE(has(client->roles, "session-host"));
  REQUIRE(host_called(found, "RDSH07") != nullptr);
  CHECK(has(host_called(found, "RDSH07")->roles, "session-host"));
}

TEST_CASE("collected: Intune's archive names the machine and the logs that it did not get") {
  const Inspection found = inspect_bundle(
      "DiagLogs-WS-0418-20261120T093101Z.zip",
      {{"results.xml",
        bytes_of("<Collection HRESULT=\"0\">\n    <ID>1</ID>\n"
                 "    <Events HRESULT=\"0\">System</Events>\n"
                 "    <Events HRESULT=\"-2147024893\">Microsoft-Windows-TerminalServices-RDPClient/"
                 "Operational</Events>\n</Collection>\n")},
       {"(7) Command netstat -ano output.log", bytes_of(kNetstat)},
       {"(12) Events System Events.evtx", EvtxBuilder().finish()},
       {"(13) Events Microsoft-Windows-CAPI2_Operational - No Results", bytes_of("")}});
  REQUIRE(host_called(found, "WS-0418") != nullptr);
  CHECK(whose(found, "output.log") == "WS-0418");
  const auto failed = sources_that(found, CoverageState::collector_failed);
  CHECK(has(failed, "windows/terminalservices-rdpclient"));
  CHECK(has(failed, "windows/capi2"));
  CHECK(has(sources_that(found, CoverageState::empty), "windows/system"));
  CHECK_FALSE(has(failed, "windows/system"));
}

TEST_CASE("collected: a file that only mentions a machine in its name is nobody's") {
  const Inspection found =
      inspect_bundle("case.zip", {{"netstat-to-rdgw01.txt", bytes_of(kNetstat)},
                                  {"MSRD-Results.txt", bytes_of(std::string(kNetstat) + "\r\n")}});
  CHECK(found.hosts.empty());
}
