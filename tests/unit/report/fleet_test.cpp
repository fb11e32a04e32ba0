// Many cases put together: what is counted, what wins, and what readers of the formats take.
#include "rdptriage/fleet.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/fleet_counts.hpp"
#include "support/catch.hpp"
#include "support/kitchen_sink.hpp"

using namespace rdptriage;
using nlohmann::json;

namespace {

std::string written(const Fleet& fleet, std::string_view format) {
  std::ostringstream out;
  REQUIRE(fleet.write(format, out));
  return out.str();
}

CaseSummary one(const std::string& input, const std::string& rules_version = "2026.11") {
  CaseSummary summary = summarize(test::kitchen_sink_report("x"), input, std::string(64, 'e'));
  summary.rules_version = rules_version;
  return summary;
}

}  // namespace

TEST_CASE("fleet: a case line read back is the same line") {
  for (const char* text : {"x", "</script>\x1b[31m\xFF", ""}) {
    const CaseSummary summary =
        summarize(test::kitchen_sink_report(text), "tickets/INC 1.zip", std::string(64, 'e'));
    const std::string line = write_case_line(summary);
    CHECK(line.find('\n') == std::string::npos);
    const auto back = parse_case_line(line);
    REQUIRE(back);
    CHECK(write_case_line(*back) == line);
  }
  const auto failed = parse_case_line(
      write_case_line(failed_case({"INPUT_NOT_FOUND", "there is no file", "x", ""}, "a", "")));
  REQUIRE(failed);
  CHECK(failed->error_code == "INPUT_NOT_FOUND");
  CHECK(failed->status == "failed");
}

TEST_CASE("fleet: what is no case line is refused") {
  for (const char* line :
       {"", "{}", "[]", "null", "{\"kind\":\"rdptriage.report\",\"schema_version\":\"1.0\"}",
        "{\"kind\":\"rdptriage.case\",\"schema_version\":\"2.0\",\"input\":\"x\"}",
        "{\"kind\":\"rdptriage.case\",\"schema_version\":\"1.0\"}",
        "{\"kind\":\"rdptriage.case\",\"schema_version\":\"1.0\",\"input\":7}"}) {
    INFO(line);
    CHECK_FALSE(parse_case_line(line));
  }
  // Members of other types are as if they were absent; later minor versions may add some.
  CHECK(parse_case_line(R"({"kind":"rdptriage.case","schema_version":"1.9","input":"x",)"
                        R"("causes":[7,{"cause":1}],"gateways":{},"fix":[],"news":1})"));
}

TEST_CASE("fleet: of two lines about one input the newer rules stay, whatever the order") {
  const std::string old_line = write_case_line(one("a", "2026.10")),
                    new_line = write_case_line(one("a", "2026.11")),
                    other = write_case_line(one("b"));
  Fleet forwards, backwards;
  for (const std::string& line : {old_line, new_line, other, old_line}) REQUIRE(forwards.add(line));
  for (const std::string& line : {other, new_line, old_line}) REQUIRE(backwards.add(line));
  CHECK(forwards.size() == 2);
  CHECK(written(forwards, "jsonl") == new_line + "\n" + other + "\n");
  for (const FormatInfo& format : Fleet::formats())
    CHECK(written(forwards, format.name) == written(backwards, format.name));
  std::ostringstream out;
  CHECK_FALSE(forwards.write("yaml", out));
}

TEST_CASE("fleet: SARIF is cut into runs that GitHub takes") {
  Fleet fleet;
  const std::string line = write_case_line(one("INPUT"));
  const auto at = line.find("INPUT");
  for (int i = 0; i < 25'001; ++i) {
    std::string next = line;
    next.replace(at, 5, "case-" + std::to_string(i));
    REQUIRE(fleet.add(next));
  }
  const json log = json::parse(written(fleet, "sarif"));
  REQUIRE(log["runs"].size() == 2);
  CHECK(log["runs"][0]["results"].size() == 25'000);
  CHECK(log["runs"][1]["results"].size() == 1);
  CHECK(log["runs"][0]["automationDetails"]["id"] != log["runs"][1]["automationDetails"]["id"]);
}

TEST_CASE("fleet: ISO weeks at the turn of years") {
  struct Row {
    const char* time;
    const char* week;
  };
  constexpr Row kRows[] = {{"2026-11-20T08:00:00Z", "2026-W47"},
                           {"2026-01-01T00:00:00Z", "2026-W01"},
                           {"2027-01-01T00:00:00Z", "2026-W53"},
                           {"2024-12-30T00:00:00Z", "2025-W01"},
                           {"2021-01-03T23:59:59Z", "2020-W53"},
                           {"2021-01-04T00:00:00Z", "2021-W01"},
                           {"1601-01-01T00:00:00Z", "1601-W01"},
                           {"", ""},
                           {"yesterday", ""}};
  for (const Row& row : kRows) {
    INFO(row.time);
    CHECK(report::iso_week(row.time) == row.week);
  }
}
