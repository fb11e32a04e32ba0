// What the code tables promise, the rules keep: every event that tells of a failure is read by a
// rule, every cause that a table names exists, and no remedy asks for what must not be done.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "source_tree.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using base::YamlNode;
using test::SourceFile;

namespace {
std::vector<const SourceFile*> files_below(std::string_view folder) {
  std::vector<const SourceFile*> out;
  for (const SourceFile& file : test::source_tree()) {
    if (file.is_below(folder) && file.has_ending(".yml")) out.push_back(&file);
  }
  return out;
}

std::vector<YamlNode> documents_of(const SourceFile& file) {
  auto documents = base::parse_yaml({file.path, file.text});
  REQUIRE(documents);
  return std::move(*documents);
}

void collect_event_ids(const YamlNode& node, std::set<std::string>& out) {
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].text.substr(0, node.keys[i].text.find('|')) != "EventID") continue;
    const YamlNode& ids = node.items[i];
    if (ids.is_scalar()) out.insert(ids.text);
    for (const YamlNode& id : ids.items) out.insert(id.text);
  }
  for (const YamlNode& item : node.items) collect_event_ids(item, out);
}

// Service ("" for rules of a provider) → the event ids that its rules read.
std::map<std::string, std::set<std::string>> ids_of_rules() {
  std::map<std::string, std::set<std::string>> out;
  for (const SourceFile* file : files_below("rules/detections/")) {
    for (const YamlNode& document : documents_of(*file)) {
      const YamlNode* source = document.find("logsource");
      const YamlNode* detection = document.find("detection");
      if (source == nullptr || detection == nullptr) continue;
      collect_event_ids(*detection, out[std::string(source->text_of("service"))]);
    }
  }
  return out;
}
}  // namespace

TEST_CASE("facts: every event of the tables that tells of a failure is read by a rule") {
  const std::map<std::string, std::vector<std::string>> services = {
      {"events-broker",
       {"terminalservices-sessionbroker", "terminalservices-sessionbroker-client"}},
      {"events-client", {"terminalservices-rdpclient"}},
      {"events-gateway", {"terminalservices-gateway"}},
      {"events-localsessionmanager", {"terminalservices-localsessionmanager"}},
      {"events-rdpcorets", {"rdpcorets"}},
      {"events-remoteconnectionmanager", {"terminalservices-remoteconnectionmanager", "system"}},
      {"events-schannel", {"schannel", "system"}},
      {"events-security", {"security", "nps"}},
      {"events-capi2", {"capi2"}},
      {"events-dnsclient", {"system"}},
      {"events-kerberos", {"system"}},
      {"events-licensing", {"system", "terminalservices-licensing"}},
      {"events-lsasrv", {"system"}},
      {"events-service", {"system"}},
      {"events-tcpip", {"system"}},
      {"events-termdd", {"system"}},
  };
  const auto ids = ids_of_rules();
  std::size_t tables = 0;
  for (const SourceFile* file : files_below("rules/codes/")) {
    const auto documents = documents_of(*file);
    const auto at = services.find(std::string(documents.front().text_of("table")));
    if (at == services.end()) continue;
    ++tables;
    std::set<std::string> read = ids.count("") != 0 ? ids.at("") : std::set<std::string>{};
    for (const std::string& service : at->second) {
      if (ids.count(service) != 0) read.insert(ids.at(service).begin(), ids.at(service).end());
    }
    for (const YamlNode& row : documents.front().find("codes")->items) {
      if (row.text_of("failure") == "false") continue;
      INFO(fmt::format("{} {}: {}", at->first, row.text_of("code"), row.text_of("meaning")));
      CHECK(read.count(std::string(row.text_of("code"))) == 1);
    }
  }
  CHECK(tables == services.size());
}

TEST_CASE("facts: every cause that a table names has a file") {
  std::set<std::string> causes;
  for (const SourceFile* file : files_below("rules/causes/")) {
    std::string cause = file->path.substr(std::string_view("rules/causes/").size());
    cause.resize(cause.size() - std::string_view(".yml").size());
    if (const auto slash = cause.find('/'); slash != std::string::npos) cause[slash] = '.';
    causes.insert(std::move(cause));
  }
  for (const SourceFile* file : files_below("rules/codes/")) {
    const auto documents = documents_of(*file);
    const YamlNode* codes = documents.front().find("codes");
    if (codes == nullptr) continue;
    for (const YamlNode& row : codes->items) {
      const YamlNode* named = row.find("causes");
      if (named == nullptr) continue;
      for (const YamlNode& cause : named->items) {
        INFO(fmt::format("{}: {}", file->path, cause.text));
        CHECK(causes.count(cause.text) == 1);
      }
    }
  }
}

namespace {
struct Harmful {
  std::string claim;
  std::regex pattern;
};

// What the checked claims say must never be done.
std::vector<Harmful> harmful_advice() {
  std::vector<Harmful> out;
  std::size_t harmful_claims = 0;
  for (const SourceFile* file : files_below("rules/codes/claims.yml")) {
    const auto documents = documents_of(*file);
    for (const YamlNode& claim : documents.front().find("claims")->items) {
      const YamlNode* never = claim.find("never");
      const std::string id(claim.text_of("id"));
      INFO(id);
      if (claim.text_of("harmful") == "true") {
        ++harmful_claims;
        CHECK(never != nullptr);
      }
      if (never == nullptr) continue;
      for (const YamlNode& text : never->items)
        out.push_back({id, std::regex(text.text, std::regex::icase)});
    }
  }
  CHECK(harmful_claims >= 10);
  return out;
}

void collect_texts(const YamlNode& node, std::vector<std::string>& out) {
  if (node.is_scalar()) out.push_back(node.text);
  for (const YamlNode& item : node.items) collect_texts(item, out);
}
// Without the parts that warn of something: "(not all of port 443)", "Never rename …".
std::string without_warnings(const std::string& text) {
  static const std::regex negated(R"([^.;,()]*\b(never|not)\b[^.;,()]*)", std::regex::icase);
  return std::regex_replace(text, negated, "");
}
}  // namespace

TEST_CASE("facts: no step of a cause follows advice that a checked claim calls harmful") {
  const auto harmful = harmful_advice();
  std::size_t texts = 0;
  for (const SourceFile* file : files_below("rules/causes/")) {
    for (const YamlNode& document : documents_of(*file)) {
      for (const char* key : {"remedy", "collect_next", "collect", "verify"}) {
        const YamlNode* steps = document.find(key);
        if (steps == nullptr) continue;
        std::vector<std::string> all;
        collect_texts(*steps, all);
        for (const std::string& text : all) {
          ++texts;
          for (const Harmful& advice : harmful) {
            INFO(fmt::format("{} {}: {}", file->path, advice.claim, text));
            CHECK_FALSE(std::regex_search(without_warnings(text), advice.pattern));
          }
        }
      }
    }
  }
  CHECK(texts > 2000);
}

TEST_CASE("facts: the expressions of harmful advice find it in the words people use") {
  const std::pair<const char*, const char*> said[] = {
      {"rename-machinekeys",
       "ren C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys MachineKeys.old"},
      {"rename-machinekeys", "Rename the folder MachineKeys and restart."},
      {"nla-off", "Disable NLA on the host."},
      {"firewall-public", "netsh advfirewall set allprofiles state off"},
      {"firewall-public", "Set-NetFirewallProfile -Enabled False"},
      {"inspection-ports", "Exclude ports 443 and 3391 from deep inspection."},
      {"max-outstanding",
       "reg add \"HKLM\\...\\Terminal Server\" /v MaxOutstandingConnections /t REG_DWORD /d 10000"},
      {"grace-reset", "Delete RCM\\GracePeriod and restart."},
      {"security-layer-rdp", "reg add ...\\RDP-Tcp /v SecurityLayer /t REG_DWORD /d 0 /f"},
      {"dns-winsock", "netsh winsock reset"},
      {"block-all-stealth", "Disable stealth mode."},
      {"channel-binding-off", "reg add ...\\Core /v EnforceChannelBinding /t REG_DWORD /d 0"},
      {"enable-old-tls", "reg add ...\\Protocols\\TLS 1.0\\Server /v Enabled /t REG_DWORD /d 1"},
      {"904-license-cache", "reg delete HKLM\\SOFTWARE\\Microsoft\\MSLicensing /f"},
      {"rdgclienttrace", "Set RDGClientTrace to 0x15."},
  };
  const auto harmful = harmful_advice();
  std::set<std::string> found;
  for (const auto& [claim, text] : said) {
    INFO(fmt::format("{}: {}", claim, text));
    CHECK(std::any_of(harmful.begin(), harmful.end(),
                      [&, name = claim, words = text](const Harmful& a) {
                        return a.claim == name && std::regex_search(words, a.pattern);
                      }));
    found.insert(claim);
  }
  for (const Harmful& advice : harmful) {
    INFO(advice.claim);
    CHECK(found.count(advice.claim) == 1);
  }
}

TEST_CASE("facts: no remedy damages a machine or circumvents its license") {
  const std::vector<std::pair<const char*, std::regex>> harmful = {
      {"renames or deletes the key folder",
       std::regex(
           R"((ren|rename|move|rd|rmdir|del|Remove-Item|Rename-Item)\b[^;]*MachineKeys("|\s|$))",
           std::regex::icase)},
      {"resets the grace period", std::regex("RCM\\\\GracePeriod|TIMEBOMB", std::regex::icase)},
      {"deletes the whole license key",
       std::regex(R"(reg delete \S*MSLicensing"? /f)", std::regex::icase)},
      {"turns channel binding off", std::regex("EnforceChannelBinding.*0", std::regex::icase)},
      {"resets Winsock", std::regex("winsock reset", std::regex::icase)},
      {"turns the firewall off",
       std::regex("state off|-Enabled False|DefaultInboundAction Allow", std::regex::icase)},
      {"creates a trace key that does not exist", std::regex("RDGClientTrace", std::regex::icase)},
  };
  std::size_t commands = 0;
  for (const SourceFile* file : files_below("rules/causes/")) {
    for (const YamlNode& document : documents_of(*file)) {
      for (const char* key : {"remedy", "collect_next", "collect"}) {
        const YamlNode* steps = document.find(key);
        if (steps == nullptr) continue;
        for (const YamlNode& step : steps->items) {
          const std::string run(step.text_of("run"));
          ++commands;
          for (const auto& [what, pattern] : harmful) {
            INFO(fmt::format("{} {}: {}", file->path, what, run));
            CHECK_FALSE(std::regex_search(run, pattern));
          }
          // What lowers protection says so, and how to undo it.
          const bool weakens = std::regex_search(
              run, std::regex(R"((UserAuthentication|SecurityLayer)\S* .*\b0\b)"));
          INFO(run);
          if (weakens) CHECK(step.text_of("risk") == "lowers_security");
          if (step.text_of("risk") == "lowers_security") CHECK(step.find("undo") != nullptr);
        }
      }
    }
  }
  CHECK(commands > 500);
}
