// Cases of Sigma's semantics, of the files in sigma-cases/. Each document is one case:
//
//   case, by                      what it shows, and which decision or part of Sigma settles it
//   detection                     of a rule whose head is always the same, or
//   rules                         whole documents, or
//   correlation                   of the rule `out` over the rules a, b, c, d (EventID: a letter)
//   source, log_sources           the log source of `detection`, and what it means
//   placeholders                  JSON
//   events                        JSON texts, or
//   seen                          "seconds letter field=value…" for a correlation
//   match                         the events that match, or
//   fires                         "field=value…" of each firing, "rule field=value…" of others
//   shown                         the detections that report their matches
//   refused                       the code of the first problem
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "rule_run.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using base::YamlNode;

namespace {
constexpr std::string_view kKeys[] = {
    "case",         "by",     "detection", "rules", "source", "correlation", "log_sources",
    "placeholders", "events", "seen",      "match", "fires",  "shown",       "refused"};

std::string indented(std::string_view text) {
  std::string out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) out += "    " + line + "\n";
  return out;
}

std::string rules_of(const YamlNode& test) {
  if (test.find("rules") != nullptr) return std::string(test.text_of("rules"));
  if (test.find("detection") != nullptr) {
    const std::string_view source = test.text_of("source");
    return fmt::format("title: t\nname: t\nlogsource: {}\ndetection:\n{}",
                       source.empty() ? "{product: windows}" : source,
                       indented(test.text_of("detection")));
  }
  std::string out;
  for (const char letter : std::string("abcd")) {
    out += fmt::format(
        "title: {0}\nname: {0}\nlogsource: {{product: windows}}\n"
        "detection: {{s: {{EventID: {0}}}, condition: s}}\n---\n",
        letter);
  }
  return out + "title: out\nname: out\ncorrelation: " + std::string(test.text_of("correlation"));
}

// "10.5 a F=x" as an event.
std::string seen_event(const std::string& text) {
  std::istringstream words(text);
  double seconds = 0;
  std::string word;
  words >> seconds >> word;
  nlohmann::json event;
  const auto milliseconds = static_cast<std::int64_t>(seconds * 1000 + 0.5);
  const auto minutes = milliseconds / 60'000, hours = minutes / 60;
  event["timestamp"] =
      fmt::format("2026-01-{:02}T{:02}:{:02}:{:02}.{:03}Z", 5 + hours / 24, hours % 24,
                  minutes % 60, milliseconds / 1000 % 60, milliseconds % 1000);
  event["EventID"] = word;
  while (words >> word) {
    const auto equals = word.find('=');
    event[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return event.dump();
}

tests::RuleRun run_of(const YamlNode& test) {
  tests::RuleRun run;
  run.rules = rules_of(test);
  if (test.find("log_sources") != nullptr) run.sources = test.text_of("log_sources");
  if (const YamlNode* events = test.find("events")) {
    for (const YamlNode& event : events->items) run.events.push_back(event.text);
  }
  if (const YamlNode* seen = test.find("seen")) {
    for (const YamlNode& event : seen->items) run.events.push_back(seen_event(event.text));
  }
  if (test.find("placeholders") != nullptr) {
    const auto given = nlohmann::json::parse(test.text_of("placeholders"));
    for (const auto& [name, values] : given.items()) {
      for (const auto& value : values) run.placeholders[name].push_back(value);
    }
  }
  return run;
}

// "rule field=value …", without the rule where it is `out`; a field that is absent stands alone.
std::string describe(const tests::FiredGroup& fired) {
  std::string out = fired.rule == "out" ? "" : fired.rule;
  for (const auto& [name, value] : fired.group) {
    out += (out.empty() ? "" : " ") + name + (value ? "=" + *value : "");
  }
  return out;
}

std::vector<std::string> sorted_texts(const YamlNode& list) {
  std::vector<std::string> out;
  for (const YamlNode& item : list.items) out.push_back(item.text);
  std::sort(out.begin(), out.end());
  return out;
}

void check(const YamlNode& test) {
  for (const YamlNode& key : test.keys) {
    INFO("the key " << key.text);
    CHECK(std::find(std::begin(kKeys), std::end(kKeys), key.text) != std::end(kKeys));
  }
  CHECK_FALSE(test.text_of("by").empty());
  const tests::RunOutcome got = tests::run_rules(run_of(test));
  if (test.find("refused") != nullptr) {
    REQUIRE_FALSE(got.problems.empty());
    CHECK(got.problems.front() == test.text_of("refused"));
    return;
  }
  CHECK(got.problems == std::vector<std::string>{});
  CHECK(got.disputed == std::vector<std::size_t>{});
  if (const YamlNode* match = test.find("match")) {
    std::set<std::size_t> want;
    for (const YamlNode& item : match->items) want.insert(std::stoul(item.text));
    CHECK(got.matched == want);
  } else {
    REQUIRE(test.find("fires") != nullptr);
    std::vector<std::string> fired;
    for (const tests::FiredGroup& one : got.fired) fired.push_back(describe(one));
    std::sort(fired.begin(), fired.end());
    CHECK(fired == sorted_texts(*test.find("fires")));
  }
  if (const YamlNode* shown = test.find("shown")) {
    CHECK(std::vector<std::string>(got.visible.begin(), got.visible.end()) == sorted_texts(*shown));
  }
}
}  // namespace

TEST_CASE("sigma cases") {
  std::size_t cases = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(RDPTRIAGE_SOURCE_DIR "/tests/unit/rule/sigma-cases")) {
    std::ifstream in(entry.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::string name = entry.path().filename().string();
    const auto documents = base::parse_yaml({name, text});
    REQUIRE(documents.has_value());
    for (const YamlNode& test : *documents) {
      INFO(name << ":" << test.line << ": " << test.text_of("case"));
      check(test);
      ++cases;
    }
  }
  CHECK(cases > 100);
}
