#include "pipeline/test_causes.hpp"

#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;

namespace {
std::vector<std::string> failures_of(const std::string& cause_tests) {
  const std::string detections = test::detection("alpha", "AAA");
  const std::string causes =
      "cause: a.one\nformat: 1\ncategory: network\ntitle: {en: t}\nexplanation: {en: e}\n"
      "stage: nla\nevidence: [{rule: alpha, weight: 4, decisive: true, src: 'x P'}]\ntests:\n" +
      cause_tests;
  pipeline::SelectedRules selected;
  selected.files = {{"detections/all.yml", detections}, {"causes/one.yml", causes}};
  RuleTestResult result;
  pipeline::test_causes(selected, result);
  CHECK(result.tests == 1);
  std::vector<std::string> out;
  for (const Problem& problem : result.failures) {
    CHECK(problem.code == "P061");
    CHECK(problem.file == "causes/one.yml");
    out.push_back(problem.message);
  }
  return out;
}

const std::string kEvents =
    "  - events: [{logsource: {product: rdp, service: client-trace}, Message: 'AAA'}]\n";
}  // namespace

TEST_CASE("cause tests: what holds is silent") {
  CHECK(failures_of(kEvents + "    verdict: diagnosed\n    cause: a.one\n").empty());
  CHECK(failures_of("  - events: [{logsource: {product: rdp, service: client-trace}, Message: x}]\n"
                    "    verdict: not_analysable\n    not_causes: [a.one]\n")
            .empty());
}

TEST_CASE("cause tests: what does not hold is named, with the answer") {
  const auto verdict = failures_of(kEvents + "    verdict: inconclusive\n");
  REQUIRE(verdict.size() == 1);
  CHECK(verdict[0] == "test of the cause `a.one`: the verdict is not inconclusive");
  CHECK(failures_of(kEvents + "    cause: a.two\n").size() == 1);
  CHECK(failures_of(kEvents + "    not_causes: [a.one]\n").size() == 1);
}
