// Every output format over a report that attacks whatever shows it.
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "rdptriage/analyze.hpp"
#include "report/ticket_body.hpp"
#include "support/catch.hpp"
#include "support/kitchen_sink.hpp"

using namespace rdptriage;

namespace {
std::string written(std::string_view format, const Report& report) {
  std::ostringstream out;
  REQUIRE(write_report(report, format, out));
  return out.str();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Report without_cause() {
  Report report = test::kitchen_sink_report();
  report.diagnoses.clear();
  report.verdict = Verdict::inconclusive;
  report.headline.clear();
  return report;
}
}  // namespace

TEST_CASE("output formats: nothing from a log can act") {
  for (const FormatInfo& format : report_formats()) {
    INFO(format.name);
    const std::string text = written(format.name, test::kitchen_sink_report());
    CHECK(contains(text, "gateway-policy.cap"));
    CHECK_FALSE(contains(text, "\x1b"));
    // JSON carries the characters themselves: its readers need the value, not a picture of it.
    if (format.extension.substr(0, 4) != "json") CHECK_FALSE(contains(text, "\xE2\x80\xAE"));
    CHECK_FALSE(contains(text, "\xFF"));
    const Report empty;
    CHECK_FALSE((written(format.name, empty).empty() && format.name != "github"));
  }
}

TEST_CASE("html: attack text stays text and no link is active") {
  const std::string page = written("html", test::kitchen_sink_report());
  CHECK_FALSE(contains(page, "<img"));
  CHECK_FALSE(contains(page, "href=\"javascript"));
  CHECK(contains(page, "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
  CHECK(contains(page, "default-src 'none'; style-src 'sha256-"));
  CHECK(contains(page, "<svg data-zoom"));
}

TEST_CASE("junit: well-formed, one failure a proven cause, honest when nothing is proven") {
  pugi::xml_document document;
  const std::string text = written("junit", test::kitchen_sink_report());
  REQUIRE(document.load_string(text.c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("failures").as_int() == 1);
  CHECK(std::string(suite.child("testcase").attribute("name").value()) ==
        "gateway-policy.cap-denied");

  const std::string unproven = written("junit", without_cause());
  REQUIRE(document.load_string(unproven.c_str()));
  CHECK(std::string(document.select_node("//failure").node().attribute("type").value()) ==
        "inconclusive");

  Report fine;
  fine.verdict = Verdict::no_failure_found;
  REQUIRE(document.load_string(written("junit", fine).c_str()));
  CHECK(document.select_nodes("//failure").empty());
  CHECK(document.select_nodes("//testcase").size() == 1);
}

TEST_CASE("github: log text never starts a command of its own") {
  std::istringstream text(written("github", test::kitchen_sink_report()));
  std::size_t commands = 0;
  for (std::string line; std::getline(text, line);) commands += line.rfind("::", 0) == 0;
  CHECK(commands == 2);
}

TEST_CASE("sarif: results point into artifacts, nested files name their bundle") {
  const auto log = nlohmann::json::parse(written("sarif", test::kitchen_sink_report()));
  const auto& run = log["runs"][0];
  CHECK(log["version"] == "2.1.0");
  CHECK(run["artifacts"][1]["parentIndex"] == 0);
  CHECK(run["results"][0]["level"] == "error");
  CHECK(run["results"][0]["locations"][0]["physicalLocation"]["region"]["byteOffset"] == 135168);
  CHECK(run["results"][0]["locations"][1]["physicalLocation"]["region"]["startLine"] == 17);
  CHECK(run["results"][1]["level"] == "note");
  CHECK_FALSE(contains(log.dump(), "\x1b"));
}

TEST_CASE("markdown: a fence is longer than any run of backticks in the text") {
  const std::string text = written("markdown", test::kitchen_sink_report());
  CHECK(contains(text, "````"));
  CHECK_FALSE(contains(text, "@all "));
}

TEST_CASE("every format for people says that it worked since and whose clock is off") {
  Report report = test::kitchen_sink_report();
  Host host;
  host.id = "h77";
  host.name = "PC-77";
  host.clock_offset_ms = -38 * 60'000;
  report.hosts.push_back(host);
  Attempt failed, succeeded;
  failed.id = "a77";
  failed.client = succeeded.client = host.id;
  failed.outcome = AttemptOutcome::failed;
  succeeded.outcome = AttemptOutcome::succeeded;
  failed.start = Timestamp{134'100'000'000'000'000};
  succeeded.start = Timestamp{failed.start->ticks + 600'000'000};
  report.attempts = {failed, succeeded};
  std::vector<std::string> texts = {
      report::ticket_body(report, report::Markup::plain, 30'000, TicketLimit::Count::bytes)};
  for (const std::string_view format : {"text", "markdown", "html"})
    texts.push_back(written(format, report));
  for (const std::string& text : texts) {
    INFO(text);
    CHECK(contains(text, "a later attempt of the same client succeeded"));
    CHECK(contains(text, "the clock of PC-77 is taken to be 38 min slow"));
  }
}

TEST_CASE("text: the card fits a terminal, and says so when nothing is proven") {
  for (const Report& report : {test::kitchen_sink_report("x"), without_cause(), Report{}}) {
    std::istringstream card(written("text", report));
    std::size_t lines = 0;
    for (std::string line; std::getline(card, line);) {
      ++lines;
      std::size_t width = 0;
      for (const char c : line) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      INFO(line);
      CHECK(width <= 80);
    }
    CHECK(lines <= 24);
  }
  CHECK(contains(written("text", test::kitchen_sink_report()), "  CAUSE    RD Gateway refused"));
  CHECK(contains(written("text", without_cause()), "  UNPROVEN "));
}

TEST_CASE("text: the stage that broke is on the card, however late it is") {
  Report report = test::kitchen_sink_report();
  Attempt& attempt = report.attempts.front();
  attempt.stages.clear();
  const char* const stages[] = {
      "name",     "gateway-tcp", "gateway-tls", "gateway-http", "gateway-auth", "gateway-policy",
      "host-tcp", "negotiation", "host-tls",    "nla",          "licensing",    "session"};
  for (const char* stage : stages) attempt.stages.push_back({stage, StageState::passed, {}});
  for (std::size_t broken = 0; broken < attempt.stages.size(); ++broken) {
    for (StageResult& stage : attempt.stages) stage.state = StageState::passed;
    attempt.stages[broken].state = StageState::failed;
    const std::string text = written("text", report);
    INFO(text);
    CHECK(contains(text, "[" + attempt.stages[broken].stage + "]"));
    CHECK_FALSE(contains(text, "… …"));
  }
}

TEST_CASE("html: the lines around evidence are inert, its own stands out") {
  const std::string page = written("html", test::kitchen_sink_report());
  CHECK(contains(
      page,
      "<pre class=\"context\"><span class=\"line\"><span class=\"number\">16</span> before &lt;"));
  CHECK(contains(page, "<span class=\"line own\"><span class=\"number\">17</span> &lt;"));
  CHECK(contains(page, "<span class=\"number\">18</span> behind"));
}

TEST_CASE("json: unknown members are absent, lists stay, ids are strings") {
  const auto full = nlohmann::json::parse(written("json", test::kitchen_sink_report()));
  CHECK(full["schema_version"] == "1.0");
  CHECK(full["diagnoses"][0]["remediation"][0]["risk"] == "reversible");
  CHECK(full["evidence"][0]["locator"]["record_id"] == "48812");
  CHECK(full["artifacts"][1]["records"]["bytes_lost"] == 1432);
  CHECK(full["notices"][0]["artifact"] == "A2");
  const auto empty = nlohmann::json::parse(written("jsonl", Report{}));
  CHECK(empty["diagnoses"].is_array());
  CHECK(empty["case"].empty());
  CHECK_FALSE(empty.contains("run"));
  std::function<void(const nlohmann::json&)> check = [&](const nlohmann::json& node) {
    CHECK_FALSE(node.is_null());
    if (node.is_string()) CHECK_FALSE(node.get<std::string>().empty());
    for (const auto& child : node) {
      if (node.is_structured()) check(child);
    }
  };
  check(full);
}

TEST_CASE("an unknown output format is refused with the known ones") {
  std::ostringstream out;
  const auto written_to = write_report(Report{}, "yaml", out);
  REQUIRE_FALSE(written_to);
  CHECK(written_to.error().code == "FORMAT_UNKNOWN");
  CHECK(contains(written_to.error().help, "json"));
}

TEST_CASE("json: a report read back writes the same document") {
  const std::string first = written("json", test::kitchen_sink_report("x"));
  const auto report = parse_report(first);
  REQUIRE(report);
  CHECK(written("json", *report) == first);
  CHECK(written("html", *report) == written("html", test::kitchen_sink_report("x")));
}

TEST_CASE("json: a number that its member cannot hold is refused, not converted") {
  struct Case {
    const char* members;
    const char* where;
  };
  constexpr Case kCases[] = {
      {R"("artifacts":[{"bytes":-5}])", "/artifacts/0/bytes"},
      {R"("artifacts":[{"records":{"read":18446744073709551616}}])", "/artifacts/0/records/read"},
      {R"("findings":[{"count":1e300}])", "/findings/0/count"},
      {R"("findings":[{"count":1.5}])", "/findings/0/count"},
      {R"("diagnoses":[{"rank":-7}])", "/diagnoses/0/rank"},
      {R"("diagnoses":[{"rank":4294967297}])", "/diagnoses/0/rank"},
      {R"("hosts":[{"clock_offset_ms":9223372036854775808}])", "/hosts/0/clock_offset_ms"},
      {R"("evidence":[{"locator":{"line":-1}}])", "/evidence/0/locator/line"},
      {R"("diagnoses":[{"confidence":{"score":"1"}}])", "/diagnoses/0/confidence/score"},
  };
  const auto parsed = [](const std::string& members) {
    return parse_report(R"({"kind":"rdptriage.report","schema_version":"1.0",)" + members + "}");
  };
  for (const Case& c : kCases) {
    INFO(c.members);
    const auto report = parsed(c.members);
    REQUIRE_FALSE(report);
    CHECK(report.error().code == "REPORT_MEMBER");
    CHECK(report.error().where == c.where);
  }
  const auto edges = parsed(
      R"("artifacts":[{"bytes":18446744073709551615}],"hosts":[{"clock_offset_ms":-9223372036854775808}],)"
      R"("diagnoses":[{"confidence":{"score":1}}])");
  REQUIRE(edges);
  CHECK(edges->artifacts[0].bytes == 18446744073709551615U);
  CHECK(edges->hosts[0].clock_offset_ms == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("json: what is not a report is refused with the place") {
  struct Case {
    const char* json;
    const char* code;
    const char* where;
  };
  constexpr Case kCases[] = {
      {"", "REPORT_NOT_JSON", ""},
      {"{\"kind\":", "REPORT_NOT_JSON", ""},
      {"[]", "REPORT_KIND", ""},
      {R"({"kind":7})", "REPORT_KIND", ""},
      {R"({"kind":"rdptriage.report","schema_version":"2.0"})", "REPORT_VERSION", ""},
      {R"({"kind":"rdptriage.report","schema_version":"1.0","findings":[{"id":7}]})",
       "REPORT_MEMBER", "/findings/0/id"},
      {R"({"kind":"rdptriage.report","schema_version":"1.0","verdict":"maybe"})", "REPORT_MEMBER",
       "/verdict"},
  };
  for (const Case& c : kCases) {
    INFO(c.json);
    const auto report = parse_report(c.json);
    REQUIRE_FALSE(report);
    CHECK(report.error().code == c.code);
    CHECK(report.error().where == c.where);
  }
  CHECK(parse_report(R"({"kind":"rdptriage.report","schema_version":"1.7","news":1})"));
}
