// Before and after: what a comparison concludes.
#include "rdptriage/compare.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/catch.hpp"
#include "support/kitchen_sink.hpp"

using namespace rdptriage;

namespace {

Report failing(const char* cause, const char* stage) {
  Report report = test::kitchen_sink_report("x");
  report.headline = std::string("stopped at ") + stage;
  report.diagnoses.resize(1);
  report.diagnoses.front().cause = cause;
  Attempt& attempt = report.attempts.front();
  attempt.stopped_at = stage;
  attempt.stages.clear();
  for (const char* name : {"gateway-http", "gateway-policy", "nla", "session"})
    attempt.stages.push_back({name, StageState::unknown, {}});
  return report;
}

Report fine() {
  Report report;
  report.verdict = Verdict::no_failure_found;
  return report;
}

}  // namespace

TEST_CASE("diff: what the two reports say together") {
  struct Row {
    const char* name;
    Report before, after;
    Change change;
  };
  const std::vector<Row> rows = {
      {"fixed", failing("nla.password", "nla"), fine(), Change::fixed},
      {"worse than good", fine(), failing("nla.password", "nla"), Change::worse},
      {"further", failing("gateway-http.502", "gateway-http"), failing("nla.password", "nla"),
       Change::further},
      {"earlier", failing("nla.password", "nla"), failing("gateway-http.502", "gateway-http"),
       Change::worse},
      {"the same", failing("nla.password", "nla"), failing("nla.password", "nla"),
       Change::unchanged},
      {"another cause at the same stage", failing("nla.password", "nla"),
       failing("nla.clock-skew", "nla"), Change::different},
      {"fine twice", fine(), fine(), Change::still_fine},
      {"nothing read", failing("nla.password", "nla"), Report{}, Change::not_compared},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Comparison comparison = compare_reports(row.before, row.after);
    CHECK(comparison.change == row.change);
    CHECK_FALSE(comparison.headline.empty());
  }
}

TEST_CASE("diff: causes and findings that are gone, stay and are new") {
  Report before = failing("gateway-http.502", "gateway-http");
  Report after = failing("nla.password", "nla");
  after.findings.erase(after.findings.begin());
  const Comparison comparison = compare_reports(before, after);
  REQUIRE(comparison.gone.size() == 1);
  CHECK(comparison.gone.front().cause == "gateway-http.502");
  REQUIRE(comparison.added.size() == 1);
  CHECK(comparison.added.front().after == "confirmed");
  CHECK(comparison.findings_gone.size() == 1);
  std::ostringstream out;
  REQUIRE(write_comparison(comparison, "json", out));
  const auto json = nlohmann::json::parse(out.str());
  CHECK(json["kind"] == "rdptriage.diff");
  CHECK(json["change"] == "further");
  CHECK(json["causes"]["gone"][0]["cause"] == "gateway-http.502");
}

TEST_CASE("diff: log text stays inert in every format") {
  const Report report = test::kitchen_sink_report();
  for (const char* format : {"text", "markdown", "json"}) {
    INFO(format);
    std::ostringstream out;
    REQUIRE(write_comparison(compare_reports(Report{}, report), format, out));
    CHECK(out.str().find('\x1b') == std::string::npos);
    if (std::string(format) == "markdown") CHECK(out.str().find("<img") == std::string::npos);
  }
  std::ostringstream out;
  CHECK_FALSE(write_comparison(Comparison{}, "html", out));
}
