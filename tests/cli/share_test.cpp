// --share: known secrets planted in inputs of every kind and the names of every sample are in no
// output of any format, and the diagnosis is the one without it.
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const char* const kFormats[] = {"text",     "json",  "jsonl", "html",
                                "markdown", "sarif", "junit", "github"};

// Each is looked for in lower case.
const std::vector<std::string> kSecrets = {
    "zqanna",       "zqcorp",      "zq-pc-17",      "zqgw01",         "zqrds05",
    "203.0.113.77", "10.99.88.77", "2001:db8:beef", "1111111111-222", "5f3c2b1a-9d8e",
    "zqfiles",      "zqsecret",    "aa-bb-cc-12",   "zqmail",         "4242424242424242"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The first secret in the text, "" when there is none.
std::string leaked(const std::string& text) {
  const std::string haystack = lower(text);
  for (const std::string& secret : kSecrets) {
    const auto at = haystack.find(secret);
    if (at != std::string::npos) return secret + ": …" + text.substr(at < 60 ? 0 : at - 60, 160);
  }
  return {};
}

constexpr const char* kPlanted =
    " user ZQCORP\\zqanna (zqanna@zqmail.example, S-1-5-21-1111111111-2222222222-3333333333-4242) "
    "on ZQ-PC-17 zq-pc-17.zqcorp.example 10.99.88.77:50112 203.0.113.77:443 "
    "[2001:db8:beef::77]:3389 zqgw01.zqcorp.example AA-BB-CC-12-34-56 "
    "{5f3c2b1a-9d8e-4f70-8a6b-1c2d3e4f5a6b} C:\\Users\\zqanna\\zqsecret.rdp \\\\zqfiles\\zqsecret$ "
    "4242424242424242";

// Every line of the text with the secrets behind it.
std::string planted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      const bool carriage = !out.empty() && out.back() == '\r';
      if (carriage) out.pop_back();
      out += kPlanted;
      if (carriage) out += '\r';
    }
    out += c;
  }
  return out;
}

std::string event_xml() {
  return R"(<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
<Provider Name="Microsoft-Windows-TerminalServices-Gateway" Guid="{4D5AE6A1-C7C8-4E6D-B840-4D8080B42E1B}"/>
<EventID>201</EventID><Level>3</Level><TimeCreated SystemTime="2026-11-20T08:11:52.1031234Z"/>
<EventRecordID>48812</EventRecordID><Correlation ActivityID="{5f3c2b1a-9d8e-4f70-8a6b-1c2d3e4f5a6b}"/>
<Channel>Microsoft-Windows-TerminalServices-Gateway/Operational</Channel>
<Computer>zqgw01.zqcorp.example</Computer><Security UserID="S-1-5-21-1111111111-2222222222-3333333333-4242"/></System>
<UserData><EventInfo xmlns="aag"><Username>ZQCORP\zqanna</Username><IpAddress>203.0.113.77</IpAddress>
<AuthType>NTLM</AuthType><Resource>zqrds05.zqcorp.example</Resource><ConnectionProtocol>HTTP</ConnectionProtocol>
<ErrorCode>23003</ErrorCode></EventInfo></UserData></Event></Events>)";
}

// A case folder whose name, file names and contents hold the secrets.
std::string make_case() {
  const std::string folder = fresh_folder("share-case") + "/zqcorp-zqanna";
  const fs::path samples = fs::path(RDPTRIAGE_SOURCE_DIR) / "samples";
  write_text_file(folder + "/ZQ-PC-17/zqsecret.log",
                  planted(read_text_file(samples / "gateway-502/case/freerdp.log")));
  write_text_file(folder + "/zqgw01/gateway.xml", event_xml());
  for (const auto& entry :
       fs::directory_iterator(fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/golden/readers")) {
    for (const auto& file : fs::directory_iterator(entry.path())) {
      if (file.path().extension() == ".in" || file.path().extension() == ".txt")
        write_text_file(folder + "/captures/zqfiles-" + entry.path().filename().string() + "-" +
                            file.path().filename().string() + ".txt",
                        planted(read_text_file(file.path().string())));
    }
  }
  return folder;
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Where `name` stands as a word of the text, with what is around it; "" when it does not.
std::string leaked_name(const std::string& text, const std::string& name) {
  const std::string haystack = lower(text), needle = lower(name);
  for (auto at = haystack.find(needle); at != std::string::npos;
       at = haystack.find(needle, at + 1)) {
    const std::size_t end = at + needle.size();
    if ((at == 0 || !is_word_character(haystack[at - 1])) &&
        (end == haystack.size() || !is_word_character(haystack[end])))
      return name + ": …" + text.substr(at < 60 ? 0 : at - 60, 160);
  }
  return {};
}

// Every name and address that a report tells in a place of its own.
std::set<std::string> names_of(const json& report) {
  std::set<std::string> out;
  const auto add = [&](const std::string& name) {
    std::istringstream parts(name);
    for (std::string part; std::getline(parts, part, '\\');) {
      out.insert(part);
      out.insert(part.substr(0, part.find('.')));
      if (part.find('.') != std::string::npos) out.insert(part.substr(part.find('.') + 1));
    }
  };
  for (const json& host : report["hosts"]) add(host.value("name", ""));
  for (const json& identity : report["identities"]) add(identity["name"]);
  const std::regex names("user|domain|workstation|computer|resource", std::regex::icase);
  for (const json& evidence : report["evidence"]) {
    if (!evidence.contains("event") || !evidence["event"].contains("data")) continue;
    for (const auto& [key, value] : evidence["event"]["data"].items()) {
      const bool sid = key.find("Sid") != std::string::npos;
      if (value.is_string() && !sid && std::regex_search(key, names)) add(value);
    }
  }
  const std::string text = report.dump();
  const std::regex address(R"(\b\d{1,3}(\.\d{1,3}){3}\b)");
  for (std::sregex_iterator at(text.begin(), text.end(), address), end; at != end; ++at) {
    const std::string found = at->str();
    if (found != "0.0.0.0" && found.rfind("127.", 0) != 0) out.insert(found);
  }
  std::erase_if(out, [](const std::string& name) { return name.size() <= 2; });
  return out;
}

// An event of the gateway: its machine, the user, the target.
std::string gateway_event(const std::string& machine, const std::string& user,
                          const std::string& target) {
  return R"(<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
<Provider Name="Microsoft-Windows-TerminalServices-Gateway"/><EventID>201</EventID><Level>3</Level>
<TimeCreated SystemTime="2026-11-20T08:11:52.1031234Z"/><EventRecordID>48812</EventRecordID>
<Channel>Microsoft-Windows-TerminalServices-Gateway/Operational</Channel><Computer>)" +
         machine + "</Computer></System><UserData><EventInfo xmlns=\"aag\"><Username>" + user +
         "</Username><IpAddress>203.0.113.77</IpAddress><AuthType>NTLM</AuthType><Resource>" +
         target + R"(</Resource><ConnectionProtocol>HTTP</ConnectionProtocol>
<ErrorCode>23003</ErrorCode></EventInfo></UserData></Event></Events>)";
}

json diagnosis_of(const std::string& report) {
  const json root = json::parse(report);
  json out = {{"verdict", root["verdict"]}, {"status", root["status"]}};
  for (const json& diagnosis : root["diagnoses"])
    out["causes"].push_back({diagnosis["cause"], diagnosis["confidence"]["label"],
                             diagnosis["confidence"]["score"], diagnosis["evidence"]});
  for (const json& attempt : root["attempts"]) out["attempts"].push_back(attempt["outcome"]);
  for (const json& finding : root["findings"]) out["findings"].push_back(finding["rule"]);
  return out;
}

}  // namespace

TEST_CASE("share: no planted secret is in any format") {
  const std::string folder = make_case(), out = fresh_folder("share-out");
  const Outcome plain = run_program({folder, "--format", "json", "--reproducible"});
  REQUIRE(plain.exit_code == 0);
  CHECK_FALSE(leaked(plain.out).empty());  // the test plants what a report shows
  for (const char* format : kFormats) {
    INFO(format);
    const Outcome outcome = run_program(
        {folder, "--share", "--share-map", out + "/map.json", "--format", format, "-q"});
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.out.size() > 100);
    CHECK(leaked(outcome.out) == "");
    CHECK(leaked(outcome.err) == "");
  }
  const Outcome shared =
      run_program({folder, "--share", "--share-map", "none", "--format", "json", "--reproducible"});
  CHECK(diagnosis_of(shared.out) == diagnosis_of(plain.out));
  write_text_file(out + "/shared.json", shared.out);
  for (const char* system : {"servicenow", "jira", "zendesk", "freshdesk", "thehive"})
    CHECK(leaked(run_program({"ticket", out + "/shared.json", "--for", system}).out) == "");
}

TEST_CASE("share: the map is private, complete and apart") {
  const std::string folder = make_case(), out = fresh_folder("share-map");
  const std::string map_file = out + "/new/map.json";
  const Outcome outcome =
      run_program({folder, "--share", "--share-map", map_file, "--format", "json"});
  REQUIRE(outcome.exit_code == 0);
  struct stat info {};
  REQUIRE(stat(map_file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  REQUIRE(stat((out + "/new").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  const json map = json::parse(read_text_file(map_file));
  CHECK(map["kind"] == "rdptriage.share-map");
  bool user = false;
  for (const json& name : map["names"]) user = user || lower(name["real"]) == "zqanna";
  CHECK(user);
}

TEST_CASE("share: the same diagnosis for every client trace of the tests, with and without") {
  const fs::path traces = fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/golden/client-trace";
  const std::string folder = fresh_folder("share-traces");
  std::vector<std::string> files;
  for (const auto& file : fs::directory_iterator(traces)) {
    if (file.path().extension() != ".log") continue;
    files.push_back(folder + "/" + file.path().filename().string());
    write_text_file(files.back(), planted(read_text_file(file.path().string())));
  }
  REQUIRE(files.size() > 40);
  std::vector<std::string> command{"batch"};
  command.insert(command.end(), files.begin(), files.end());
  const Outcome plain = run_program(command);
  command.insert(command.end(), {"--share", "--share-map", "none"});
  const Outcome shared = run_program(command);
  REQUIRE(plain.exit_code == 0);
  REQUIRE(shared.exit_code == 0);
  CHECK(leaked(shared.out) == "");
  std::istringstream a(plain.out), b(shared.out);
  std::string one, other;
  std::size_t lines = 0;
  while (std::getline(a, one) && std::getline(b, other)) {
    const json left = json::parse(one), right = json::parse(other);
    INFO(one);
    CHECK(left["verdict"] == right["verdict"]);
    REQUIRE(left["causes"].size() == right["causes"].size());
    for (std::size_t i = 0; i < left["causes"].size(); ++i)
      CHECK(left["causes"][i]["cause"] == right["causes"][i]["cause"]);
    ++lines;
  }
  CHECK(lines == files.size());
}

TEST_CASE("share: a stored report can be shared too") {
  const std::string folder = make_case(), out = fresh_folder("share-report");
  REQUIRE(run_program({folder, "--format", "json=" + out + "/r.json"}).exit_code == 0);
  const Outcome outcome = run_program(
      {"report", out + "/r.json", "--share", "--share-map", "none", "--format", "html"});
  CHECK(outcome.exit_code == 0);
  CHECK(leaked(outcome.out) == "");
}

TEST_CASE("share: no name of a sample is in any format") {
  std::size_t samples = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(RDPTRIAGE_SOURCE_DIR) / "samples")) {
    if (!entry.is_directory()) continue;
    ++samples;
    const std::string sample = entry.path().filename().string();
    const std::string folder = (entry.path() / "case").string(), out = fresh_folder("share-sample");
    INFO(sample);
    const Outcome plain = run_program({folder, "--format", "json", "--reproducible"});
    REQUIRE(plain.exit_code == 0);
    const std::set<std::string> names = names_of(json::parse(plain.out));
    CHECK((names.size() > 3 || sample == "bare-pair" || sample == "gateway-502"));

    std::vector<std::string> command{folder, "--share", "--share-map", "none", "-q"};
    for (const char* format : kFormats) {
      command.insert(command.end(),
                     {"--format", std::string(format) + "=" + out + "/shared." + format});
    }
    REQUIRE(run_program(command).exit_code == 0);
    std::vector<std::pair<std::string, std::string>> outputs;
    for (const char* format : kFormats)
      outputs.emplace_back(format, read_text_file(out + "/shared." + format));
    for (const char* system : {"servicenow", "jira"}) {
      outputs.emplace_back(system,
                           run_program({"ticket", out + "/shared.json", "--for", system}).out);
    }
    for (const auto& [format, text] : outputs) {
      INFO(format);
      CHECK(text.size() > 60);
      for (const std::string& name : names) CHECK(leaked_name(text, name) == "");
    }
  }
  CHECK(samples >= 10);
}

TEST_CASE("share: names that the rules' commands use as examples are names in a log") {
  const std::string folder = fresh_folder("share-examples");
  std::string log =
      read_text_file(fs::path(RDPTRIAGE_SOURCE_DIR) / "samples/gateway-502/case/freerdp.log");
  const std::string names = " for CORP\\anna at lic01 and rds01.corp.example";
  for (auto at = log.find('\n'); at != std::string::npos; at = log.find('\n', at + 1)) {
    const auto end = at > 0 && log[at - 1] == '\r' ? at - 1 : at;
    log.insert(end, names);
    at += names.size();
  }
  write_text_file(folder + "/case/client.log", log);
  const Outcome plain = run_program({folder + "/case", "--format", "json"});
  const Outcome shared =
      run_program({folder + "/case", "--share", "--share-map", "none", "--format", "json"});
  for (const char* name : {"corp", "anna", "lic01", "rds01"}) {
    CHECK(leaked_name(plain.out, name) != "");
    CHECK(leaked_name(shared.out, name) == "");
  }
}

// Sentences with "server" and "user" say nothing of the host and the user that are called so.
TEST_CASE("share: names that are common words leave the sentences readable") {
  const std::string folder = fresh_folder("share-common");
  write_text_file(folder + "/case/gateway.xml",
                  gateway_event("gateway.print.example", "SERVER\\administrator", "user"));
  const auto report = [&](std::vector<std::string> more) {
    std::vector<std::string> command{folder + "/case", "--format", "json"};
    command.insert(command.end(), more.begin(), more.end());
    return json::parse(run_program(command).out);
  };
  const json plain = report({}), shared = report({"--share", "--share-map", "none"});
  REQUIRE(plain["diagnoses"].size() == 1);
  for (const char* member : {"title", "explanation", "verify"})
    CHECK(plain["diagnoses"][0][member] == shared["diagnoses"][0][member]);
  CHECK(plain["diagnoses"][0]["remediation"] == shared["diagnoses"][0]["remediation"]);
  CHECK(plain["findings"][0]["title"] == shared["findings"][0]["title"]);
  // As names they are replaced, "print" also where the rules use the word.
  CHECK(shared["hosts"][0]["name"] == "host1.domain1.example");
  const json& data = shared["evidence"][0]["event"]["data"];
  CHECK(data["EventInfo/Username"] == "domain2\\administrator");
  CHECK(data["EventInfo/Resource"] == "host2");
  CHECK(leaked_name(shared.dump(), "print") == "");
  CHECK_THAT(shared["findings"][0]["message"].get<std::string>(),
             Catch::Matchers::StartsWith("domain2\\administrator from 198.18."));
}
