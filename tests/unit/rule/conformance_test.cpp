// The Sigma conformance cases of the corpora, straight through the library.
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reader/event_json.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_loader.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using nlohmann::json;

namespace {
std::string folded(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// What a case expects and what came out, in one comparable form.
struct Outcome {
  bool refused = false;
  std::set<std::size_t> matched;
  std::map<std::string, std::set<std::string>> fired;
  std::map<std::string, std::set<std::size_t>> shown;
};

Outcome run(const json& test, const std::string& sources) {
  const std::string text = test["rule"];
  const rule::RuleFile file{"r.yml", text};
  const rule::RuleFile map{"logsource-map.json", sources};
  rule::LoadOptions options;
  options.log_sources =
      test.value("use_logsource", false) ? rule::LogSourceUse::apply : rule::LogSourceUse::ignore;
  options.log_source_files = {&map, 1};
  if (test.contains("placeholders")) {
    for (const auto& [name, values] : test["placeholders"].items()) {
      for (const auto& value : values) options.placeholders[name].push_back(value);
    }
  }
  const rule::LoadedRules loaded = rule::load_rules({&file, 1}, options);
  Outcome out;
  out.refused = !loaded.problems.empty();
  if (out.refused) return out;
  rule::Matcher matcher(loaded.rules);
  event::EventStore store;
  std::vector<rule::Hit> hits;
  std::vector<rule::RuleIndex> matched;
  for (std::size_t i = 0; i < test["events"].size(); ++i) {
    reader::visit_json_event(test["events"][i].dump(), {}, [&](EventView& view) {
      matcher.match(view, matched);
      if (matched.empty()) return;
      const event::Event& kept = store.keep(view);
      for (const rule::RuleIndex index : matched) {
        rule::Hit hit;
        hit.rule = index;
        hit.event = &kept;
        hit.time = kept.key.time.value_or(Timestamp{});
        hits.push_back(hit);
        out.matched.insert(i);
        const rule::RuleInfo& info = loaded.rules.rules()[index];
        if (info.visibility == rule::Visibility::shown) out.shown[info.handle()].insert(i);
      }
    });
  }
  for (const rule::Firing& firing : rule::correlate(loaded.rules, hits)) {
    json group = json::object();
    for (const auto& [name, value] : firing.group)
      group[name] = value ? json(folded(*value)) : json();
    out.fired[loaded.rules.rules()[firing.rule].handle()].insert(group.dump());
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
    const Outcome got = run(test, sources);
    CHECK(got.refused == expect.contains("error"));
    if (expect.contains("match"))
      CHECK(got.matched == expect["match"].get<std::set<std::size_t>>());
    if (expect.contains("fires")) {
      for (const auto& [name, groups] : expect["fires"].items()) {
        std::set<std::string> want;
        for (const json& group : groups) {
          json lower = json::object();
          for (const auto& [field, value] : group.items()) {
            lower[field] = value.is_null() ? json() : json(folded(value));
          }
          want.insert(lower.dump());
        }
        const auto fired = got.fired.find(name);
        CHECK((fired == got.fired.end() ? std::set<std::string>{} : fired->second) == want);
      }
    }
    if (expect.contains("hits")) {
      std::map<std::string, std::set<std::size_t>> want;
      for (const auto& [name, list] : expect["hits"].items())
        want[name] = list.get<std::set<std::size_t>>();
      CHECK(got.shown == want);
    }
  }
}
