#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
std::string cause_with(std::string_view change_from, std::string_view change_to) {
  std::string text =
      "cause: area.good\n"
      "format: 1\n"
      "category: network\n"
      "title: {en: Good}\n"
      "explanation: {en: Because}\n"
      "stage: host-tcp\n"
      "evidence:\n"
      "  - {rule: alpha, weight: 4, decisive: true, src: 'facts 1 S', when: same_host, window: "
      "30m}\n"
      "explains: [beta]\n"
      "needs: [{source: network_state}]\n"
      "collect_next: [{gain: 2, run: netstat -ano, why: {en: w}}]\n"
      "remedy: [{actor: admin, risk: reversible, text: {en: r}}]\n"
      "verify: [{en: v}]\n";
  if (const auto at = text.find(change_from); !change_from.empty() && at != std::string::npos) {
    text.replace(at, change_from.size(), change_to);
  }
  return text;
}

std::vector<Problem> problems_of(const std::string& cause) {
  return pack_of({{"detections/all.yml", detection("alpha", "AAA") + detection("beta", "BBB")},
                  {"causes/area/good.yml", cause}})
      .impl()
      .problems();
}
}  // namespace

TEST_CASE("cause files: a good one has no problems") {
  CHECK(problems_of(cause_with("", "")).empty());
}

TEST_CASE("cause files: every mistake has a code, its place and help") {
  struct Row {
    const char* from;
    const char* to;
    const char* code;
    unsigned line;
    const char* help;
  };
  const Row rows[] = {
      {"stage:", "stagee:", "P201", 6, "did you mean `stage`?"},
      {"category: network", "category: networking", "P203", 3, "one of: "},
      {"stage: host-tcp", "stage: tcp", "P203", 6, "one of: "},
      {"rule: alpha", "rule: alhpa", "P204", 8, "did you mean `alpha`?"},
      {"[beta]", "[betta]", "P204", 9, "did you mean `beta`?"},
      {"weight: 4", "weight: 5", "P203", 8, ""},
      {"facts 1 S", "facts 1 W", "P205", 8, "grade"},
      {"when: same_host", "when: same_hots", "P203", 8, "one of: "},
      {"30m", "half an hour", "P203", 8, ""},
      {"gain: 2", "gain: 9", "P203", 11, ""},
      {"risk: reversible", "risk: small", "P203", 12, "one of: "},
      {"{en: Good}", "{de: Gut}", "P202", 4, "en"},
      {"format: 1", "format: 2", "P203", 2, ""},
      {"verify:", "rivals: [area.bad]\nverify:", "P208", 13, ""},
      {"evidence:\n", "evidence: none\nverify2:\n", "P203", 7, ""},
  };
  for (const Row& row : rows) {
    INFO(row.from << " -> " << row.to);
    const auto problems = problems_of(cause_with(row.from, row.to));
    const auto at = std::find_if(problems.begin(), problems.end(),
                                 [&](const Problem& problem) { return problem.code == row.code; });
    REQUIRE(at != problems.end());
    CHECK(at->line == row.line);
    CHECK(at->help.find(row.help) != std::string::npos);
    CHECK(at->text.find("causes/area/good.yml") != std::string::npos);
  }
}

TEST_CASE("cause files: explaining in a circle is a problem") {
  const auto cause = [](const char* id, const char* rule, const char* explains) {
    return std::string("cause: ") + id +
           "\nformat: 1\ncategory: network\ntitle: {en: t}\nexplanation: {en: e}\nstage: nla\n"
           "evidence: [{rule: " +
           rule + ", weight: 4, decisive: true, src: 'x P'}]\nexplains: [" + explains + "]\n";
  };
  const auto problems =
      pack_of({{"detections/all.yml", detection("alpha", "AAA") + detection("beta", "BBB")},
               {"causes/one.yml", cause("a.one", "alpha", "beta")},
               {"causes/two.yml", cause("a.two", "beta", "alpha")}})
          .impl()
          .problems();
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().code == "P206");
  CHECK(problems.front().message.find("a.one, a.two") != std::string::npos);
}

TEST_CASE("cause files: the same cause twice is a problem") {
  const auto problems =
      pack_of({{"detections/all.yml", detection("alpha", "AAA") + detection("beta", "BBB")},
               {"causes/a.yml", cause_with("", "")},
               {"causes/b.yml", cause_with("", "")}})
          .impl()
          .problems();
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().code == "P207");
}
