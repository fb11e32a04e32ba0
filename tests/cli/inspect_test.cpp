#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

namespace {
constexpr const char* kEvents =
    "{\"logsource\": {\"product\": \"rdp\", \"service\": \"client-trace\"}, \"Message\": \"one\"}\n"
    "{\"logsource\": {\"product\": \"rdp\", \"service\": \"client-trace\"}, \"Message\": "
    "\"two\"}\n";
}  // namespace

TEST_CASE("inspect: says what is in each file and whether it is used") {
  const std::string folder = fresh_folder("inspect");
  write_text_file(folder + "/a.json", kEvents);
  write_text_file(folder + "/b.bin", std::string("\x01\x02\x03", 3));
  write_text_file(folder + "/c.txt", "Notes of a meeting\nnothing was decided\n");
  const Outcome outcome = run_program({"inspect", "--format", "json", folder});
  REQUIRE(outcome.exit_code == 0);
  const auto root = nlohmann::json::parse(outcome.out);
  REQUIRE(root["artifacts"].size() == 3);
  CHECK(root["artifacts"][0]["state"] == "used");
  CHECK(root["artifacts"][0]["sources"][0]["source"] == "client-trace");
  CHECK(root["artifacts"][0]["sources"][0]["events"] == 2);
  CHECK(root["artifacts"][1]["state"] == "not_used");
  CHECK(root["artifacts"][2]["state"] == "not_used");
  CHECK(root["artifacts"][2]["because"] ==
        "text of no known log; none of it is about a connection");
  CHECK(run_program({"inspect", folder + "/c.txt"}).exit_code == 3);
}

TEST_CASE("inspect: says which sources cover the incident, and what is missing") {
  const std::string folder = fresh_folder("inspect_incident");
  write_text_file(folder + "/a.json",
                  "{\"Channel\": \"System\", \"EventID\": 7036, \"timestamp\": "
                  "\"2026-11-20T08:00:00Z\"}\n"
                  "{\"Channel\": \"System\", \"EventID\": 7036, \"timestamp\": "
                  "\"2026-11-20T09:00:00Z\"}\n");
  const auto incident = [&](const char* around) {
    const Outcome outcome =
        run_program({"inspect", "--format", "json", "--around", around, folder});
    return nlohmann::json::parse(outcome.out)["artifacts"][0]["sources"][0]["incident"];
  };
  CHECK(incident("2026-11-20T08:30:00Z") == "covers the incident");
  CHECK(incident("2026-11-20T07:00:00Z") == "begins after the incident");
  CHECK(incident("2026-11-20T10:00:00Z") == "ends before the incident");
  CHECK(run_program({"inspect", "--around", "yesterday", folder}).exit_code == 2);
  CHECK(run_program({"inspect", folder})
            .out.find("windows/terminalservices-remoteconnectionmanager not_supplied") !=
        std::string::npos);
}

TEST_CASE("inspect: times without a zone are told as they are") {
  const std::string folder = fresh_folder("inspect_local");
  write_text_file(folder + "/a.json",
                  "{\"Channel\": \"System\", \"EventID\": 7036, \"timestamp\": "
                  "\"2026-11-20T08:00:00\"}\n"
                  "{\"Channel\": \"System\", \"EventID\": 7036, \"timestamp\": "
                  "\"2026-11-20T09:00:00\"}\n");
  const auto source = nlohmann::json::parse(
      run_program({"inspect", "--format", "json", folder}).out)["artifacts"][0]["sources"][0];
  CHECK(source["first_local"] == "2026-11-20T08:00:00.0000000");
  CHECK(source["last_local"] == "2026-11-20T09:00:00.0000000");
  CHECK(!source.contains("first"));
  CHECK(run_program({"inspect", folder})
            .out.find("2026-11-20T08:00:00.0000000 to 2026-11-20T09:00:00.0000000, local time") !=
        std::string::npos);
}

TEST_CASE("events: the same bytes under two names are written once") {
  const std::string folder = fresh_folder("events_twice");
  write_text_file(folder + "/a.json", kEvents);
  write_text_file(folder + "/b.json", kEvents);
  write_text_file(folder + "/c.json", std::string(kEvents) + "\n");
  const Outcome outcome = run_program({"events", folder});
  REQUIRE(outcome.exit_code == 0);
  CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 4);
}

TEST_CASE("inspect: nothing readable is exit code 3, control characters stay inert") {
  const std::string folder = fresh_folder("inspect_nothing");
  write_text_file(folder + "/a\x1b[31m.bin", std::string("\x01\x02\x03", 3));
  const Outcome outcome = run_program({"inspect", folder});
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  CHECK(outcome.out.find("\\x1b") != std::string::npos);
  CHECK(run_program({"inspect", folder + "/none"}).exit_code == 3);
}

TEST_CASE(
    "inspect: standard input is read once and its machines and sources are told all the same") {
  const Outcome outcome = run_program(
      {"inspect", "--format", "json", "-"},
      "{\"Channel\": \"System\", \"EventID\": 7036, \"Computer\": \"RDS01.corp.example\", "
      "\"timestamp\": \"2026-11-20T08:00:00Z\"}\n");
  REQUIRE(outcome.exit_code == 0);
  const auto root = nlohmann::json::parse(outcome.out);
  CHECK(root["artifacts"][0]["sources"][0]["events"] == 1);
  CHECK_FALSE(root["coverage"].empty());
}

TEST_CASE("inspect: every line of a text is counted, also those that no rule wants") {
  const std::string folder = fresh_folder("inspect_lines");
  write_text_file(folder + "/client.log",
                  "2026-11-20T08:00:00.000 INFO com.freerdp.utils[1]: nothing of note\n"
                  "2026-11-20T08:00:01.000 INFO com.freerdp.utils[1]: nothing either\n"
                  "2026-11-20T08:00:02.000 INFO com.freerdp.utils[1]: nor here\n");
  const Outcome outcome = run_program({"inspect", "--format", "json", folder});
  REQUIRE(outcome.exit_code == 0);
  CHECK(nlohmann::json::parse(outcome.out)["artifacts"][0]["sources"][0]["events"] == 3);
}
