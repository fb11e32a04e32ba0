// The Sigma conformance cases of the corpora, straight through the library.
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "rule_run.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using nlohmann::json;

namespace {
std::string folded(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

tests::RunOutcome run(const json& test, const std::string& sources) {
  tests::RuleRun out;
  out.rules = test["rule"];
  for (const json& event : test["events"]) out.events.push_back(event.dump());
  if (test.value("use_logsource", false)) out.sources = sources;
  if (test.contains("placeholders")) {
    for (const auto& [name, values] : test["placeholders"].items()) {
      for (const auto& value : values) out.placeholders[name].push_back(value);
    }
  }
  return tests::run_rules(out);
}

// The groups of each correlation, as JSON texts.
std::map<std::string, std::set<std::string>> groups_of(const tests::RunOutcome& outcome) {
  std::map<std::string, std::set<std::string>> out;
  for (const tests::FiredGroup& fired : outcome.fired) {
    json group = json::object();
    for (const auto& [name, value] : fired.group) group[name] = value ? json(*value) : json();
    out[fired.rule].insert(group.dump());
  }
  return out;
}
}  // namespace

TEST_CASE("sigma conformance cases") {
  std::ifstream in(RDPTRIAGE_CORPORA_DIR "/sigma/conformance-dev.json");
  std::ifstream map(RDPTRIAGE_CORPORA_DIR "/sigma-regression/logsource-map.json");
  if (!in || !map) {
    std::cout << "no corpora: the Sigma conformance cases are skipped\n";
    return;
  }
  const std::string sources((std::istreambuf_iterator<char>(map)), {});
  const json cases = json::parse(in)["cases"];
  for (const json& test : cases) {
    INFO(test["id"].get<std::string>() << ": " << test["why"].get<std::string>());
    const json& expect = test["expect"];
    const tests::RunOutcome got = run(test, sources);
    CHECK(!got.problems.empty() == expect.contains("error"));
    CHECK(got.disputed == std::vector<std::size_t>{});
    if (expect.contains("match"))
      CHECK(got.matched == expect["match"].get<std::set<std::size_t>>());
    if (expect.contains("fires")) {
      const auto by_rule = groups_of(got);
      for (const auto& [name, groups] : expect["fires"].items()) {
        std::set<std::string> want;
        for (const json& group : groups) {
          json lower = json::object();
          for (const auto& [field, value] : group.items()) {
            lower[field] = value.is_null() ? json() : json(folded(value));
          }
          want.insert(lower.dump());
        }
        const auto fired = by_rule.find(name);
        CHECK((fired == by_rule.end() ? std::set<std::string>{} : fired->second) == want);
      }
    }
    if (expect.contains("hits")) {
      std::map<std::string, std::set<std::size_t>> want;
      for (const auto& [name, list] : expect["hits"].items())
        want[name] = list.get<std::set<std::size_t>>();
      CHECK(got.reported == want);
    }
  }
}
