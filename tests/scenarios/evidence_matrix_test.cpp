// Every cause with full, partial and missing evidence, as tests/scenarios/matrix/causes.yml says
// it; each also beside the traffic of a healthy host. Prints which causes were taken for which.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/yaml.hpp"
#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/confusion.hpp"
#include "support/rule_examples.hpp"
#include "support/scenario.hpp"

using namespace rdptriage;
using namespace rdptriage::test;
using base::YamlNode;

namespace {
namespace fs = std::filesystem;

fs::path here() { return fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/scenarios"; }

const YamlNode& matrix() {
  static const std::string text = [] {
    std::ifstream in(here() / "matrix/causes.yml", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }();
  static const auto documents = base::parse_yaml({"tests/scenarios/matrix/causes.yml", text});
  if (!documents) FAIL(base::to_error(documents.error()).message);
  return documents->front();
}

const std::vector<ScenarioFile>& healthy_host() {
  static const std::vector<ScenarioFile> files =
      load_scenarios(here() / "noise/healthy-host.yml").front().files;
  return files;
}

enum class Beside { nothing, healthy_traffic };

// What is given to the program: the events of rules, a code that the user read, or words.
struct Given {
  std::vector<std::string> rules;
  std::string code, text;
};

std::vector<std::string> rules_of(const YamlNode& list) {
  std::vector<std::string> out;
  for (const YamlNode& item : list.items) out.push_back(item.text);
  return out;
}

Report analyze_given(const Given& given, Beside beside) {
  std::string lines;
  for (const std::string& rule : given.rules) {
    const auto& events = RuleExamples::builtin().of(rule);
    INFO(rule);
    CHECK_FALSE(events.empty());
    for (const std::string& line : events) lines += line + "\n";
  }
  const std::string& text = lines.empty() ? given.text : lines;
  CaseOptions options;
  options.jobs = 1;
  options.sha256 = false;
  options.code = given.code;
  Case input(options);
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  REQUIRE(input.add_bytes(lines.empty() ? "mail.txt" : "events.jsonl", bytes));
  if (beside == Beside::healthy_traffic) {
    for (const ScenarioFile& file : healthy_host()) REQUIRE(input.add_bytes(file.path, file.bytes));
  }
  return analyze(input);
}

const Diagnosis* find_cause(const Report& report, std::string_view cause) {
  for (const Diagnosis& diagnosis : report.diagnoses) {
    if (diagnosis.cause == cause) return &diagnosis;
  }
  return nullptr;
}

std::string in_words(const Report& report) {
  std::string out(name_of(report.verdict));
  for (const Diagnosis& d : report.diagnoses)
    out += fmt::format("\n  {} {}", name_of(d.confidence.label), d.cause);
  for (const CollectNext& next : report.collect_next) out += "\n  collect " + next.command;
  return out;
}

// Whether the rule pack agrees that the cause cannot have the level, for this reason.
bool holds(std::string_view reason, const diagnosis::Cause& cause) {
  const auto& causes = RuleExamples::pack().causes().causes();
  int points = 0, undecided_points = 0;
  bool any_decisive = false, all_decisive = true, all_prove_another = true;
  for (const auto& item : cause.evidence) {
    if (item.weight <= 0) continue;
    points += item.weight;
    undecided_points += item.decisive ? 0 : item.weight;
    any_decisive = any_decisive || item.decisive;
    all_decisive = all_decisive && item.decisive;
    const bool proves_another = std::any_of(causes.begin(), causes.end(), [&](const auto& other) {
      return std::any_of(other.evidence.begin(), other.evidence.end(), [&](const auto& proof) {
        return proof.decisive && proof.weight > 0 && proof.rule == item.rule;
      });
    });
    all_prove_another = all_prove_another && proves_another;
  }
  if (reason == "no-proof") return points >= 3 && !any_decisive;
  if (reason == "only-open") return points > 0 && points < 3;
  if (reason == "no-sign") return points == 0;
  if (reason == "one-proof") return points > 0 && all_decisive;
  if (reason == "taken-back") return any_decisive && undecided_points == 1;
  if (reason == "proof-of-another") return points > 0 && all_prove_another;
  return reason == "self-said" && any_decisive;
}

class MatrixRow {
 public:
  MatrixRow(const diagnosis::Cause& cause, const YamlNode& row) : cause_(cause), row_(row) {}

  void check(std::string_view level, Confusion& confusion) const {
    const YamlNode* node = level_of(level);
    INFO(fmt::format("{}: {}", cause_.id, level));
    REQUIRE(node != nullptr);
    if (node->is_scalar()) {
      INFO(node->text);
      const YamlNode* reason = matrix().find("reasons")->find(node->text);
      CHECK(reason != nullptr);
      CHECK(holds(node->text, cause_));
      return;
    }
    const Given given = level == "missing" ? symptom_of(*node) : given_by(*node);
    const Report alone = analyze_given(given, Beside::nothing);
    const Report beside = analyze_given(given, Beside::healthy_traffic);
    INFO("alone: " << in_words(alone));
    INFO("beside healthy traffic: " << in_words(beside));
    if (level == "full") {
      check_full(alone);
      check_full(beside);
      confusion.add(cause_.id, first_of(alone));
      confusion.add(cause_.id, first_of(beside));
    } else if (level == "partial") {
      check_partial(alone);
      check_accuses_no_more(beside, alone);
      const bool named = find_cause(alone, cause_.id) != nullptr;
      confusion.add("(partly) " + cause_.id, named ? "(partly) " + cause_.id : first_of(alone));
    } else {
      check_missing(alone, node->text_of("collect"));
      check_accuses_no_more(beside, alone);
      const bool named = find_cause(alone, cause_.id) != nullptr;
      confusion.add("(not shown)", named ? cause_.id : "(not shown)");
    }
  }

 private:
  // "likely" and "possible" are the two kinds of partial evidence.
  const YamlNode* level_of(std::string_view level) const {
    if (level != "partial") return row_.find(level);
    for (const char* kind : {"likely", "possible", "partial"}) {
      if (const YamlNode* node = row_.find(kind)) return node;
    }
    return nullptr;
  }

  // A list of rules, or one line of a client's trace.
  static Given given_by(const YamlNode& node) {
    if (const YamlNode* line = node.find("trace")) return {{}, "", line->text + "\n"};
    return {rules_of(node), "", ""};
  }

  static Given symptom_of(const YamlNode& missing) {
    const YamlNode* symptom = matrix().find("symptoms")->find(missing.text_of("of"));
    REQUIRE(symptom != nullptr);
    Given given;
    if (const YamlNode* rules = symptom->find("rules")) given.rules = rules_of(*rules);
    given.code = symptom->text_of("code");
    given.text = symptom->text_of("text");
    if (given.text.empty()) given.text = "The dialog of the client says this.\n";
    return given;
  }

  void check_full(const Report& report) const {
    CHECK(report.verdict == Verdict::diagnosed);
    CHECK(first_of(report) == cause_.id);
    const Diagnosis* found = find_cause(report, cause_.id);
    CHECK(found != nullptr);
    if (found == nullptr) return;
    CHECK(found->confidence.label == ConfidenceLabel::confirmed);
    CHECK_FALSE(found->evidence.empty());
  }

  void check_partial(const Report& report) const {
    const Diagnosis* found = find_cause(report, cause_.id);
    CHECK(found != nullptr);
    if (found == nullptr) return;
    CHECK(found->confidence.label ==
          (row_.find("likely") != nullptr ? ConfidenceLabel::likely : ConfidenceLabel::possible));
    CHECK_FALSE(report.collect_next.empty());
  }

  // The healthy host may be the one that was meant, and then its log need not be asked for again;
  // but nothing that it shows makes a suspicion firmer.
  static void check_accuses_no_more(const Report& beside, const Report& alone) {
    CHECK(beside.verdict != Verdict::not_analysable);
    for (const Diagnosis& diagnosis : beside.diagnoses) {
      if (!is_firm(diagnosis)) continue;
      INFO(diagnosis.cause);
      const Diagnosis* before = find_cause(alone, diagnosis.cause);
      CHECK(before != nullptr);
      if (before != nullptr) CHECK(before->confidence.label <= diagnosis.confidence.label);
    }
  }

  void check_missing(const Report& report, std::string_view collect) const {
    CHECK(find_cause(report, cause_.id) == nullptr);
    CHECK(report.verdict != Verdict::diagnosed);
    CHECK(report.verdict != Verdict::no_failure_found);
    REQUIRE_FALSE(collect.empty());
    CHECK(std::any_of(
        report.collect_next.begin(), report.collect_next.end(),
        [&](const CollectNext& next) { return next.command.find(collect) != std::string::npos; }));
  }

  const diagnosis::Cause& cause_;
  const YamlNode& row_;
};
}  // namespace

TEST_CASE("Every cause has its row of evidence, and every row its cause") {
  const YamlNode& rows = *matrix().find("causes");
  std::set<std::string> causes;
  for (const diagnosis::Cause& cause : RuleExamples::pack().causes().causes()) {
    INFO(cause.id);
    CHECK(rows.find(cause.id) != nullptr);
    causes.insert(cause.id);
  }
  for (const auto& key : rows.keys) {
    INFO(key.text);
    CHECK(causes.count(key.text) == 1);
  }
}

TEST_CASE(
    "Every cause is proven, pointed at or left open as its evidence is full, partial or missing") {
  Confusion confusion;
  for (const diagnosis::Cause& cause : RuleExamples::pack().causes().causes()) {
    const YamlNode* row = matrix().find("causes")->find(cause.id);
    if (row == nullptr) continue;  // said by the test above
    const MatrixRow levels(cause, *row);
    for (const char* level : {"full", "partial", "missing"}) levels.check(level, confusion);
  }
  confusion.print("evidence matrix, each row alone and beside healthy traffic");
}
