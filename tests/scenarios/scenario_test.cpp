// Runs the scripts of this folder. `SCENARIO=name` in the environment runs one and prints its card.
#include "support/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "rdptriage/names.hpp"
#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/confusion.hpp"

namespace fs = std::filesystem;
using namespace rdptriage;
using test::first_of;
using test::is_firm;

namespace {
std::vector<test::Scenario> all_scenarios(const test::ScenarioForm& form = {}) {
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
    for (test::Scenario& scenario : test::load_scenarios(file, form))
      out.push_back(std::move(scenario));
  }
  return out;
}

// A host that is in none of the scripts, whose sessions of that day all went well.
const std::vector<test::ScenarioFile>& healthy_host(const std::string& date) {
  static std::map<std::string, std::vector<test::ScenarioFile>> files;
  const auto [at, added] = files.try_emplace(date);
  if (added) {
    const fs::path file = fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/scenarios/noise/healthy-host.yml";
    at->second = test::load_scenarios(file, {.date = date}).front().files;
  }
  return at->second;
}

enum class Beside { nothing, healthy_traffic };

Report run(const test::Scenario& scenario, Beside beside = Beside::nothing) {
  CaseOptions options;
  options.case_id = scenario.name;
  Case input(options);
  for (const test::ScenarioFile& file : scenario.files) {
    REQUIRE(input.add_bytes(file.path, file.bytes));
  }
  if (beside == Beside::healthy_traffic) {
    for (const test::ScenarioFile& file : healthy_host(scenario.date)) {
      REQUIRE(input.add_bytes(file.path, file.bytes));
    }
  }
  return analyze(input);
}

bool names(const Report& report, std::string_view cause) {
  return std::any_of(report.diagnoses.begin(), report.diagnoses.end(),
                     [&](const Diagnosis& d) { return d.cause == cause; });
}

bool names_firmly(const Report& report, std::string_view cause) {
  return std::any_of(report.diagnoses.begin(), report.diagnoses.end(),
                     [&](const Diagnosis& d) { return d.cause == cause && is_firm(d); });
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
  if (expect.stopped_at == "unknown") {
    for (const Attempt& attempt : report.attempts) {
      if (attempt.outcome == AttemptOutcome::failed && !attempt.stopped_at.empty())
        out.push_back(fmt::format("stopped at {}, which nothing shows", attempt.stopped_at));
      for (const StageResult& stage : attempt.stages) {
        if (attempt.outcome == AttemptOutcome::failed && stage.state != StageState::unknown)
          out.push_back(
              fmt::format("{} {}, which nothing shows", stage.stage, name_of(stage.state)));
      }
    }
  } else if (!expect.stopped_at.empty()) {
    const bool there = std::any_of(
        report.attempts.begin(), report.attempts.end(),
        [&](const Attempt& attempt) { return attempt.stopped_at == expect.stopped_at; });
    if (!there) out.push_back(fmt::format("no attempt stopped at {}", expect.stopped_at));
  }
  std::ostringstream card;
  if (!expect.card.empty()) (void)write_report(report, "text", card);
  for (const std::string& words : expect.card) {
    if (card.str().find(words) == std::string::npos)
      out.push_back(fmt::format("does not show `{}`", words));
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

namespace {
// What was to be reported: the cause, or the verdict that names none. Of several that are allowed,
// the one that came.
std::string wanted(const test::Expectation& expect, const Report& report) {
  if (!expect.cause.empty()) return expect.cause;
  const std::string verdict(name_of(report.verdict));
  const auto& allowed = expect.verdicts;
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), verdict) != allowed.end())
    return first_of(report);
  return fmt::format("({})", fmt::join(allowed, "/"));
}

// What noise and wrong clocks must not change: the verdict and its causes.
test::Expectation only_causes(const test::Expectation& expect) {
  test::Expectation out;
  out.verdicts = expect.verdicts;
  out.cause = expect.cause;
  out.also = expect.also;
  out.not_causes = expect.not_causes;
  return out;
}
// Where what a case shows cannot be tied to a connection any more, the honest answer is a weaker
// one: nothing is proven, and who was not named before is suspected only beside the right cause.
bool is_honestly_weaker(const Report& report, const Report& before, const std::string& cause) {
  if (report.verdict != Verdict::suspected && report.verdict != Verdict::inconclusive) return false;
  return std::all_of(report.diagnoses.begin(), report.diagnoses.end(), [&](const Diagnosis& d) {
    return !is_firm(d) || names(before, d.cause) || names(report, cause);
  });
}

bool names_a_machine(const Report& report) {
  return std::any_of(report.hosts.begin(), report.hosts.end(),
                     [](const Host& host) { return !host.name.empty(); });
}

bool measured_the_client(const Report& report) {
  return std::any_of(report.hosts.begin(), report.hosts.end(), [](const Host& host) {
    return host.clock_offset_ms &&
           std::find(host.roles.begin(), host.roles.end(), "client") != host.roles.end();
  });
}
}  // namespace

TEST_CASE("Every scenario gets the verdict its script asks for") {
  const char* only = std::getenv("SCENARIO");
  test::Confusion confusion;
  for (const test::Scenario& scenario : all_scenarios()) {
    if (only != nullptr && scenario.name != only) continue;
    const Report report = run(scenario);
    const auto wrong = complaints(scenario.expect, report);
    confusion.add(wanted(scenario.expect, report), first_of(report));
    if (only != nullptr) {
      REQUIRE(write_report(report, "text", std::cout));
      std::cout << found(report) << '\n';
    }
    INFO(fmt::format("{} ({}): {}", scenario.name, scenario.from, scenario.about));
    INFO(fmt::format("  {}\n  found: {}", fmt::join(wrong, "\n  "), found(report)));
    CHECK(wrong.empty());
  }
  confusion.print("scenarios and their variants");
}

TEST_CASE("Healthy traffic beside a scenario changes nothing of its verdict") {
  test::Confusion confusion;
  for (const test::Scenario& scenario : all_scenarios()) {
    const Report before = run(scenario);
    const Report report = run(scenario, Beside::healthy_traffic);
    confusion.add(wanted(scenario.expect, report), first_of(report));
    // A capture that names no machine may as well be of the healthy one, and what a machine shows
    // that nobody tried to reach is weighed less where others were reached.
    const bool is_loose = before.attempts.empty() || !names_a_machine(before);
    if (is_loose && is_honestly_weaker(report, before, scenario.expect.cause)) continue;
    const auto wrong = complaints(only_causes(scenario.expect), report);
    INFO(fmt::format("{} ({}): {}", scenario.name, scenario.from, scenario.about));
    INFO(fmt::format("  {}\n  found: {}", fmt::join(wrong, "\n  "), found(report)));
    CHECK(wrong.empty());
  }
  confusion.print("scenarios beside healthy traffic");
}

TEST_CASE("A wrong clock of the client changes nothing of a scenario's verdict") {
  test::Confusion confusion;
  const auto as_scripted = all_scenarios();
  for (const char* clock : {"-1h", "-17s", "5m", "1h"}) {
    const auto scenarios = all_scenarios({.client_clock = clock});
    for (std::size_t number = 0; number < scenarios.size(); ++number) {
      const test::Scenario& scenario = scenarios[number];
      const Report report = run(scenario);
      confusion.add(wanted(scenario.expect, report), first_of(report));
      // Minutes apart, and nothing in the files that both machines logged.
      const bool is_far = std::string_view(clock) != "-17s" && !measured_the_client(report);
      const Report before = run(as_scripted[number]);
      if (is_far && is_honestly_weaker(report, before, scenario.expect.cause)) continue;
      const auto wrong = complaints(only_causes(scenario.expect), report);
      INFO(fmt::format("{} ({}), client off by {}", scenario.name, scenario.from, clock));
      INFO(fmt::format("  {}\n  found: {}", fmt::join(wrong, "\n  "), found(report)));
      CHECK(wrong.empty());
    }
  }
  confusion.print("scenarios with four wrong clocks of the client");
}

// A list that somebody exported has neither a zone nor the ids of activities, and it says nothing
// of what a log lacks.
TEST_CASE("Logs exported with local times change nothing of a scenario's verdict") {
  using Exported = test::ScenarioForm::Exported;
  test::Confusion confusion;
  const auto as_scripted = all_scenarios();
  for (const auto exported :
       {Exported::all, Exported::clients, Exported::servers, Exported::every_other}) {
    const auto scenarios = all_scenarios({.exported = exported});
    for (std::size_t number = 0; number < scenarios.size(); ++number) {
      const test::Scenario& scenario = scenarios[number];
      const Report report = run(scenario);
      confusion.add(wanted(scenario.expect, report), first_of(report));
      const Report before = run(as_scripted[number]);
      if (is_honestly_weaker(report, before, scenario.expect.cause)) continue;
      // What two records of a machine prove together comes second where one of them has no zone.
      if (exported == Exported::every_other && report.verdict == Verdict::diagnosed &&
          names_firmly(report, scenario.expect.cause)) {
        continue;
      }
      const auto wrong = complaints(only_causes(scenario.expect), report);
      INFO(fmt::format("{} ({}), exported: {}", scenario.name, scenario.from,
                       static_cast<int>(exported)));
      INFO(fmt::format("  {}\n  found: {}", fmt::join(wrong, "\n  "), found(report)));
      CHECK(wrong.empty());
    }
  }
  confusion.print("scenarios with logs exported with local times");
}

// People collect a log and print it, too; the same record told twice is not two of them.
TEST_CASE("A log beside a list made of it changes nothing of a scenario's verdict") {
  const auto as_scripted = all_scenarios();
  const auto exported = all_scenarios({.exported = test::ScenarioForm::Exported::all});
  const char* folder = GENERATE("0", "~");  // the lists are read before the logs, or behind
  std::size_t lists = 0;
  for (std::size_t number = 0; number < as_scripted.size(); ++number) {
    const test::Scenario& scenario = as_scripted[number];
    test::Scenario both = scenario;
    for (std::size_t i = 0; i < scenario.files.size(); ++i) {
      const test::ScenarioFile& list = exported[number].files[i];
      if (list.bytes == scenario.files[i].bytes) continue;
      both.files.push_back({fmt::format("{}/{}.json", folder, list.path), list.bytes});
      ++lists;
    }
    const Report report = run(both);
    const auto wrong = complaints(scenario.expect, report);
    INFO(fmt::format("{} ({}), lists in {}", scenario.name, scenario.from, folder));
    INFO(fmt::format("  {}\n  found: {}\n  without lists: {}", fmt::join(wrong, "\n  "),
                     found(report), found(run(scenario))));
    CHECK(wrong.empty());
  }
  CHECK(lists > 200);
}

TEST_CASE("Without times nothing is called healthy that failed") {
  for (const test::Scenario& scenario :
       all_scenarios({.exported = test::ScenarioForm::Exported::without_times})) {
    const auto& allowed = scenario.expect.verdicts;
    if (std::find(allowed.begin(), allowed.end(), "no_failure_found") != allowed.end()) continue;
    const Report report = run(scenario);
    INFO(fmt::format("{} ({})\n  found: {}", scenario.name, scenario.from, found(report)));
    CHECK(report.verdict != Verdict::no_failure_found);
  }
}
