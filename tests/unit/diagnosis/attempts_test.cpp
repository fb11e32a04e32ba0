#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
RuleSet marks_pack() {
  return pack_of(
      {{"detections/all.yml", detection("opens", "OPEN", "stage: name\nattempt: start") +
                                  detection("closes", "CLOSE", "stage: session\nattempt: end") +
                                  detection("bad", "BAD", "stage: nla\nstate: failed") +
                                  detection("good", "GOOD", "stage: session\nstate: passed")}});
}

std::string outcomes(const Report& report) {
  std::string out;
  for (const Attempt& attempt : report.attempts) {
    out += attempt.id + (attempt.outcome == AttemptOutcome::failed      ? " failed; "
                         : attempt.outcome == AttemptOutcome::succeeded ? " succeeded; "
                                                                        : " unknown; ");
  }
  return out;
}
}  // namespace

TEST_CASE("attempts: a trace is one unless its marks open another") {
  const RuleSet rules = marks_pack();
  struct Row {
    const char* lines;
    const char* want;
  };
  const Row rows[] = {
      {"OPEN\nGOOD", "a1 succeeded; "},
      {"BAD\nGOOD", "a1 succeeded; "},  // what failed was tried again
      {"GOOD\nBAD", "a1 failed; "},
      {"BAD\nBAD", "a1 failed; "},
      {"OPEN\nBAD\nOPEN\nGOOD", "a1 failed; a2 succeeded; "},
      {"BAD\nOPEN\nGOOD", "a1 succeeded; "},  // lines in front of the first start belong to it
      {"BAD\nCLOSE\nOPEN\nGOOD", "a1 failed; a2 succeeded; "},
  };
  for (const Row& row : rows) {
    INFO(row.lines);
    const Report report = analyze_lines(rules, {{"trace.log", row.lines}});
    CHECK(outcomes(report) == row.want);
  }
}

TEST_CASE("attempts: every trace is its own") {
  const Report report =
      analyze_lines(marks_pack(), {{"a.log", "OPEN\nBAD"}, {"b.log", "OPEN\nGOOD"}});
  CHECK(outcomes(report) == "a1 failed; a2 succeeded; ");
}
