#include "rdptriage/analyze.hpp"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rdptriage/fleet.hpp"
#include "support/catch.hpp"
#include "support/small_pack.hpp"
#include "support/without_privileges.hpp"

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

TEST_CASE("analyze: a folder that cannot be listed has a row, and the case is partial") {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "rdptriage-closed-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  fs::permissions(folder, fs::perms::all);
  fs::create_directories(fs::path(folder) / "closed");
  std::ofstream(fs::path(folder) / "a.jsonl") << "{\"message\": \"AAA 1\"}\n";
  fs::permissions(fs::path(folder) / "closed", fs::perms::none);
  const RuleSet rules = small_pack();
  {
    const WithoutPrivileges nobody;
    if (!nobody.is_effective()) return;
    const auto row_of_closed = [&rules](const fs::path& path) {
      Case input;
      REQUIRE(input.add_path(path));
      Report report = analyze(input, rules);
      const auto row = std::find_if(
          report.artifacts.begin(), report.artifacts.end(),
          [](const ArtifactReport& artifact) { return artifact.path.ends_with("closed"); });
      REQUIRE(row != report.artifacts.end());
      CHECK(row->state == ArtifactState::refused);
      CHECK(row->because.find("the folder cannot be listed") == 0);
      return report;
    };
    CHECK(row_of_closed(folder).status == Status::partial);
    const Report alone = row_of_closed(fs::path(folder) / "closed");
    CHECK(alone.status == Status::failed);
    std::ostringstream card;
    CHECK(write_report(alone, "text", card));
    CHECK(card.str().find("the folder cannot be listed") != std::string::npos);

    const auto digest = input_digest(folder);
    REQUIRE(digest);
    CHECK(input_digest(fs::path(folder) / "closed").value() != *digest);
    CHECK(input_digest(folder).value() == *digest);
  }
  const std::string before = input_digest(folder).value();
  fs::permissions(fs::path(folder) / "closed", fs::perms::owner_all);
  std::ofstream(fs::path(folder) / "closed/b.jsonl") << "{}\n";
  CHECK(input_digest(folder).value() != before);
  fs::remove_all(folder);
}

TEST_CASE("analyze: a case without any file says why there is none") {
  CaseOptions options;
  options.limits.max_entries = 0;
  const Report report = analyze_lines(small_pack(), {{"a.log", "AAA"}}, options);
  REQUIRE(report.artifacts.empty());
  std::ostringstream card;
  CHECK(write_report(report, "text", card));
  CHECK(card.str().find("--max-entries") != std::string::npos);
}

TEST_CASE("analyze: a code that is none is left out, and it is said") {
  CaseOptions options;
  options.code = "0x9O4";
  const Report report = analyze_lines(small_pack(), {{"a.log", "AAA"}}, options);
  REQUIRE(report.notices.size() == 1);
  CHECK(report.notices[0].code == "CODE_NOT_UNDERSTOOD");
  for (const char* good : {"0x904/0x7", "0x904 0x7", "2308", " 0x904, 0x7 "})
    CHECK(is_reported_code(good));
  for (const char* bad : {"", "0x9O4", "0x904/", "904h", "0x1ffffffff"})
    CHECK_FALSE(is_reported_code(bad));
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
