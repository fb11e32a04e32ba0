#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
constexpr const char* kHead =
    "format: 1\ncategory: network\ntitle: {en: t}\nexplanation: {en: e}\nstage: nla\n";

std::vector<std::string> commands(const Report& report) {
  std::vector<std::string> out;
  for (const CollectNext& next : report.collect_next) out.push_back(next.command);
  return out;
}
}  // namespace

TEST_CASE("collect next: what settles most of the open causes comes first") {
  const std::string one =
      std::string("cause: a.one\n") + kHead +
      "evidence: [{rule: alpha, weight: 2}]\n"
      "needs: [{source: windows/system}]\n"
      "collect_next:\n"
      "  - {gain: 2, host: gateway, run: shared, why: {en: w}}\n"
      "  - {gain: 3, run: own, why: {en: w}}\n"
      "  - {gain: 4, run: present already, why: {en: w}, reads: client-trace}\n";
  const std::string two = std::string("cause: a.two\n") + kHead +
                          "evidence: [{rule: alpha, weight: 1}]\n"
                          "collect_next: [{gain: 2, run: shared, why: {en: w}}]\n";
  const RuleSet rules =
      pack_of({{"detections/all.yml", detection("alpha", "AAA")},
               {"causes/one.yml", one},
               {"causes/two.yml", two},
               {"causes/_collect.yml",
                "collect:\n"
                "  - {when_missing: windows/security, gain: 4, run: general, why: {en: w}}\n"
                "  - {when_missing: client-trace, gain: 4, run: not wanted, why: {en: w}}\n"}});
  const Report report = analyze_lines(rules, {{"trace.log", "AAA"}});
  CHECK(commands(report) == std::vector<std::string>{"shared", "own", "general"});
  CHECK(report.collect_next.front().would_confirm == std::vector<std::string>{"a.one", "a.two"});
  CHECK(report.collect_next.front().role == "gateway");
  REQUIRE(!report.coverage.empty());
  CHECK(report.coverage.back().source == "windows/system");
  CHECK(report.coverage.back().state == CoverageState::not_supplied);
}
