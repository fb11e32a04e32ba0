#include "support/rule_examples.hpp"

#include <fmt/format.h>

#include "pipeline/yaml_json.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {

using base::YamlNode;
using pipeline::PackPart;

namespace {
// Without the attempt, which the program has to find by itself.
std::string line_of(const YamlNode& event, const YamlNode* source) {
  YamlNode out = event;
  for (std::size_t i = 0; i < out.keys.size(); ++i) {
    if (out.keys[i].text != "AttemptKey" && out.keys[i].text != "ConnectionKey") continue;
    out.keys.erase(out.keys.begin() + static_cast<std::ptrdiff_t>(i));
    out.items.erase(out.items.begin() + static_cast<std::ptrdiff_t>(i));
    --i;
  }
  std::string line = pipeline::yaml_as_json(out);
  line.pop_back();
  if (event.find("timestamp") == nullptr) {
    line += R"(, "timestamp": "2026-11-20T09:12:00Z")";
  }
  if (event.find("Channel") != nullptr) {
    const bool named = event.find("HostKey") != nullptr || event.find("Computer") != nullptr;
    return line + (named ? "}" : R"(, "Computer": "RDS77.corp.example"})");
  }
  std::string of = R"({"product": "rdp", "service": "client-trace"})";
  if (source != nullptr) {
    of = pipeline::yaml_as_json(*source);
  } else if (event.find("Message") == nullptr && event.find("ErrorCode") != nullptr) {
    of = R"({"product": "rdp", "service": "client-disconnect"})";
  }
  return fmt::format(R"({}, "logsource": {}}})", line, of);
}
}  // namespace

const RuleExamples& RuleExamples::builtin() {
  static const RuleExamples all;
  return all;
}

RuleExamples::RuleExamples() {
  for (const auto& file : pack().files()) {
    if (file.part != PackPart::rules) continue;
    auto documents = base::parse_yaml({file.path, file.text});
    REQUIRE(documents);
    for (const YamlNode& document : *documents) take(document);
  }
}

const std::vector<std::string>& RuleExamples::of(const std::string& rule) const {
  static const std::vector<std::string> kNone;
  const auto at = lines_.find(rule);
  return at == lines_.end() ? kNone : at->second;
}

void RuleExamples::take(const YamlNode& document) {
  const YamlNode* key = document.find("rdptriage");
  const YamlNode* tests = key == nullptr ? nullptr : key->find("tests");
  if (tests == nullptr) return;
  const YamlNode* source = document.find("logsource");
  auto& lines = lines_[std::string(document.text_of("name"))];
  for (const YamlNode& test : tests->items) {
    const YamlNode* events = test.find("events");
    if (events == nullptr || !lines.empty()) continue;
    if (const YamlNode* match = test.find("match"); match != nullptr && !match->items.empty()) {
      const auto index = static_cast<std::size_t>(match->items.front().integer().value_or(0));
      lines.push_back(line_of(events->items[index], source));
    } else if (const YamlNode* fires = test.find("fires");
               fires != nullptr && !fires->items.empty() && !fires->items[0].items.empty()) {
      // Of the attempts that a test holds, the first that fires.
      const YamlNode* firing = fires->items[0].items.front().find("AttemptKey");
      for (const YamlNode& event : events->items) {
        if (firing == nullptr || event.text_of("AttemptKey") == firing->text)
          lines.push_back(line_of(event, nullptr));
      }
    }
  }
}

}  // namespace rdptriage::test
