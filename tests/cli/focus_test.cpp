// What the user knows and the files do not say: each option changes what is answered.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;

namespace {

std::string gateway_event(int id, const char* time, const char* user, const char* target,
                          int code) {
  return fmt::format(
      R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
<Provider Name="Microsoft-Windows-TerminalServices-Gateway"/><EventID>{}</EventID><Level>3</Level>
<TimeCreated SystemTime="{}"/><EventRecordID>{}</EventRecordID>
<Channel>Microsoft-Windows-TerminalServices-Gateway/Operational</Channel>
<Computer>rdgw01.corp.example</Computer></System><UserData><EventInfo xmlns="aag">
<Username>{}</Username><IpAddress>203.0.113.7</IpAddress><AuthType>NTLM</AuthType>
<Resource>{}</Resource><ConnectionProtocol>HTTP</ConnectionProtocol><ErrorCode>{}</ErrorCode>
</EventInfo></UserData></Event>)",
      id, time, code, user, target, code);
}

// anna is refused in the morning, bob in the afternoon and for another reason.
std::string two_attempts() {
  const std::string file = fresh_folder("focus") + "/gateway.xml";
  write_text_file(file, "<Events>" +
                            gateway_event(201, "2026-11-20T08:11:52.1Z", "CORP\\anna",
                                          "rds05.corp.example", 23003) +
                            gateway_event(301, "2026-11-20T14:00:00Z", "bob@corp.example",
                                          "rds06.corp.example", 23002) +
                            "</Events>");
  return file;
}

json report_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json", "--reproducible", "-q"});
  const Outcome outcome = run_program(arguments);
  INFO(outcome.err);
  CHECK((outcome.exit_code == 0 || outcome.exit_code == 3));
  return json::parse(outcome.out, nullptr, false);
}

// "cap-denied rap-denied"
std::string causes_of(const json& report) {
  std::string out;
  for (const json& diagnosis : report["diagnoses"]) {
    const std::string cause = diagnosis["cause"];
    out += (out.empty() ? "" : " ") + cause.substr(cause.find('.') + 1);
  }
  return out;
}

std::string notices_of(const json& report) {
  std::string out;
  for (const json& notice : report["notices"])
    out += notice["code"].get<std::string>() + ": " + notice["text"].get<std::string>() + "\n";
  return out;
}

}  // namespace

TEST_CASE("focus: attempts of other times, users and machines are left out, and it is said") {
  const std::string file = two_attempts();
  struct Row {
    std::vector<std::string> options;
    const char* causes;
    const char* notice;
  };
  const Row rows[] = {
      {{}, "cap-denied rap-denied", ""},
      {{"--user", "anna"}, "cap-denied", "1 connection attempt"},
      {{"--user", "CORP\\ANNA"}, "cap-denied", "1 connection attempt"},
      {{"--user", "Bob"}, "rap-denied", "1 connection attempt"},
      {{"--user", "anna", "--user", "bob"}, "cap-denied rap-denied", ""},
      {{"--user", "carl"}, "cap-denied rap-denied", "USER_NOT_NAMED"},
      {{"--host", "RDGW01"}, "cap-denied rap-denied", ""},
      {{"--host", "rds99"}, "cap-denied rap-denied", "HOST_NOT_NAMED"},
      {{"--host", "rds99"}, "cap-denied rap-denied", "it has: rdgw01.corp.example"},
      {{"--around", "2026-11-20T08:30Z"}, "cap-denied", "ATTEMPTS_LEFT_OUT"},
      {{"--around", "2026-11-20 09:30", "--tz", "+01:00"}, "cap-denied", "ATTEMPTS_LEFT_OUT"},
      {{"--around", "2026-11-20 09:30", "--tz", "-05:00"}, "rap-denied", "ATTEMPTS_LEFT_OUT"},
      {{"--since", "2026-11-20T10:00"}, "rap-denied", "1 connection attempt"},
      {{"--until", "2026-11-20T14:00Z"}, "cap-denied", "1 connection attempt"},
      {{"--since", "2026-11-20", "--until", "2026-11-21"}, "cap-denied rap-denied", ""},
      {{"--since", "2026-11-21"}, "", "the nearest is of 2026-11-20T14:00:00Z"},
      {{"--around", "2026-11-20T11:00Z"}, "", "2 connection attempts"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> arguments{file};
    for (const std::string& option : row.options) {
      UNSCOPED_INFO(option);
      arguments.push_back(option);
    }
    const json report = report_of(arguments);
    CHECK(causes_of(report) == row.causes);
    const std::string notices = notices_of(report);
    CHECK(notices.find(row.notice) != std::string::npos);
    CHECK(notices.empty() == std::string(row.notice).empty());
    if (std::string(row.causes).empty()) {
      CHECK(report["verdict"] == "not_analysable");
      CHECK(report["headline"] ==
            "No connection attempt of what was asked about is in these files");
      const Outcome card = run_program(arguments);
      CHECK(card.exit_code == 3);
      CHECK(card.out.find("BECAUSE  left out") != std::string::npos);
      CHECK(card.out.find("NEXT") == std::string::npos);
    }
  }
}

TEST_CASE("focus: a case of logs, asked about another year") {
  const std::string sample = std::string(RDPTRIAGE_SOURCE_DIR) + "/samples/cap-denied/case";
  const Outcome card = run_program({sample, "--since", "2030-01-01", "-q"});
  CHECK(card.exit_code == 3);
  CHECK(card.out.find("NO DATA  No connection attempt of what was asked about") !=
        std::string::npos);
  CHECK(card.out.find("2026-11-20T") != std::string::npos);
}

TEST_CASE("focus: attempts name whom they were made as") {
  const json report = report_of({two_attempts()});
  CHECK(report["identities"] == json::parse(R"([{"id":"u1","kind":"user","name":"anna"},
                        {"id":"u2","kind":"user","name":"bob"}])"));
  CHECK(report["attempts"][1]["user"] == "u2");
}

TEST_CASE("focus: failures of other days do not push those of the hour out of what is kept") {
  const std::string file = fresh_folder("focus-many") + "/gateway.xml";
  std::string text = "<Events>";
  for (int i = 0; i < 1500; ++i) {
    text += gateway_event(
        301, fmt::format("2026-10-{:02}T{:02}:{:02}:00Z", i / 60 + 1, 8, i % 60).c_str(),
        "CORP\\bob", "rds06.corp.example", 23002);
  }
  text += gateway_event(301, "2026-11-20T08:11:52Z", "CORP\\anna", "rds05.corp.example", 23002);
  write_text_file(file, text + "</Events>");
  const json report = report_of({file, "--around", "2026-11-20T08:00Z"});
  REQUIRE(report["attempts"].size() == 1);
  CHECK(report["identities"][0]["name"] == "anna");
  CHECK(notices_of(report).find("1500 matching records") != std::string::npos);
}

TEST_CASE("--tz and --date-order: local times become instants") {
  const std::string file = fresh_folder("focus-local") + "/gateway.csv";
  write_text_file(
      file,
      "Level,Date and Time,Source,Event ID,Task Category\n"
      "Warning,03/04/2026 09:11:52,Microsoft-Windows-TerminalServices-Gateway,201,(2),\"The user "
      "\"\"CORP\\anna\"\", on client computer \"\"203.0.113.7\"\", did not meet connection "
      "authorization policy requirements and was therefore not authorized to access the RD Gateway "
      "server. The following error occurred: \"\"23003\"\".\"\n");
  const auto time_of = [&](const std::vector<std::string>& options) {
    std::vector<std::string> arguments{file};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return report_of(arguments)["evidence"][0]["time"];
  };
  CHECK_FALSE(time_of({}).contains("utc"));
  CHECK(time_of({"--date-order", "mdy"})["original"] == "2026-03-04 09:11:52.000");
  CHECK(time_of({"--date-order", "dmy"})["original"] == "2026-04-03 09:11:52.000");
  const json known = time_of({"--date-order", "mdy", "--tz", "+01:00"});
  CHECK(known["utc"] == "2026-03-04T08:11:52.0000000Z");
  CHECK(known["original"] == "2026-03-04 09:11:52.000");
  CHECK(time_of({"--date-order", "dmy", "--tz", "UTC-05:30"})["utc"] ==
        "2026-04-03T14:41:52.0000000Z");
}

TEST_CASE("--tz HOST=ZONE: of one machine only") {
  const std::string folder = fresh_folder("focus-zones");
  constexpr const char* kLine =
      "\"TimeCreated\",\"Id\",\"ProviderName\",\"LogName\",\"MachineName\",\"Message\"\n"
      "\"2026-11-20 09:11:52\",\"201\",\"Microsoft-Windows-TerminalServices-Gateway\","
      "\"Microsoft-Windows-TerminalServices-Gateway/Operational\",\"{}\",\"refused {} 23003\"\n";
  write_text_file(folder + "/a.csv", fmt::format(fmt::runtime(kLine), "GW-A.corp.example", 1));
  write_text_file(folder + "/b.csv", fmt::format(fmt::runtime(kLine), "GW-B.corp.example", 2));
  const json report = report_of({folder, "--tz", "GW-B=+02:00", "--tz", "+01:00"});
  REQUIRE(report["evidence"].size() == 2);
  for (const json& evidence : report["evidence"]) {
    const bool a = evidence["artifact"] == "A1";
    CHECK(evidence["time"]["utc"] ==
          (a ? "2026-11-20T08:11:52.0000000Z" : "2026-11-20T07:11:52.0000000Z"));
  }
}

TEST_CASE("--role: a capture is read as that of the machine it is said to be") {
  const std::string folder = fresh_folder("focus-role");
  const std::string sample = std::string(RDPTRIAGE_SOURCE_DIR) +
                             "/samples/nothing-listens/case/server-RDS03/netstat-ano.txt";
  write_text_file(folder + "/ALPHA/netstat.txt", read_text_file(sample));
  CHECK(causes_of(report_of({folder})).empty());
  CHECK(causes_of(report_of({folder, "--role", "ALPHA=client"})).empty());
  const json report = report_of({folder, "--role", "alpha.corp.example=session-host"});
  CHECK(causes_of(report).substr(0, 11) == "no-listener");
  REQUIRE(report["hosts"].size() == 1);
  CHECK(report["hosts"][0]["roles"] == json::array({"session-host"}));
}

TEST_CASE("focus: what cannot be understood is refused with what to write") {
  const std::string file = two_attempts();
  struct Row {
    std::vector<std::string> options;
    const char* says;
  };
  const Row rows[] = {
      {{"--around", "yesterday"}, "error[TIME_NOT_UNDERSTOOD]: `yesterday` is no time"},
      {{"--since", "2026-13-01"}, "TIME_NOT_UNDERSTOOD"},
      {{"--until", "09:11"}, "--until"},
      {{"--since", "2026-11-21", "--until", "2026-11-20"}, "nothing lies between"},
      {{"--tz", "Europe/Berlin"}, "ZONE_NOT_UNDERSTOOD"},
      {{"--tz", "+15:00"}, "ZONE_NOT_UNDERSTOOD"},
      {{"--tz", "RDS05="}, "ZONE_NOT_UNDERSTOOD"},
      {{"--role", "RDS05"}, "RDS05=session-host"},
      {{"--role", "RDS05=sesion-host"}, "did you mean 'session-host'?"},
      {{"--date-order", "dym"}, "did you mean 'dmy'?"},
  };
  for (const Row& row : rows) {
    INFO(row.says);
    std::vector<std::string> arguments{file};
    arguments.insert(arguments.end(), row.options.begin(), row.options.end());
    const Outcome outcome = run_program(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find(row.says) != std::string::npos);
  }
}
