#include "rdptriage/names.hpp"
#include "support/catch.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
RuleSet stages_pack() {
  return pack_of({{"detections/all.yml",
                   detection("tried", "TRY", "stage: name") +
                       detection("tcp_ok", "TCPOK", "stage: host-tcp\nstate: passed") +
                       detection("nla_bad", "NLABAD", "stage: nla\nstate: failed") +
                       detection("connected", "ACTIVE", "stage: session\nstate: passed")}});
}

std::string verdict_of(const Report& report) { return std::string(name_of(report.verdict)); }

std::string path_of(const Report& report) {
  std::string out;
  for (const StageResult& stage : report.attempts.at(0).stages) {
    const char sign = stage.state == StageState::passed    ? '+'
                      : stage.state == StageState::failed  ? '!'
                      : stage.state == StageState::unknown ? '?'
                                                           : '-';
    out += sign + stage.stage + " ";
  }
  return out;
}
}  // namespace

TEST_CASE("verdict without a cause follows what the stages say") {
  const RuleSet rules = stages_pack();
  struct Row {
    const char* lines;
    const char* want;
  };
  const Row rows[] = {
      {"nothing known", "not_analysable"},
      {"TRY", "inconclusive"},         // something was tried, nothing proves success
      {"TRY\nTCPOK", "inconclusive"},  // it got somewhere, not to the end
      {"TRY\nTCPOK\nNLABAD", "inconclusive"},
      {"TRY\nACTIVE", "no_failure_found"},
      {"TRY\nACTIVE\nNLABAD", "inconclusive"},  // a failure that nothing explains
  };
  for (const Row& row : rows) {
    INFO(row.lines);
    CHECK(verdict_of(analyze_lines(rules, {{"trace.log", row.lines}})) == row.want);
  }
}

TEST_CASE("a reported code is a failure even where the files show none") {
  CaseOptions options;
  options.code = "0x904/0x7";
  const Report report = analyze_lines(stages_pack(), {{"trace.log", "TRY\nACTIVE"}}, options);
  CHECK(verdict_of(report) == "inconclusive");
  options.code = "nonsense";
  const Report refused = analyze_lines(stages_pack(), {{"trace.log", "TRY\nACTIVE"}}, options);
  CHECK(verdict_of(refused) == "no_failure_found");
  REQUIRE(refused.notices.size() == 1);
  CHECK(refused.notices.front().code == "CODE_NOT_UNDERSTOOD");
}

TEST_CASE("stages: before the one that broke all passed, behind it nothing was reached") {
  const RuleSet rules = stages_pack();
  CHECK(path_of(analyze_lines(rules, {{"trace.log", "TRY\nNLABAD"}})) ==
        "+name +host-tcp +negotiation +host-tls !nla -licensing -session ");
  CHECK(path_of(analyze_lines(rules, {{"trace.log", "TRY\nTCPOK"}})) ==
        "+name +host-tcp ?negotiation ?host-tls ?nla ?licensing ?session ");
  CHECK(path_of(analyze_lines(rules, {{"trace.log", "ACTIVE"}})) ==
        "+name +host-tcp +negotiation +host-tls +nla +licensing +session ");
}
