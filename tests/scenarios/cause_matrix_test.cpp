// Every cause against the proof that its own file names: each item of evidence alone and all of
// them together, in the words of the rules' own tests, beside the traffic of a healthy host. Prints
// which causes were taken for which.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/yaml.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/confusion.hpp"
#include "support/rule_examples.hpp"
#include "support/scenario.hpp"

using namespace rdptriage;
using base::YamlNode;
using pipeline::PackPart;
using test::first_of;
using test::is_firm;

namespace {
const test::RuleExamples& examples() { return test::RuleExamples::builtin(); }

// A host whose sessions of that morning all went well.
const std::vector<test::ScenarioFile>& healthy_host() {
  static const std::vector<test::ScenarioFile> files = [] {
    const auto file =
        std::filesystem::path(RDPTRIAGE_SOURCE_DIR) / "tests/scenarios/noise/healthy-host.yml";
    return test::load_scenarios(file).front().files;
  }();
  return files;
}

Report analyze_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  CaseOptions options;
  options.jobs = 1;
  options.sha256 = false;
  Case input(options);
  REQUIRE(input.add_bytes("failure.jsonl", std::as_bytes(std::span(text.data(), text.size()))));
  for (const auto& file : healthy_host()) REQUIRE(input.add_bytes(file.path, file.bytes));
  return analyze(input);
}

// The rules that matched, as the report names them.
std::set<std::string> matched(const Report& report) {
  std::set<std::string> out;
  for (const Finding& finding : report.findings) out.insert(finding.rule);
  return out;
}

bool confirms(const Report& report, const std::string& cause) {
  return std::any_of(report.diagnoses.begin(), report.diagnoses.end(), [&](const Diagnosis& d) {
    return d.cause == cause && d.confidence.label == ConfidenceLabel::confirmed;
  });
}

bool accuses(const Report& report, const std::string& cause) {
  return std::any_of(report.diagnoses.begin(), report.diagnoses.end(),
                     [&](const Diagnosis& d) { return d.cause == cause && is_firm(d); });
}
}  // namespace

TEST_CASE("Each cause is found by its own proof, and by nothing less") {
  const auto& causes = test::RuleExamples::pack().causes().causes();
  const auto rules = test::RuleExamples::pack().rules().rules();
  std::map<std::pair<std::string, std::string>, std::size_t> confusion;
  std::size_t cases = 0, proofs = 0;
  for (const diagnosis::Cause& cause : causes) {
    std::set<std::string> accused_by;
    for (const diagnosis::EvidenceItem& item : cause.evidence) {
      if (item.weight <= 0) continue;
      const std::string& rule = rules[item.rule].handle();
      const auto& lines = examples().of(rule);
      if (lines.empty()) continue;
      const Report report = analyze_lines(lines);
      ++cases;
      INFO(fmt::format("{} by {} ({}{}):\n  {}", cause.id, rule, item.weight,
                       item.decisive ? ", decisive" : "", fmt::join(lines, "\n  ")));
      INFO(fmt::format("found: {}", first_of(report)));
      CHECK(report.verdict != Verdict::not_analysable);
      if (report.verdict == Verdict::inconclusive) CHECK(!report.collect_next.empty());
      if (!item.decisive) {
        // What only fits the cause does not prove it, unless the same record also says why.
        const auto rules_there = matched(report);
        const bool proof_too = std::any_of(
            cause.evidence.begin(), cause.evidence.end(),
            [&](const diagnosis::EvidenceItem& other) {
              return other.decisive && rules_there.count(rules[other.rule].handle()) != 0;
            });
        if (!proof_too) CHECK_FALSE(confirms(report, cause.id));
        continue;
      }
      ++proofs;
      ++confusion[{cause.id, first_of(report)}];
      CHECK(accuses(report, cause.id));
    }
  }
  fmt::print("causes: {} with {} items of evidence, {} of them decisive\n", causes.size(), cases,
             proofs);
  for (const auto& [pair, count] : confusion) {
    if (pair.first != pair.second)
      fmt::print("  proof of {}, first named {}: {}\n", pair.first, pair.second, count);
  }
}

namespace {
// What the program makes of one code: typed as the client's dialog showed it, or sent by the host.
Report report_of_code(const std::string& table, std::int64_t code) {
  CaseOptions options;
  options.jobs = 1;
  if (table == "extended-reason") {
    options.code = fmt::format("0x3/{:#x}", code);
  } else if (table != "error-info") {
    options.code = fmt::format("{:#x}", code);
  }
  Case input(options);
  if (table == "error-info") {
    const std::string line = fmt::format(
        "{{\"Channel\": \"Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational\", "
        "\"Provider_Name\": \"Microsoft-Windows-RemoteDesktopServices-RdpCoreTS\", "
        "\"EventID\": 72, \"MethodName\": \"SetErrorInfo(0x{:X})\"}}\n",
        code);
    REQUIRE(input.add_bytes("events.jsonl", std::as_bytes(std::span(line.data(), line.size()))));
  }
  return analyze(input);
}
}  // namespace

TEST_CASE("Every code that a client shows or a host sends leads to a cause of its table") {
  std::size_t codes = 0;
  for (const auto& file : test::RuleExamples::pack().files()) {
    if (file.part != PackPart::codes) continue;
    auto documents = base::parse_yaml({file.path, file.text});
    REQUIRE(documents);
    const std::string table(documents->front().text_of("table"));
    if (table != "disconnect-reason" && table != "gateway-client" && table != "extended-reason" &&
        table != "error-info") {
      continue;
    }
    for (const YamlNode& row : documents->front().find("codes")->items) {
      const YamlNode* causes = row.find("causes");
      const YamlNode* failure = row.find("failure");
      if (causes == nullptr || (failure != nullptr && failure->text == "false")) continue;
      ++codes;
      const auto code = std::stoll(std::string(row.text_of("code")), nullptr, 0);
      const Report report = report_of_code(table, code);
      const bool named = std::any_of(
          report.diagnoses.begin(), report.diagnoses.end(), [&](const Diagnosis& diagnosis) {
            return std::any_of(
                causes->items.begin(), causes->items.end(),
                [&](const YamlNode& cause) { return cause.text == diagnosis.cause; });
          });
      // Several causes of a code that says little: none is named, and the card asks for more.
      const bool asked = causes->items.size() > 1 && report.verdict == Verdict::inconclusive &&
                         !report.collect_next.empty();
      INFO(fmt::format("{} {:#x}: {}", table, code, first_of(report)));
      CHECK((named || asked));
    }
  }
  fmt::print("codes: {} lead to a cause or to what separates several\n", codes);
}

TEST_CASE("The healthy host alone gives nothing to complain about") {
  const Report report = analyze_lines({});
  CHECK(report.verdict == Verdict::no_failure_found);
  CHECK(report.diagnoses.empty());
}

namespace {
// The events of a rule, on a machine of their own and at a time of their own.
std::vector<std::string> elsewhere(const std::vector<std::string>& lines, std::string_view hour,
                                   std::string_view machine) {
  std::vector<std::string> out;
  for (std::string line : lines) {
    for (const std::string_view day : {"2026-11-20T09:", "2026-11-21T09:"}) {
      const std::string moved = fmt::format("2026-11-20T{}:", hour);
      for (auto at = line.find(day); at != std::string::npos; at = line.find(day, at + 1))
        line.replace(at, day.size(), moved);
    }
    if (const auto at = line.find("RDS77"); at != std::string::npos) line.replace(at, 5, machine);
    out.push_back(std::move(line));
  }
  return out;
}

// The machines that the lines name.
std::set<std::string> machines_of(const std::vector<std::string>& lines) {
  std::set<std::string> out;
  constexpr std::string_view kHost = "\"HostKey\":\"";
  for (const std::string& line : lines) {
    const auto at = line.find(kHost);
    if (at == std::string::npos) continue;
    const auto begin = at + kHost.size();
    out.insert(line.substr(begin, line.find('"', begin) - begin));
  }
  return out;
}

// A capture that names no machine, beside several that are named, belongs to none of them for sure.
bool is_whose_unknown(const std::vector<std::string>& lines,
                      const std::vector<std::string>& others) {
  return machines_of(lines).empty() && machines_of(others).size() > 1;
}
}  // namespace

TEST_CASE("Two failures at once are both found, and not a third") {
  struct Proof {
    std::string cause;
    std::vector<std::string> lines;
    std::set<std::string> accused;  // by this proof alone
  };
  std::vector<Proof> proofs;
  const auto rules = test::RuleExamples::pack().rules().rules();
  for (const diagnosis::Cause& cause : test::RuleExamples::pack().causes().causes()) {
    for (const diagnosis::EvidenceItem& item : cause.evidence) {
      const auto& lines = examples().of(rules[item.rule].handle());
      if (!item.decisive || item.weight <= 0 || lines.empty()) continue;
      Proof proof{cause.id, lines, {}};
      const Report report = analyze_lines(lines);
      // What a machine says of itself while nobody tries it is no second failure.
      const bool tried = std::any_of(
          report.attempts.begin(), report.attempts.end(),
          [](const Attempt& attempt) { return attempt.outcome == AttemptOutcome::failed; });
      if (!tried) continue;
      for (const Diagnosis& d : report.diagnoses) {
        if (is_firm(d)) proof.accused.insert(d.cause);
      }
      proofs.push_back(std::move(proof));
      break;
    }
  }
  REQUIRE(proofs.size() > 100);
  // Every cause once with one of another area.
  const std::size_t step = proofs.size() / 2 + 1;
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    const Proof &one = proofs[i], &other = proofs[(i + step) % proofs.size()];
    if (is_whose_unknown(one.lines, other.lines) || is_whose_unknown(other.lines, one.lines)) {
      continue;
    }
    std::string first, second;
    for (const std::string& line : elsewhere(one.lines, "09", "RDS77")) first += line + "\n";
    for (const std::string& line : elsewhere(other.lines, "14", "RDS78")) second += line + "\n";
    CaseOptions options;
    options.jobs = 1;
    options.sha256 = false;
    Case input(options);
    REQUIRE(input.add_bytes("first.jsonl", std::as_bytes(std::span(first.data(), first.size()))));
    REQUIRE(
        input.add_bytes("second.jsonl", std::as_bytes(std::span(second.data(), second.size()))));
    const Report report = analyze(input);
    INFO(fmt::format("{} and {}\n{}{}", one.cause, other.cause, first, second));
    CHECK(accuses(report, one.cause));
    CHECK(accuses(report, other.cause));
    for (const Diagnosis& d : report.diagnoses) {
      if (!is_firm(d)) continue;
      INFO(d.cause);
      CHECK(one.accused.count(d.cause) + other.accused.count(d.cause) != 0);
    }
  }
}
