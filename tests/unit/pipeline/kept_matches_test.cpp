// Matched events that differ in nothing that a correlation asks for are kept once.
#include <string>
#include <vector>

#include "event/field_lookup.hpp"
#include "pipeline/kept_matches.hpp"
#include "reader/event_json.hpp"
#include "rule/rule_loader.hpp"
#include "support/catch.hpp"

using namespace rdptriage;
using pipeline::CorrelatedParts;
using pipeline::KeptMatches;

namespace {
rule::LoadedRules rules_grouping_by(const std::string& field) {
  const std::string text =
      "title: One\nname: one\nlogsource: {product: windows}\n"
      "detection: {s: {EventID: 4625}, condition: s}\n---\n"
      "title: Two\nname: two\ncorrelation: {type: event_count, rules: [one], timespan: 1m,\n"
      "  group-by: [" +
      field + "], condition: {gte: 2}}\n";
  const rule::RuleFile file{"r.yml", text};
  return rule::load_rules({&file, 1}, {});
}

// Failures of `users` people in turn, one a second, each with its own record id and port.
std::vector<const event::Event*> keep_failures(const CorrelatedParts& parts, KeptMatches& kept,
                                               int count, int users) {
  std::vector<const event::Event*> out;
  for (int i = 0; i < count; ++i) {
    const std::string event =
        R"({"Event": {"System": {"EventID": 4625, "Channel": "Security", "EventRecordID": )" +
        std::to_string(i) + R"(, "TimeCreated": {"SystemTime": "2026-11-20T09:00:)" +
        std::to_string(10 + i) + R"(Z"}, "Computer": "host"}, "EventData": {"TargetUserName": "u)" +
        std::to_string(i % users) + R"(", "IpPort": ")" + std::to_string(i) + R"("}}})";
    CHECK(reader::visit_json_event(
        event, {}, [&](EventView& view) { out.push_back(kept.keep(parts.of(view))); }));
  }
  return out;
}
}  // namespace

TEST_CASE("kept matches: what no correlation asks for makes no difference") {
  const rule::LoadedRules rules = rules_grouping_by("TargetUserName");
  REQUIRE(rules.problems.empty());
  const CorrelatedParts parts(rules.rules);
  KeptMatches kept(2);
  const auto events = keep_failures(parts, kept, 20, 2);
  for (std::size_t i = 0; i < events.size(); ++i) CHECK(events[i] == events[i % 2]);
  REQUIRE(events[1] != nullptr);
  CHECK(event::first_value(*events[1], "TargetUserName") == "u1");
  CHECK_FALSE(event::first_value(*events[1], "IpPort"));
}

TEST_CASE("kept matches: what one asks for does, up to the limit") {
  for (const char* const field : {"IpPort", "EventRecordID"}) {
    const rule::LoadedRules rules = rules_grouping_by(field);
    const CorrelatedParts parts(rules.rules);
    KeptMatches kept(5);
    const auto events = keep_failures(parts, kept, 7, 1);
    REQUIRE(events[4] != nullptr);
    CHECK(event::first_value(*events[4], field) == "4");
    CHECK(events[5] == nullptr);
    kept.clear();
    CHECK(keep_failures(parts, kept, 1, 1)[0] != nullptr);
  }
}
