// The fast matcher agrees with the plain one, on made rules and events and on the corpora.
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

#include "reader/event_json.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_loader.hpp"
#include "support/catch.hpp"
#include "support/choices.hpp"
#include "support/plain_matcher.hpp"
#include "support/text_source.hpp"

using namespace rdptriage;
namespace fs = std::filesystem;
using test::CaseBytes;
using test::Choices;

namespace {
constexpr const char* kFields[] = {"F",     "G",       "H",       "a.b",     "New Value",
                                   "Level", "EventID", "Channel", "Computer"};
constexpr const char* kValues[] = {"alpha",
                                   "beta",
                                   "alphabet",
                                   "ALPHA",
                                   "10",
                                   "11",
                                   "a",
                                   "",
                                   "Ärger",
                                   "al pha",
                                   "-x",
                                   "true",
                                   "alph",
                                   "xalphabetx",
                                   "aжb",
                                   "x😀",
                                   "7",
                                   "/x",
                                   "–x beta",
                                   "10.1.2.3",
                                   "::1",
                                   "192.168.1.9",
                                   "YWxwaGE=",
                                   "eGFscGhhYmV0eA==",
                                   "YQBsAHAAaABhAA==",
                                   "2026-01-15T10:11:12Z",
                                   "2026-12-31T23:00:00+02:00",
                                   "-2.5"};
constexpr const char* kRuleValues[] = {"'alpha'",    "'beta'", "alphabet", "'alp*'",  "'*bet*'",
                                       "10",         "'10'",   "null",     "''",      "true",
                                       "'*'",        "'?*'",   "'ärger'",  "'al?ha'", "11",
                                       "'lphabetx'", "'Ж'",    "'😀'",      "'a'",     "7"};
constexpr const char* kTextModifiers[] = {
    "", "", "|contains", "|startswith", "|endswith", "|contains|cased", "|contains|windash", "|re"};
constexpr const char* kExpressions[] = {
    "'^al.*t$'",     "'[0-9]{2}'", "'(alpha|beta)'", "'(?i)ALPH'", "'al(ph)?a'", "'b{0,2}eta'",
    "'(x|a)+lphab'", "'[^x]lpha'", R"('\balph')",    "'alp*hab'",  "'(?i:BE)ta'"};
// Items whose values are of their own kind; the field stands before them.
constexpr const char* kSpecialItems[] = {"|cidr: [10.0.0.0/8, '::/64']",
                                         "|cidr|neq: 192.168.0.0/16",
                                         "|base64|contains: alpha",
                                         "|base64offset|contains: lphabet",
                                         "|base64offset|contains|cased: alphabet",
                                         "|wide|base64offset|contains: alph",
                                         "|utf16be|base64|contains: alph",
                                         "|windash: '-x'",
                                         "|windash|contains|all: ['-x', bet]",
                                         "|startswith|windash|cased: '/x'",
                                         "|lt: 10",
                                         "|lte: 10",
                                         "|gt: -3",
                                         "|gt|neq: 10",
                                         "|hour: 10",
                                         "|hour|gte: 11",
                                         "|month: 12",
                                         "|week|lt: 4",
                                         "|minute|neq: 11",
                                         "|re|i: '^ALPHA'",
                                         "|re|m|s: 'a.p'",
                                         "|re|neq: '[0-9]'",
                                         "|re|i|all: ['AL', 'BET']",
                                         "|contains|neq: [lph, bet]",
                                         "|contains|all|neq: [lph, bet]",
                                         "|endswith|cased: A",
                                         "|expand: '%names%'",
                                         "|contains|expand: '%names%'",
                                         "|expand|all: ['%names%', 'alp*']",
                                         "|exists: true",
                                         "|neq: null"};
constexpr const char* kReferences[] = {"|fieldref",          "|fieldref|startswith",
                                       "|fieldref|contains", "|fieldref|endswith|cased",
                                       "|fieldref|neq",      "|fieldref|cased"};
constexpr const char* kKeywords[] = {"['alph?b', 'lphab']",
                                     "\n      '|all': [alpha, 10]",
                                     "\n      '|re': '^[ab]et'",
                                     "\n      '|cased': [ALPHA, 'Ä']",
                                     "\n      '|re|i|all': ['ALPHA', 'x']",
                                     "[7, '*жb', '-']"};
constexpr const char* kConditions[] = {
    "s1",        "s1 and s2",           "s1 or s2",      "s1 and not s2", "not s1", "1 of s*",
    "all of s*", "s2 and not 1 of s1*", "not (s1 or s2)"};
constexpr const char* kSources[] = {"{product: windows}", "{product: windows, service: system}",
                                    "{product: windows, category: process_creation}",
                                    "{product: rdp, service: client-trace}",
                                    "{category: network_state}"};
constexpr const char* kChannels[] = {"System", "Security", "Other"};

constexpr std::string_view kMap =
    "services: {system: [System], security: [Security]}\n"
    "categories:\n"
    "  - {product: windows, category: process_creation, alternatives: [\n"
    "      {service: security, conditions: {EventID: 10}, fieldmappings: {F: G}},\n"
    "      {service: system, conditions: {EventID: [10, 11]}}]}\n";

std::string make_item(Choices& choices) {
  const std::string field = choices.from(kFields);
  switch (choices.below(11)) {
    case 0:
      return fmt::format("{}|exists: {}", field, choices.below(2) == 0 ? "true" : "false");
    case 1:
      return fmt::format("{}|gte: {}", field, choices.below(12));
    case 2:
      return fmt::format("{}{}: {}", field, choices.from(kReferences), choices.from(kFields));
    case 3:
      return fmt::format("{}|neq: {}", field, choices.from(kRuleValues));
    case 4:
    case 5:
    case 6:
      return fmt::format("{}{}", field, choices.from(kSpecialItems));
    default:
      break;
  }
  std::string modifier = choices.from(kTextModifiers);
  std::string values;
  const std::size_t count = 1 + choices.below(3U);
  for (std::size_t i = 0; i < count; ++i) {
    std::string value = choices.from(kRuleValues);
    if (!modifier.empty() && value == "null") value = "'nul'";
    if (modifier == "|re") value = choices.from(kExpressions);
    values += (i > 0 ? ", " : "") + value;
  }
  if (count > 1 && choices.below(3) == 0) modifier += "|all";
  return fmt::format("{}{}: [{}]", field, modifier, values);
}

std::string make_selection(Choices& choices) {
  switch (choices.below(12)) {
    case 0:
      return fmt::format("['{}', 'lphab']", choices.from(kValues));
    case 1:
      return choices.from(kKeywords);
    default:
      break;
  }
  std::string out;
  const std::size_t count = 1 + choices.below(2U);
  std::string first;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string item = make_item(choices);
    if (i > 0 && item.substr(0, item.find(':')) == first) break;
    first = item.substr(0, item.find(':'));
    out += "      " + item + "\n";
  }
  return "\n" + out;
}

std::string make_rules(Choices& choices, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += fmt::format(
        "title: r{}\nname: r{}\nlogsource: {}\ndetection:\n    s1: {}\n    s2: {}\n    condition: "
        "{}\n---\n",
        i, i, choices.from(kSources), make_selection(choices), make_selection(choices),
        choices.from(kConditions));
  }
  for (std::size_t filters = choices.below(3U); filters > 0; --filters) {
    const std::string rules = choices.below(2) == 0 ? "any" : "[r0, r1, r2]";
    out += fmt::format(
        "title: f\nlogsource: {}\nfilter:\n    rules: {}\n    s1: {}\n    s2: {}\n    condition: "
        "{}\n---\n",
        choices.from(kSources), rules, make_selection(choices), make_selection(choices),
        choices.from(kConditions));
  }
  return out;
}

std::string make_value(Choices& choices) {
  switch (choices.below(6)) {
    case 0:
      return "null";
    case 1:
      return choices.below(2) == 0 ? "10" : choices.below(2) == 0 ? "10.0" : "7";
    case 2:
      return choices.below(2) == 0 ? "true" : "11";
    case 3:
      return fmt::format("[\"{}\", \"{}\"]", choices.from(kValues), choices.from(kValues));
    default:
      return fmt::format("\"{}\"", choices.from(kValues));
  }
}

std::string make_event(Choices& choices) {
  const std::size_t shape = choices.below(4U);
  std::string members;
  const auto add = [&](const std::string& name, const std::string& value) {
    members += (members.empty() ? "" : ", ") + fmt::format("\"{}\": {}", name, value);
  };
  for (const char* field : {"F", "G", "H", "NewValue", "Level"}) {
    if (choices.below(3) != 0) add(field, make_value(choices));
  }
  if (shape == 0) {  // a record
    return fmt::format(
        R"({{"Event": {{"System": {{"EventID": {}, "Channel": "{}", "Computer": "alpha"}}, "EventData": {{{}}}}}}})",
        9 + choices.below(4), choices.from(kChannels), members);
  }
  if (choices.below(2) == 0) add("a", fmt::format(R"({{"b": {}}})", make_value(choices)));
  if (choices.below(2) == 0) add("EventID", choices.below(2) == 0 ? "10" : "\"10\"");
  if (shape == 1) add("Channel", fmt::format("\"{}\"", choices.from(kChannels)));
  if (shape == 2) add("logsource", R"({"product": "rdp", "service": "client-trace"})");
  if (shape == 3 && choices.below(2) == 0)
    add("logsource", R"({"product": "windows", "category": "network_state"})");
  return "{" + members + "}";
}

// "" when both agree on all events, else what they disagree on.
std::string disagreement(const CaseBytes& bytes, std::size_t* matches = nullptr) {
  Choices choices(bytes);
  const auto use = choices.below(2) == 0 ? rule::LogSourceUse::apply : rule::LogSourceUse::ignore;
  const std::string text = make_rules(choices, 1 + choices.below(120U));
  const rule::RuleFile file{"r.yml", text}, map{"map.yml", kMap};
  rule::LoadOptions options;
  options.log_sources = use;
  options.log_source_files = {&map, 1};
  options.placeholders = {{"names", {"alpha", "be*", "Ärger"}}};
  const rule::LoadedRules loaded = rule::load_rules({&file, 1}, options);
  if (!loaded.problems.empty()) return "refused: " + loaded.problems.front().text + text;
  rule::LogSourceMap sources;
  std::vector<Problem> none;
  sources.add({map.path, map.text}, none);
  rule::Matcher matcher(loaded.rules);
  const tests::PlainMatcher plain(loaded.rules, sources, use);
  std::vector<rule::RuleIndex> hits;
  std::string out;
  for (int i = 0; i < 12 && out.empty(); ++i) {
    const std::string event = make_event(choices);
    const bool read = reader::visit_json_event(event, {}, [&](EventView& view) {
      matcher.match(view, hits);
      if (matches != nullptr) *matches += hits.size();
      const auto expected = plain.match(view);
      if (expected != hits) {
        out = fmt::format("event {}\nfast [{}] plain [{}]\n{}", event, fmt::join(hits, ","),
                          fmt::join(expected, ","), text);
      }
    });
    if (!read) return "not JSON: " + event;
  }
  return out;
}
}  // namespace

TEST_CASE("matcher: agrees with the plain engine on made rules and events") {
  std::mt19937 random(20261121);
  std::size_t matches = 0;
  for (int round = 0; round < 400; ++round) {
    CaseBytes bytes(5500);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (disagreement(bytes, &matches).empty()) continue;
    const CaseBytes smallest =
        test::shrink(bytes, [](const CaseBytes& one) { return !disagreement(one).empty(); });
    FAIL("round " << round << ":\n" << disagreement(smallest));
  }
  CHECK(matches > 10'000);  // the made rules are not all void
}

namespace {
std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

// The published rules of the corpora with their map of log sources.
struct PublishedRules {
  std::vector<std::pair<std::string, std::string>> texts;
  std::string map_text;
  rule::LogSourceMap sources;

  explicit PublishedRules(const fs::path& folder)
      : map_text(read_file(folder / "logsource-map.json")) {
    for (const auto& entry : fs::recursive_directory_iterator(folder / "sigma-rules")) {
      if (entry.path().extension() == ".yml")
        texts.emplace_back(entry.path().string(), read_file(entry.path()));
    }
    std::vector<Problem> none;
    sources.add({"map.json", map_text}, none);
  }
  rule::CompiledRules load(rule::LogSourceUse use) const {
    std::vector<rule::RuleFile> files;
    for (const auto& [path, text] : texts) files.push_back({path, text});
    const rule::RuleFile map{"map.json", map_text};
    rule::LoadOptions options;
    options.log_sources = use;
    options.log_source_files = {&map, 1};
    return rule::load_rules(files, options).rules;
  }
};

fs::path published_rules() {
  const fs::path folder = fs::path(RDPTRIAGE_CORPORA_DIR) / "sigma-regression";
  std::error_code error;
  if (fs::exists(folder / "sigma-rules", error)) return folder;
  std::cout << "no corpora: the agreement on recorded events is skipped\n";
  return {};
}

class Comparison final : public reader::EventSink {
 public:
  Comparison(const rule::CompiledRules& rules, const rule::LogSourceMap& sources)
      : fast_(rules), plain_(rules, sources, rule::LogSourceUse::apply) {}
  reader::Flow event(EventView& event) override {
    fast_.match(event, hits_);
    ++events;
    matches += hits_.size();
    if (hits_ != plain_.match(event)) ++disagreements;
    return reader::Flow::go_on;
  }
  void notice(Notice) override {}
  std::size_t events = 0, matches = 0, disagreements = 0;

 private:
  rule::Matcher fast_;
  tests::PlainMatcher plain_;
  std::vector<rule::RuleIndex> hits_;
};
}  // namespace

TEST_CASE("matcher: agrees with the plain engine on recorded events without log sources") {
  const fs::path folder = published_rules();
  if (folder.empty()) return;
  const PublishedRules published(folder);
  const rule::CompiledRules rules = published.load(rule::LogSourceUse::ignore);
  rule::Matcher matcher(rules);
  const tests::PlainMatcher plain(rules, published.sources, rule::LogSourceUse::ignore);
  std::vector<rule::RuleIndex> hits;
  std::size_t events = 0;
  for (const auto& entry : fs::directory_iterator(folder / "json")) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      INFO(entry.path().filename());
      reader::visit_json_event(line, {}, [&](EventView& view) {
        ++events;
        matcher.match(view, hits);
        CHECK(hits == plain.match(view));
      });
    }
  }
  CHECK(events > 0);
}

TEST_CASE("matcher: agrees with the plain engine on every event of the corpora") {
  const fs::path folder = published_rules();
  if (folder.empty()) return;
  const PublishedRules published(folder);
  Comparison comparison(published.load(rule::LogSourceUse::apply), published.sources);
  for (const fs::path& logs :
       {folder / "evtx", folder / "extra", fs::path(RDPTRIAGE_CORPORA_DIR) / "evtx"}) {
    for (const auto& entry : fs::recursive_directory_iterator(logs)) {
      if (entry.path().extension() != ".evtx") continue;
      const std::string log = read_file(entry.path());
      test::TextSource source(log);
      const std::size_t before = comparison.disagreements;
      reader::read_evtx({}, source, {}, comparison);
      INFO(entry.path().filename());
      CHECK(comparison.disagreements == before);
    }
  }
  CHECK(comparison.events > 20'000);
  CHECK(comparison.matches > 1'000);
}
