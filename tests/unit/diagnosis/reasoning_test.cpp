#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
// A cause with the lines that matter; the others are the same for all.
NamedText cause(std::string_view id, std::string_view stage, std::string_view body) {
  return {fmt::format("causes/{}.yml", id),
          fmt::format("cause: {}\nformat: 1\ncategory: network\ntitle: {{en: \"{} it is\"}}\n"
                      "explanation: {{en: \"x\"}}\nstage: {}\n{}",
                      id, id, stage, body)};
}

NamedText rules() {
  return {"detections/all.yml", detection("alpha", "AAA") + detection("beta", "BBB") +
                                    detection("gamma", "CCC") + detection("delta", "DDD")};
}

struct Row {
  const char* name;
  std::vector<NamedText> causes;
  const char* lines;
  const char* want;
};

RuleSet pack(const Row& row) {
  std::vector<pipeline::RulePackFile> files;
  const NamedText rule_file = rules();
  files.push_back({rule_file.path, rule_file.text, {}, pipeline::PackPart::rules});
  for (const NamedText& file : row.causes) {
    files.push_back({file.path, file.text, {}, pipeline::PackPart::causes});
  }
  auto impl = std::make_shared<const RuleSetImpl>(std::move(files));
  std::string problems;
  for (const Problem& problem : impl->problems()) problems += problem.text;
  CHECK(problems == "");
  return RuleSet(std::move(impl));
}
}  // namespace

TEST_CASE("reasoning: what makes a cause confirmed, likely or possible") {
  const NamedText decisive = cause(
      "a.one", "nla", "evidence:\n  - {rule: alpha, weight: 4, decisive: true, src: 'x P'}\n");
  const NamedText strong = cause("a.two", "nla", "evidence:\n  - {rule: beta, weight: 3}\n");
  const NamedText weak = cause("a.three", "nla", "evidence:\n  - {rule: gamma, weight: 1}\n");
  const Row rows[] = {
      {"decisive proof confirms", {decisive}, "AAA", "confirmed a.one"},
      {"the same line a hundred times proves no more",
       {weak},
       "CCC\nCCC\nCCC\nCCC",
       "possible a.three"},
      {"three points without a decisive fact are likely", {strong}, "BBB", "likely a.two"},
      {"one point is possible", {weak}, "CCC", "possible a.three"},
      {"nothing in favor: not named", {decisive, strong, weak}, "DDD", ""},
      {"a proven cause leaves out what only fits", {decisive, weak}, "AAA\nCCC", "confirmed a.one"},
      {"a strong contradiction denies the proof",
       {cause("a.one", "nla",
              "evidence:\n  - {rule: alpha, weight: 4, decisive: true, src: 'x P'}\n"
              "  - {rule: delta, weight: -3}\n")},
       "AAA\nDDD",
       "possible a.one"},
      {"a weak contradiction lowers the score only",
       {cause("a.one", "nla",
              "evidence:\n  - {rule: alpha, weight: 4, decisive: true, src: 'x P'}\n"
              "  - {rule: delta, weight: -2}\n")},
       "AAA\nDDD",
       "confirmed a.one"},
      {"a contradiction can take everything away",
       {cause("a.two", "nla",
              "evidence:\n  - {rule: beta, weight: 3}\n  - {rule: delta, weight: -4}\n")},
       "BBB\nDDD",
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(causes_of(analyze_lines(pack(row), {{"trace.log", row.lines}})) == row.want);
  }
}

TEST_CASE("reasoning: rivals, explaining away and order") {
  const std::string decisive =
      "evidence:\n  - {{rule: {}, weight: 4, decisive: true, src: 'x S'}}\n";
  const Row rows[] = {
      {"rivals within two points are both only likely",
       {cause("a.one", "nla", fmt::format(fmt::runtime(decisive), "alpha") + "rivals: [a.two]\n"),
        cause("a.two", "nla", fmt::format(fmt::runtime(decisive), "beta"))},
       "AAA\nBBB",
       "likely a.one, likely a.two"},
      {"a rival two points behind does not hold back",
       {cause("a.one", "nla", fmt::format(fmt::runtime(decisive), "alpha") + "rivals: [a.two]\n"),
        cause("a.two", "nla", "evidence:\n  - {rule: beta, weight: 2}\n")},
       "AAA\nBBB",
       "confirmed a.one"},
      {"a rival that stands on a consequence does not count",
       {cause("a.one", "nla",
              fmt::format(fmt::runtime(decisive), "alpha") + "rivals: [a.two]\nexplains: [beta]\n"),
        cause("a.two", "nla", "evidence:\n  - {rule: beta, weight: 4}\n")},
       "AAA\nBBB",
       "confirmed a.one"},
      {"what a proven cause explains speaks for no other",
       {cause("a.one", "nla", fmt::format(fmt::runtime(decisive), "alpha") + "explains: [beta]\n"),
        cause("a.two", "nla", "evidence:\n  - {rule: beta, weight: 3}\n")},
       "AAA\nBBB",
       "confirmed a.one"},
      {"explaining goes down a chain",
       {cause("a.one", "nla", fmt::format(fmt::runtime(decisive), "alpha") + "explains: [beta]\n"),
        cause("a.two", "nla", fmt::format(fmt::runtime(decisive), "beta") + "explains: [gamma]\n"),
        cause("a.three", "nla", "evidence:\n  - {rule: gamma, weight: 3}\n")},
       "AAA\nBBB\nCCC",
       "confirmed a.one, likely a.three"},
      {"proof of its own survives an explanation of the rest",
       {cause("a.one", "nla", fmt::format(fmt::runtime(decisive), "alpha") + "explains: [beta]\n"),
        cause("a.two", "nla",
              fmt::format(fmt::runtime(decisive), "gamma") + "  - {rule: beta, weight: 1}\n")},
       "AAA\nBBB\nCCC",
       "confirmed a.one, confirmed a.two"},
      {"a likely cause explains as well",
       {cause("a.one", "nla", "evidence:\n  - {rule: alpha, weight: 3}\nexplains: [beta]\n"),
        cause("a.two", "nla", "evidence:\n  - {rule: beta, weight: 3}\n")},
       "AAA\nBBB",
       "likely a.one"},
      {"a merely possible cause explains nothing",
       {cause("a.one", "nla", "evidence:\n  - {rule: alpha, weight: 1}\nexplains: [beta]\n"),
        cause("a.two", "nla", "evidence:\n  - {rule: beta, weight: 1}\n")},
       "AAA\nBBB",
       "possible a.one, possible a.two"},
      {"the deepest of several proven causes comes first",
       {cause("a.early", "name", fmt::format(fmt::runtime(decisive), "alpha")),
        cause("a.late", "licensing", fmt::format(fmt::runtime(decisive), "beta"))},
       "AAA\nBBB",
       "confirmed a.late, confirmed a.early"},
      {"likely causes are in order of their points",
       {cause("a.late", "licensing", "evidence:\n  - {rule: alpha, weight: 3}\n"),
        cause("a.early", "name", "evidence:\n  - {rule: beta, weight: 4}\n")},
       "AAA\nBBB",
       "likely a.early, likely a.late"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(causes_of(analyze_lines(pack(row), {{"trace.log", row.lines}})) == row.want);
  }
}

TEST_CASE("reasoning: attempts do not lend each other proof") {
  const Row row = {
      "",
      {cause("a.one", "nla",
             "evidence:\n  - {rule: alpha, weight: 2}\n  - {rule: beta, weight: 2}\n")},
      "",
      ""};
  const RuleSet rules = pack(row);
  CHECK(causes_of(analyze_lines(rules, {{"a.log", "AAA\nBBB"}})) == "likely a.one");
  CHECK(causes_of(analyze_lines(rules, {{"a.log", "AAA"}, {"b.log", "BBB"}})) == "possible a.one");
}

TEST_CASE("reasoning: the same proof in three attempts adds a point") {
  const Row row = {
      "", {cause("a.one", "nla", "evidence:\n  - {rule: alpha, weight: 2}\n")}, "", ""};
  const RuleSet rules = pack(row);
  CHECK(causes_of(analyze_lines(rules, {{"a.log", "AAA 1"}, {"b.log", "AAA 2"}})) ==
        "possible a.one");
  CHECK(causes_of(
            analyze_lines(rules, {{"a.log", "AAA 1"}, {"b.log", "AAA 2"}, {"c.log", "AAA 3"}})) ==
        "likely a.one");
}
