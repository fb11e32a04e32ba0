#include "rdptriage/analyze.hpp"

#include <sstream>

#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
RuleSet small_pack() {
  return pack_of({{"detections/all.yml", detection("alpha", "AAA", "stage: nla\nstate: failed")},
                  {"pack.yml", "version: '7.1'\n"}});
}

std::string json_of(const Report& report) {
  std::ostringstream out;
  CHECK(write_report(report, "json", out));
  return out.str();
}
}  // namespace

TEST_CASE("analyze: the report does not depend on the number of threads") {
  const RuleSet rules = small_pack();
  std::string first;
  for (const unsigned jobs : {1U, 2U, 7U}) {
    CaseOptions options;
    options.jobs = jobs;
    const Report report = analyze_lines(
        rules,
        {{"c.log", "AAA 1"}, {"a.log", "AAA 2"}, {"b.log", "x\nAAA 3"}, {"d.log", "nothing"}},
        options);
    if (first.empty()) first = json_of(report);
    CHECK(json_of(report) == first);
  }
}

TEST_CASE("analyze: the same bytes are used once, and it is said") {
  const Report report = analyze_lines(small_pack(), {{"a.log", "AAA"}, {"copy of a.log", "AAA"}});
  REQUIRE(report.artifacts.size() == 2);
  CHECK(report.artifacts[0].state == ArtifactState::used);
  CHECK(report.artifacts[1].state == ArtifactState::not_used);
  CHECK(report.artifacts[1].because == "the same bytes as a.log");
  CHECK(report.attempts.size() == 1);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].count == 1);
}

TEST_CASE("analyze: every artifact has a row, whatever it is") {
  Case input;
  const std::string noise("\x01\x02\x03 no log", 10);
  REQUIRE(input.add_bytes("empty.log", {}));
  REQUIRE(input.add_bytes("noise.bin", std::as_bytes(std::span(noise))));
  const Report report = analyze(input, small_pack());
  REQUIRE(report.artifacts.size() == 2);
  CHECK(report.artifacts[0].path == "empty.log");
  CHECK(report.artifacts[0].because == "the file is empty");
  CHECK(report.artifacts[1].because != "");
  CHECK(report.verdict == Verdict::not_analysable);
  CHECK(report.status == Status::failed);
}

TEST_CASE("analyze: the fingerprint follows the content, not the names") {
  const RuleSet rules = small_pack();
  const auto one = analyze_lines(rules, {{"a.log", "AAA"}, {"b.log", "BBB"}}).case_fingerprint;
  CHECK(one.size() == 64);
  CHECK(analyze_lines(rules, {{"z.log", "BBB"}, {"y.log", "AAA"}}).case_fingerprint == one);
  CHECK(analyze_lines(rules, {{"a.log", "AAA"}}).case_fingerprint != one);
}

TEST_CASE("analyze: many matches of one rule are counted and not all kept") {
  std::string lines;
  for (int i = 0; i < 1500; ++i) lines += "AAA\n";
  const Report report = analyze_lines(small_pack(), {{"a.log", lines}});
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].count == 1500);
  CHECK(report.findings[0].evidence.size() == 5);
  REQUIRE(report.notices.size() == 1);
  CHECK(report.notices[0].code == "MATCHES_NOT_KEPT");
}

TEST_CASE(
    "analyze: a finding tells where its rule is from, and names its author where that is due") {
  const auto found_with = [](const std::string& head) {
    std::string rule = detection("alpha", "AAA");
    rule.insert(rule.find("logsource:"), head);
    const Report report =
        analyze_lines(pack_of({{"detections/all.yml", rule}}), {{"a.log", "AAA"}});
    REQUIRE(report.findings.size() == 1);
    return report.findings[0];
  };
  const Finding own = found_with("author: ann\nlicense: Apache-2.0\ndate: 2026-01-02\n");
  CHECK(own.message == "alpha was seen");
  CHECK(own.rule_id.size() == 36);
  CHECK(own.rule_modified == "2026-01-02");
  CHECK(own.rule_source == "detections/all.yml:1");
  CHECK(found_with("author: ann\nlicense: DRL-1.1\ndate: 2026-01-02\nmodified: 2026-02-03\n")
            .rule_modified == "2026-02-03");
  CHECK(found_with("author: ann\nlicense: DRL-1.1\n").message == "alpha was seen (rule by ann)");
  CHECK(found_with("author: ann\n").message == "alpha was seen (rule by ann)");
}

TEST_CASE("analyze: names the rules it used") {
  const Report report = analyze_lines(small_pack(), {{"a.log", "AAA"}});
  CHECK(report.rules_version == "7.1");
  CHECK(report.rules_sha256.size() == 64);
  CHECK(report.rules_matched == 1);
}
