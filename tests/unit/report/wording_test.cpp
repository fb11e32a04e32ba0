// The sentence that a card begins with, where no cause does.
#include "report/wording.hpp"

#include "support/catch.hpp"

using namespace rdptriage;

namespace {
Finding failed_finding(std::vector<std::string> attempts) {
  Finding finding;
  finding.stage_state = StageState::failed;
  finding.attempts = std::move(attempts);
  return finding;
}

Attempt attempt_that(AttemptOutcome outcome) {
  Attempt attempt;
  attempt.outcome = outcome;
  return attempt;
}
}  // namespace

TEST_CASE("headline: a fault, an attempt that failed and one that did not are three things") {
  struct Row {
    std::vector<Attempt> attempts;
    std::vector<Finding> findings;
    std::string_view says;
  };
  const Attempt good = attempt_that(AttemptOutcome::succeeded);
  const Attempt bad = attempt_that(AttemptOutcome::failed);
  const Row rows[] = {
      {{}, {}, "Nothing in these files shows why"},
      {{}, {failed_finding({})}, "These files show a fault, but no attempt"},
      {{good}, {failed_finding({})}, "Every connection in these files succeeded; something else"},
      {{good}, {failed_finding({"a1"})}, "Nothing in these files shows why"},
      {{bad}, {failed_finding({"a1"})}, "The connection failed; these files do not prove why"},
      {{good, bad}, {}, "The connection failed; these files do not prove why"},
  };
  for (const Row& row : rows) {
    Report report;
    report.verdict = Verdict::inconclusive;
    report.attempts = row.attempts;
    report.findings = row.findings;
    CHECK_THAT(report::headline(report), Catch::Matchers::StartsWith(std::string(row.says)));
  }
}
