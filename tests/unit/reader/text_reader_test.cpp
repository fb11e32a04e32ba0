// Lines of text: what carried them, which of them are a trace, and when a block of them happened.
#include <string>
#include <string_view>
#include <vector>

#include "reader/column_formats.hpp"
#include "support/catch.hpp"
#include "support/event_lines.hpp"
#include "text_events.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
std::string first(const FieldMap& event, const std::string& name) {
  const auto at = event.find(name);
  return at == event.end() || at->second.empty() ? std::string() : at->second.front();
}

// The events of one service, such as "client-disconnect".
std::vector<FieldMap> of_service(const TextResult& result, std::string_view service) {
  std::vector<FieldMap> out;
  for (const FieldMap& event : result.events) {
    if (first(event, "logsource").ends_with(service)) out.push_back(event);
  }
  return out;
}

constexpr std::string_view kFailure =
    "[09:11:52:822] [3403:00000d4b] [ERROR][com.freerdp.core] - [rdp_client_connect]: "
    "ERRCONNECT_CONNECT_TRANSPORT_FAILED [0x0002000D]";
constexpr std::string_view kServer =
    "[20261120-09:11:52] [ERROR] libxrdp_force_read: header read error";
}  // namespace

TEST_CASE("text: what carried a line is no part of its message") {
  const auto front =
      GENERATE(as<std::string_view>{}, "", "> ", ">> > ", "    12\t",
               "12: ", "12:", "> 12: ", "Nov 20 09:11:52 pc17 tool[3403]: ", "guacd-1  | ",
               "2026-11-20T09:11:52.822123+01:00 pc17 tool[3403]: ",
               "2026-11-20T08:11:52.822123456Z stderr F ");
  for (const std::string_view line : {kFailure, kServer}) {
    INFO(front << line);
    const TextResult got = read_bytes(std::string(front) + std::string(line) + "\n");
    REQUIRE(got.events.size() == 1);
    CHECK(first(got.events[0], "Level") == "ERROR");
    CHECK(std::string(line).ends_with(first(got.events[0], "Message")));
    CHECK(first(got.events[0], "RawLine") == std::string(front) + std::string(line));
  }
}

TEST_CASE("text: a line without a date has that of whoever carried it") {
  const auto time_of = [](std::string_view front, std::string_view line) {
    const TextResult got = read_bytes(std::string(front) + std::string(line) + "\n");
    REQUIRE(got.events.size() == 1);
    return first(got.events[0], "time");
  };
  CHECK(time_of("2026-11-20T09:11:53.5+01:00 pc17 tool[3403]: ", kFailure) ==
        "2026-11-20T08:11:53.5000000Z");
  CHECK(time_of("Fri 2026-11-20 09:11:53 CET pc17 tool[3403]: ", kFailure) ==
        "2026-11-20T09:11:53.0000000");
  CHECK(time_of("Nov 20 09:11:53 pc17 tool[3403]: ", kFailure) == "09:11:52.8220000");
  CHECK(time_of("2026-11-20T08:11:59Z ", kServer) == "2026-11-20T09:11:52.0000000");
}

TEST_CASE("text: the machine that a system log names wrote the line") {
  const TextResult got = read_bytes(
      "Nov 20 09:11:50 srv1 xrdp[812]: [INFO ] Socket 12: AF_INET6 connection received from "
      "::ffff:10.20.30.40 port 51234\n");
  REQUIRE(got.events.size() == 1);
  CHECK(first(got.events[0], "HostKey") == "srv1");
  CHECK(first(got.events[0], "ClientIp") == "10.20.30.40");
}

TEST_CASE("text: lines of which no format knows one are no trace") {
  const std::string_view foreign =
      "2026-11-20 09:11:52 ERROR Connection refused, HTTP/1.1 502 Bad Gateway\n";
  CHECK(of_service(read_bytes(foreign), "text").size() == 1);
  CHECK(of_service(read_bytes(foreign), "client-trace").empty());
  // The name of the file may say what it is.
  CHECK(of_service(read_bytes(foreign, "case/RDGClientTrace.txt"), "client-trace").size() == 1);
  // A word about a gateway in a long log makes it none, in a short one it does.
  const std::string word = "2026-11-20 09:11:53 INFO shortcut to mstsc.exe found\n";
  std::string some, many;
  for (int i = 0; i < 300; ++i) (i < 20 ? some : many) += foreign;
  CHECK(of_service(read_bytes(word + some), "client-trace").size() == 21);
  CHECK(of_service(read_bytes(word + some + many), "client-trace").empty());
}

TEST_CASE("text: a code has the time of its own line") {
  const TextResult got = read_bytes(
      "2026-11-20 09:11:52.103[ThreadId:0012]\tWarning\tRDP(rds01) exit with error code 2308(x)\n"
      "2026-11-20 09:11:55.103[ThreadId:0012]\tWarning\tRDP(rds01) exit with error code 516(x)\n");
  const auto codes = of_service(got, "client-disconnect");
  REQUIRE(codes.size() == 2);
  CHECK(first(codes[0], "time") == "2026-11-20T09:11:52.1030000");
  CHECK(first(codes[1], "time") == "2026-11-20T09:11:55.1030000");
}

TEST_CASE("text: the dialog says in UTC when it was shown, below its codes") {
  const TextResult got = read_bytes(
      "Fehlercode: 0x904\r\nErweiterter Fehlercode: 0x7\r\n\r\n"
      "Zeitstempel (UTC): 11/20/26 08:11:56 PM\r\n"
      "Aktivit\xC3\xA4ts-ID: 4a1f5b1c-0000-0000-0000-000000000001\r\n"
      "Fehlercode: 0x204\r\nErweiterter Fehlercode: 0x0\r\n\r\n\r\n\r\n\r\n\r\n"
      "Zeitstempel (UTC): 11/21/26 08:11:56 PM\r\n");
  const auto dialogs = of_service(got, "client-disconnect");
  REQUIRE(dialogs.size() == 2);
  CHECK(first(dialogs[0], "time") == "2026-11-20T20:11:56.0000000Z");
  CHECK(first(dialogs[0], "ActivityId") == "4a1f5b1c-0000-0000-0000-000000000001");
  CHECK(first(dialogs[0], "line") == "2");
  CHECK(first(dialogs[1], "ErrorCode") == "0x204");
  CHECK(first(dialogs[1], "time").empty());
}

TEST_CASE("text: codes of other things are none of the dialog") {
  const auto foreign = GENERATE(as<std::string_view>{},
                                "         Server ErrorCode : 0x801c03f3\n"
                                "         Client ErrorCode : 0x801c001d\n",
                                "ERROR: command failed with error code: 0x108\n",
                                "Setup ended with error code 0x204\n");
  CHECK(of_service(read_bytes(foreign), "client-disconnect").empty());
}

TEST_CASE("text: programs around the control of mstsc give both reasons in decimal") {
  const auto line = GENERATE(
      as<std::string_view>{}, "OnDisconnected: discReason=2308 (0x904) extendedDiscReason=7\n",
      "RDP disconnected (reason = 2308, extended reason = 7): Socket closed\n",
      "Disconnect reason: 2308 - Socket closed. Extended: 7\n");
  const auto codes = of_service(read_bytes(line), "client-disconnect");
  REQUIRE(codes.size() == 1);
  CHECK(first(codes[0], "ErrorCode") == "0x904");
  CHECK(first(codes[0], "ExtendedErrorCode") == "0x7");
}

TEST_CASE("text: times of a trace in the forms of many countries") {
  struct Form {
    std::string_view written, read;
  };
  const auto form = GENERATE(
      Form{"2026-11-20 09:11:52", "2026-11-20T09:11:52.0000000"},
      Form{"2026-11-20 09:11:52 +0100", "2026-11-20T08:11:52.0000000Z"},
      Form{"2026-11-20T09:11:52.1234567-05:30", "2026-11-20T14:41:52.1234567Z"},
      Form{"[20.11.2026 09:11:52]", "2026-11-20T09:11:52.0000000"},
      Form{"9.11.26, 09:11:52", "2026-11-09T09:11:52.0000000"},
      Form{"11/20/2026 9:11:52 PM", "2026-11-20T21:11:52.0000000"},
      Form{"11/9/2026 12:11:52 AM", "2026-11-09T00:11:52.0000000"},
      Form{"20/11/2026 09:11:52", "2026-11-20T09:11:52.0000000"},
      Form{"20-11-2026 09:11:52", "2026-11-20T09:11:52.0000000"},
      Form{"11/09/2026 09:11:52", "09:11:52.0000000"},  // September or November
      Form{"20-Nov-2026 09:11:52", "2026-11-20T09:11:52.0000000"},
      Form{"Nov 20, 2026 9:11:52 PM", "2026-11-20T21:11:52.0000000"},
      Form{"Fri Nov 20 09:11:52 2026", "2026-11-20T09:11:52.0000000"},
      Form{"2026\u5e7411\u670820\u65e5 9:11:52", "2026-11-20T09:11:52.0000000"},
      Form{"9:11:52 PM", "21:11:52.0000000"}, Form{"99/99/2026 09:11:52", "09:11:52.0000000"});
  const TextResult got = read_bytes(std::string(form.written) + " ERROR mstsc: it failed\n");
  REQUIRE(got.events.size() == 1);
  INFO(form.written);
  CHECK(first(got.events[0], "time") == form.read);
  CHECK(first(got.events[0], "Level") == "ERROR");
}

TEST_CASE("text: one code in a line that speaks of the connection, whatever stands before") {
  struct Line {
    std::string_view text, code;
  };
  const auto line = GENERATE(
      Line{"2026-11-20 09:11:52 ERROR RDP disconnected, error code: 0x204", "0x204"},
      Line{"[12] Connection to SessionDesktop ended with code 0x3000047", "0x3000047"},
      Line{"2026-11-20 09:11:52 Disconnect reason: 516 (0x204)", "0x204"},
      Line{"11-20 09:11:52.103  1234  1250 E RdClient: onDisconnected: reason=516", "0x204"},
      Line{"2026-11-20 09:11:52 RDP package setup failed, error code 0x204", ""},
      Line{"2026-11-20 09:11:52 session 0x204 opened", ""},
      Line{"2026-11-20 09:11:52 Disk error code: 0x204", ""});
  const auto codes = of_service(read_bytes(std::string(line.text) + "\n"), "client-disconnect");
  INFO(line.text);
  REQUIRE(codes.size() == (line.code.empty() ? 0U : 1U));
  if (!codes.empty()) CHECK(first(codes[0], "ErrorCode") == line.code);
}

TEST_CASE("text: the second code of a dialog is not the first code of another") {
  for (const char* text :
       {"Error code: 0x808\nExtended error code: 0x104\n",
        "Error code 0x808\nExtended error code 0x104\n",
        "> Fehlercode: 0x808\n> Erweiterter Fehlercode: 0x104\n",
        "**Error code:** 0x808\n**Extended error code:** 0x104\n",
        "Error code:\n0x808\nExtended error code:\n0x104\n",
        "10:22 AM Anna: Error code: 0x808\n10:22 AM Anna: Extended error code: 0x104\n"}) {
    INFO(text);
    const auto codes = of_service(read_bytes(text), "client-disconnect");
    REQUIRE(codes.size() == 1);
    CHECK(first(codes[0], "ErrorCode") == "0x808");
    CHECK(first(codes[0], "ExtendedErrorCode") == "0x104");
  }
}

TEST_CASE("text: a sentence counts also where a mail wrapped it, but not where it is advice") {
  struct Line {
    const char* text;
    std::size_t sentences;
  };
  const auto line =
      GENERATE(Line{"Your credentials did not work\n", 1},
               Line{"The remote session was disconnected because there are no Remote\n"
                    "Desktop License Servers available to provide a license.\n",
                    1},
               Line{"> To sign in remotely, you need the right to sign in through Remote\n"
                    "> Desktop Services. By default, members of a group have this right.\n",
                    1},
               // The second line alone says it, and says it once.
               Line{"What she tells of the message that comes up when she signs in is:\n"
                    "Your credentials did not work\n",
                    1},
               Line{"\"Your credentials did not work\" is not shown\n", 0},
               Line{"Could it be that your credentials did not work?\n", 0},
               Line{"If you see 'Your credentials did not work', type them again.\n", 0},
               Line{"If you see that there are no Remote Desktop\n"
                    "License Servers available, install one.\n",
                    0},
               Line{"- Your password has expired\n- The logon attempt failed\n"
                    "- Your account has been disabled\n",
                    0},
               Line{"- Your password has expired\n- The logon attempt failed\n", 2});
  INFO(line.text);
  CHECK(of_service(read_bytes(line.text), "client-disconnect").size() == line.sentences);
}

TEST_CASE("text: a list of errors is told as one") {
  const TextResult got = read_bytes(
      "- Your password has expired\n- The logon attempt failed\n- Your account has been "
      "disabled\n");
  CHECK(got.outcome.of_no_use.find("a list of errors") == 0);
}

TEST_CASE("event list: lines that are no list of events are refused, each of them") {
  const std::string_view text = "Notes of a meeting\nEvent: none\n\nthe end\n";
  const Reading reading = read_events(reader::read_event_list, as_bytes(text), text_context());
  CHECK(reading.lines.empty());
  CHECK(reading.outcome.records_read == 0);
  CHECK(reading.outcome.records_refused == 4);
}
