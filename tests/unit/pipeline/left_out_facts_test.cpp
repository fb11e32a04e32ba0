// `supersedes`, `since` and `until`: which matches do not speak.
#include <algorithm>

#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
std::string findings_of(const Report& report) {
  std::vector<std::string> rules;
  for (const Finding& finding : report.findings)
    rules.push_back(finding.rule + "*" + std::to_string(finding.count));
  std::sort(rules.begin(), rules.end());
  std::string out;
  for (const std::string& rule : rules) out += (out.empty() ? "" : " ") + rule;
  return out;
}

bool has_line(const Report& report, const std::string& part) {
  return std::any_of(report.derivation.begin(), report.derivation.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

std::string correlation(const std::string& name, const std::string& rules,
                        const std::string& triage) {
  return "title: " + name + "\nname: " + name +
         "\nlevel: high\ncorrelation: {type: temporal, rules: [" + rules +
         "], timespan: 1m, generate: true}\nrdptriage: {format: 1, " + triage + "}\n---\n";
}
}  // namespace

TEST_CASE("supersedes: the match that says less is no finding, where both match the same event") {
  struct Row {
    const char *name, *lines, *want, *supersedes;
  };
  for (const Row& c : {
           Row{"both in one line", "AAA BBB", "beta*1", "[alpha]"},
           Row{"each in a line of its own", "AAA\nBBB", "alpha*1 beta*1", "[alpha]"},
           Row{"only where both match", "AAA BBB\nAAA", "alpha*1 beta*1", "[alpha]"},
           Row{"a single name", "AAA BBB", "beta*1", "alpha"},
           Row{"names without case", "AAA BBB", "beta*1", "ALPHA"},
           Row{"several", "AAA BBB CCC", "beta*1", "[alpha, gamma]"},
           Row{"a rule that is not there", "AAA BBB", "alpha*1 beta*1", "[nobody]"},
           Row{"a chain leaves the last", "AAA BBB DDD", "delta*1", "[alpha]"},
       }) {
    INFO(c.name);
    const RuleSet rules = pack_of(
        {{"detections/all.yml",
          detection("alpha", "AAA") +
              detection("beta", "BBB", std::string("supersedes: ") + c.supersedes) +
              detection("gamma", "CCC") + detection("delta", "DDD", "supersedes: [beta]")}});
    for (const Problem& problem : rules.impl().problems()) FAIL_CHECK(problem.text);
    CHECK(findings_of(analyze_lines(rules, {{"a.log", c.lines}})) == c.want);
  }
}

TEST_CASE("supersedes: what stands back speaks for no cause, and --why says so") {
  const std::string cause =
      "cause: area.one\nformat: 1\ncategory: network\ntitle: {en: One}\nexplanation: {en: It "
      "is.}\nstage: name\nevidence:\n  - {rule: alpha, weight: 4, decisive: true, src: 'x P'}\n"
      "remedy:\n  - {actor: host admin, risk: reversible, text: {en: Do it}}\n";
  const RuleSet rules =
      pack_of({{"detections/all.yml",
                detection("alpha", "AAA") + detection("beta", "BBB", "supersedes: [alpha]")},
               {"causes/area/one.yml", cause}});
  CHECK(causes_of(analyze_lines(rules, {{"a.log", "AAA"}})) == "confirmed area.one");
  const Report report = analyze_lines(rules, {{"a.log", "AAA BBB"}});
  CHECK(causes_of(report).empty());
  CHECK(has_line(report, "left out: 1 match of alpha, about which beta says more"));
}

TEST_CASE("supersedes: a correlation says more than the rules it is made of, which it still sees") {
  const RuleSet rules =
      pack_of({{"detections/all.yml",
                detection("alpha", "AAA") + detection("beta", "BBB") +
                    correlation("both", "alpha, beta", "supersedes: [alpha, beta]")}});
  for (const Problem& problem : rules.impl().problems()) FAIL_CHECK(problem.text);
  CHECK(findings_of(analyze_lines(rules, {{"a.log", "AAA\nBBB"}})) == "both*1");
  CHECK(findings_of(analyze_lines(rules, {{"a.log", "AAA"}})) == "alpha*1");
}

TEST_CASE("since and until: a rule does not hold on a machine of another build") {
  struct Row {
    const char *name, *range, *version, *want;
  };
  for (const Row& c : {
           Row{"inside", "since: 22000", "10.0.22631 N/A Build 22631", "alpha*1 machine*1"},
           Row{"too old", "since: 26100", "10.0.22631 N/A Build 22631", "machine*1"},
           Row{"too new", "until: 19045", "10.0.22631 N/A Build 22631", "machine*1"},
           Row{"the last one", "until: 22631", "10.0.22631.4890", "alpha*1 machine*1"},
           Row{"unknown", "since: 26100", "Windows", "alpha*1 machine*1"},
       }) {
    INFO(c.name);
    const RuleSet rules =
        pack_of({{"detections/all.yml",
                  detection("alpha", "AAA", std::string("host: {from: Host}\n") + c.range) +
                      detection("machine", "OS", "host: {from: Host, build: Os}")}});
    for (const Problem& problem : rules.impl().problems()) FAIL_CHECK(problem.text);
    const std::string head = R"({"logsource": {"product": "rdp", "service": "client-trace"}, )";
    const std::string events = head + R"("Message": "AAA", "Host": "rds01"})" + "\n" + head +
                               R"("Message": "OS", "Host": "rds01", "Os": ")" + c.version + "\"}\n";
    Case input;
    REQUIRE(input.add_bytes("a.log", std::as_bytes(std::span(events))));
    const Report report = analyze(input, rules);
    CHECK(findings_of(report) == c.want);
    const bool dropped = std::string(c.want) == "machine*1";
    CHECK(has_line(report, "left out: 1 match of alpha") == dropped);
  }
}
