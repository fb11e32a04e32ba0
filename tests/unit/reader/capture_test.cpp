#include "reader/capture.hpp"

#include "reader/local_date.hpp"
#include "support/catch.hpp"
#include "text_events.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
constexpr std::string_view kServer =
    "\r\nActive Connections\r\n\r\n"
    "  Proto  Local Address          Foreign Address        State           PID\r\n"
    "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1012\r\n"
    "  TCP    198.51.100.20:445      192.0.2.25:50110       ESTABLISHED     4\r\n"
    "  UDP    0.0.0.0:123            *:*                                    7120\r\n";

const FieldMap& summary_of(const TextResult& result) {
  REQUIRE_FALSE(result.events.empty());
  return result.events.back();
}

std::string first(const FieldMap& fields, const std::string& name) {
  const auto at = fields.find(name);
  return at == fields.end() ? std::string() : at->second.front();
}
}  // namespace

TEST_CASE("capture: the path says whose netstat it is, unless the sockets say otherwise") {
  CHECK(first(summary_of(read_bytes(kServer, "rdsh01/netstat-server.txt")), "HostRole") ==
        "session-host");
  CHECK(first(summary_of(read_bytes(kServer, "case/netstat.txt")), "HostRole").empty());
  CHECK(first(summary_of(read_bytes(kServer, "case/gateway/netstat.txt")), "HostRole") ==
        "gateway");
  const std::string client =
      std::string(kServer) +
      "  TCP    192.0.2.25:50231       198.51.100.20:3389     SYN_SENT        9412\r\n";
  CHECK(first(summary_of(read_bytes(client, "server/netstat.txt")), "HostRole") == "client");
  const std::string asks_gateway =
      std::string(kServer) +
      "  TCP    192.0.2.25:50231       198.51.100.10:443      ESTABLISHED     9412\r\n";
  CHECK(first(summary_of(read_bytes(asks_gateway, "netstat-gateway.txt")), "HostRole").empty());
}

TEST_CASE("capture: a filtered or cut netstat is not complete") {
  CHECK(first(summary_of(read_bytes(kServer)), "Complete") == "true");
  const std::string filtered =
      "C:\\>netstat -ano | findstr 135\r\n  TCP    0.0.0.0:135            0.0.0.0:0              "
      "LISTENING       1012\r\n";
  CHECK(first(summary_of(read_bytes(filtered)), "Complete") == "false");
  const std::string cut = std::string(kServer) + "  TCP    192.0.2.2";
  CHECK(first(summary_of(read_bytes(cut)), "Complete") == "false");
  const std::string no_listeners =
      "Active Connections\r\n\r\n  Proto  Local Address          Foreign Address        State\r\n"
      "  TCP    192.0.2.25:50110       198.51.100.20:445      ESTABLISHED\r\n";
  CHECK(first(summary_of(read_bytes(no_listeners)), "Complete") == "false");
}

TEST_CASE("capture: several commands in one text all count") {
  const std::string text =
      std::string("C:\\>netstat -ano\r\n") + std::string(kServer) +
      "\r\nC:\\>sc query termservice\r\n\r\nSERVICE_NAME: termservice\r\n        TYPE              "
      " : 30  WIN32\r\n"
      "        STATE              : 1  STOPPED\r\n\r\nC:\\>qwinsta\r\n"
      " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE\r\n"
      " services                                    0  Disc\r\n>console           Administrator    "
      "         1  Active\r\n";
  const TextResult got = read_bytes(text);
  CHECK(got.reader == "capture");
  std::map<std::string, int> count;
  for (const FieldMap& event : got.events) ++count[event.at("logsource").front()];
  CHECK(count["network_state"] == 4);
  CHECK(count["service_state"] == 1);
  CHECK(count["session_state"] == 3);
}

TEST_CASE("capture: the message has each line once") {
  const TextResult got = read_bytes(
      "ComputerName     : rdsh01\r\nRemoteAddress    : 198.51.100.20\r\nRemotePort       : "
      "3389\r\nTcpTestSucceeded : True\r\n");
  REQUIRE(got.events.size() == 1);
  CHECK(first(got.events[0], "Message") ==
        "ComputerName     : rdsh01 / RemoteAddress    : 198.51.100.20 / RemotePort       : 3389 / "
        "TcpTestSucceeded : True");
}

TEST_CASE("capture: registry exports as reg files and as reg query prints them") {
  const TextResult file = read_bytes(
      "Windows Registry Editor Version 5.00\r\n\r\n"
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server]\r\n"
      "\"fDenyTSConnections\"=dword:00000001\r\n\"Name \\\"x\\\"\"=\"C:\\\\a\"\r\n"
      "\"Hash\"=hex:5f,1d,\\\r\n  0b\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Gone]\r\n\"a\"=\"b\"\r\n");
  REQUIRE(file.events.size() == 3);
  CHECK(first(file.events[0], "Name") == "fDenyTSConnections");
  CHECK(first(file.events[0], "Data") == "1");
  CHECK(first(file.events[1], "Name") == "Name \"x\"");
  CHECK(first(file.events[1], "Data") == "C:\\a");
  CHECK(first(file.events[2], "Data") == "5f1d0b");
  const TextResult query = read_bytes(
      "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal "
      "Server\\WinStations\\RDP-Tcp\r\n"
      "    PortNumber    REG_DWORD    0xd3e\r\n\r\n");
  REQUIRE(query.events.size() == 1);
  CHECK(first(query.events[0], "Data") == "3390");
}

TEST_CASE("capture: dates count as passed only when every reading agrees") {
  const Timestamp today{134'396'928'000'000'000};  // 2026-11-21
  CHECK(reader::has_passed("9/1/2026 9:14 AM", today) == true);
  CHECK(reader::has_passed("12/1/2026 9:14 AM", today) == std::nullopt);  // January or December
  CHECK(reader::has_passed("01.12.2026 09:14", today) == false);
  CHECK(reader::has_passed("2027/01/05 09:14", today) == false);
  CHECK(reader::has_passed("nothing", today) == std::nullopt);
  CHECK(reader::normalize_local_date("13/02/2026 9:14 PM") == "2026-02-13 21:14");
  CHECK(reader::normalize_local_date("1/2/2026") == "1/2/2026");
}

TEST_CASE("capture: text that quotes a command among other things stays a trace") {
  std::string text = "[09:12:01:004] [1:2] [INFO][com.freerdp.core] - hello\n";
  for (int i = 0; i < 20; ++i) text += "[09:12:01:004] [1:2] [DEBUG][com.freerdp.core] - more\n";
  text += "SERVICE_NAME: termservice\n        STATE              : 1  STOPPED\n";
  CHECK(read_bytes(text).reader == "text");
}

TEST_CASE("capture: a hundred thousand sockets are looked at once each") {
  std::string text =
      "  Proto  Local Address  Foreign Address  State\n  TCP  0.0.0.0:3389  0.0.0.0:0  LISTENING\n";
  for (int i = 0; i < 99'999; ++i)
    text += "  TCP  10.0.0.1:" + std::to_string(i % 60'000 + 1) + "  10.0.0.2:443  ESTABLISHED\n";
  const TextResult got = read_bytes(text);
  REQUIRE(got.events.size() == 100'001);  // and the summary
  CHECK(first(got.events[3389], "Direction") == "inbound");
  CHECK(first(got.events[3390], "Direction") == "outbound");
}

TEST_CASE("capture: the proof quotes each line once") {
  const TextResult got = read_bytes(
      "SERVICE_NAME: termservice\r\n        TYPE               : 30  WIN32\r\n"
      "        STATE              : 1  STOPPED\r\n");
  REQUIRE(got.events.size() == 1);
  CHECK(first(got.events[0], "Message") ==
        "SERVICE_NAME: termservice / STATE              : 1  STOPPED");
}

TEST_CASE("capture: a bare True or False is no connectivity test, with its command it is one") {
  CHECK(read_bytes("False\r\n").reader != "capture");
  CHECK(read_bytes("False\r\n", "Test-NetConnection.txt").reader != "capture");
  // A ping that failed says nothing of the port.
  CHECK(
      read_bytes("PS C:\\> Test-NetConnection rds01 -InformationLevel Quiet\r\nFalse\r\n").reader !=
      "capture");
  const TextResult got = read_bytes(
      "PS C:\\> tnc rds01 -Port 3389 -InformationLevel Quiet\r\nFalse\r\nPS C:\\> tnc gw -Port "
      "443 -InformationLevel Quiet\r\nTrue\r\n");
  CHECK(got.reader == "capture");
  REQUIRE(got.events.size() == 2);
  CHECK(first(got.events[0], "TcpTestSucceeded") == "False");
  CHECK(first(got.events[1], "ComputerName") == "gw");
  CHECK(first(got.events[1], "TcpTestSucceeded") == "True");
}

TEST_CASE("capture: a service that sc does not know, in any language") {
  for (const char* error :
       {"[SC] EnumQueryServicesStatus:OpenService FAILED 1060:", "[SC] OpenService FEHLER 1060:",
        "[SC] EnumQueryServicesStatus:OpenService \xC3\xA9"
        "chec(s) 1060\xC2\xA0:",
        "[SC] EnumQueryServicesStatus:OpenService "
        "\xE3\x82\xA8\xE3\x83\xA9\xE3\x83\xBC 1060:"}) {
    INFO(error);
    const TextResult got = read_bytes("C:\\>sc query TSGateway\r\n" + std::string(error) + "\r\n");
    CHECK(got.reader == "capture");
    REQUIRE(got.events.size() == 1);
    CHECK(first(got.events[0], "Name") == "TSGateway");
    CHECK(first(got.events[0], "ScError") == "1060");
  }
}
