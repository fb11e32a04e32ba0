// Runs the scripts of this folder. `SCENARIO=name` in the environment runs one and prints its card.
#include "support/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "rdptriage/names.hpp"
#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;
using namespace rdptriage;

namespace {
std::vector<test::Scenario> all_scenarios() {
  std::vector<fs::path> files;
  const fs::path folder = fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/scenarios";
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yml" && entry.path().stem() != "logs") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<test::Scenario> out;
  for (const fs::path& file : files) {
    for (test::Scenario& scenario : test::load_scenarios(file)) out.push_back(std::move(scenario));
  }
  return out;
}

Report run(const test::Scenario& scenario) {
  CaseOptions options;
  options.case_id = scenario.name;
  Case input(options);
  for (const test::ScenarioFile& file : scenario.files) {
    REQUIRE(input.add_bytes(file.path, file.bytes));
  }
  return analyze(input);
}

bool is_firm(const Diagnosis& diagnosis) {
  return diagnosis.confidence.label != ConfidenceLabel::possible;
}

bool names(const Report& report, std::string_view cause) {
  return std::any_of(report.diagnoses.begin(), report.diagnoses.end(),
                     [&](const Diagnosis& d) { return d.cause == cause; });
}

std::string found(const Report& report) {
  std::string out(name_of(report.verdict));
  for (const Diagnosis& diagnosis : report.diagnoses) {
    out += fmt::format("\n    {} {} {:.2f}", name_of(diagnosis.confidence.label), diagnosis.cause,
                       diagnosis.confidence.score);
  }
  return out;
}

// What is wrong with the report, one line each.
std::vector<std::string> complaints(const test::Expectation& expect, const Report& report) {
  std::vector<std::string> out;
  const std::string verdict(name_of(report.verdict));
  const auto& verdicts = expect.verdicts;
  if (!verdicts.empty() && std::find(verdicts.begin(), verdicts.end(), verdict) == verdicts.end()) {
    out.push_back(fmt::format("verdict {}, wanted {}", verdict, fmt::join(verdicts, " or ")));
  }
  const std::string first = report.diagnoses.empty() ? "" : report.diagnoses.front().cause;
  if (!expect.cause.empty() && first != expect.cause) {
    out.push_back(fmt::format("first cause `{}`, wanted `{}`", first, expect.cause));
  }
  for (const std::string& cause : expect.also) {
    if (!names(report, cause)) out.push_back(fmt::format("does not name `{}`", cause));
  }
  for (const Diagnosis& diagnosis : report.diagnoses) {
    const auto& wrong = expect.not_causes;
    const bool forbidden =
        std::find(wrong.begin(), wrong.end(), diagnosis.cause) != wrong.end() ||
        (expect.cause.empty() && std::find(wrong.begin(), wrong.end(), "*") != wrong.end());
    if (forbidden && is_firm(diagnosis)) {
      out.push_back(fmt::format("falsely accuses `{}`", diagnosis.cause));
    }
  }
  if (!expect.stopped_at.empty()) {
    const bool there = std::any_of(
        report.attempts.begin(), report.attempts.end(),
        [&](const Attempt& attempt) { return attempt.stopped_at == expect.stopped_at; });
    if (!there) out.push_back(fmt::format("no attempt stopped at {}", expect.stopped_at));
  }
  for (const std::string& word : expect.collect) {
    const bool there = std::any_of(
        report.collect_next.begin(), report.collect_next.end(),
        [&](const CollectNext& next) { return next.command.find(word) != std::string::npos; });
    if (!there) out.push_back(fmt::format("does not ask for `{}`", word));
  }
  for (const std::string& word : expect.missing) {
    const bool there = std::any_of(
        report.coverage.begin(), report.coverage.end(),
        [&](const Coverage& coverage) { return coverage.effect.find(word) != std::string::npos; });
    if (!there) out.push_back(fmt::format("does not say `{}`", word));
  }
  for (const std::string& state : expect.states) {
    const bool there =
        std::any_of(report.coverage.begin(), report.coverage.end(), [&](const Coverage& coverage) {
          return fmt::format("{} {}", coverage.source, name_of(coverage.state)) == state;
        });
    if (!there) out.push_back(fmt::format("no source is `{}`", state));
  }
  for (const std::string& clock : expect.clocks) {
    std::string found = "not measured";
    for (const Host& host : report.hosts) {
      if (clock.rfind(host.name.substr(0, host.name.find('.')) + " ", 0) != 0) continue;
      if (!host.clock_offset_ms) continue;
      // The way over the network is part of what is measured.
      const auto wanted = std::stoll(clock.substr(clock.find(' ') + 1)) * 1000;
      const auto off = std::abs(*host.clock_offset_ms - wanted);
      found = off <= 1500 ? "" : fmt::format("{} ms", *host.clock_offset_ms);
    }
    if (!found.empty()) out.push_back(fmt::format("clock {}: {}", clock, found));
  }
  const auto failed = std::count_if(
      report.attempts.begin(), report.attempts.end(),
      [](const Attempt& attempt) { return attempt.outcome == AttemptOutcome::failed; });
  if (expect.failed && *expect.failed != failed) {
    out.push_back(fmt::format("{} failed attempts, wanted {}", failed, *expect.failed));
  }
  if (expect.hosts && *expect.hosts != static_cast<std::int64_t>(report.hosts.size())) {
    out.push_back(fmt::format("{} hosts, wanted {}", report.hosts.size(), *expect.hosts));
  }
  if (report.verdict == Verdict::inconclusive && report.collect_next.empty()) {
    out.push_back("inconclusive, and nothing to collect next");
  }
  return out;
}
}  // namespace

TEST_CASE("Scenario names are unique") {
  std::set<std::string> seen;
  for (const test::Scenario& scenario : all_scenarios()) {
    INFO(scenario.from);
    CHECK(seen.insert(scenario.name).second);
  }
}

TEST_CASE("Every scenario gets the verdict its script asks for") {
  const char* only = std::getenv("SCENARIO");
  std::map<std::pair<std::string, std::string>, int> confusion;
  std::size_t right = 0, all = 0;
  for (const test::Scenario& scenario : all_scenarios()) {
    if (only != nullptr && scenario.name != only) continue;
    const Report report = run(scenario);
    const auto wrong = complaints(scenario.expect, report);
    ++all;
    right += wrong.empty() ? 1U : 0U;
    const std::string wanted = scenario.expect.cause.empty()
                                   ? fmt::format("({})", fmt::join(scenario.expect.verdicts, "/"))
                                   : scenario.expect.cause;
    const std::string got = report.diagnoses.empty() || !is_firm(report.diagnoses.front())
                                ? fmt::format("({})", name_of(report.verdict))
                                : report.diagnoses.front().cause;
    ++confusion[{wanted, got}];
    if (only != nullptr) {
      REQUIRE(write_report(report, "text", std::cout));
      std::cout << found(report) << '\n';
    }
    INFO(fmt::format("{} ({}): {}", scenario.name, scenario.from, scenario.about));
    INFO(fmt::format("  {}\n  found: {}", fmt::join(wrong, "\n  "), found(report)));
    CHECK(wrong.empty());
  }
  fmt::print("scenarios: {} of {} as wanted\n", right, all);
  for (const auto& [pair, count] : confusion) {
    if (pair.first != pair.second) {
      fmt::print("  wanted {}, found {}: {}\n", pair.first, pair.second, count);
    }
  }
}
