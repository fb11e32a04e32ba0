// Every output format over a report that attacks whatever shows it.
#include <functional>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "report/github.hpp"
#include "report/html.hpp"
#include "report/junit.hpp"
#include "report/markdown.hpp"
#include "report/sarif.hpp"
#include "support/catch.hpp"
#include "support/kitchen_sink.hpp"

using namespace rdptriage;

namespace {
using Writer = void (*)(const Report&, std::ostream&);

std::string written(Writer writer, const Report& report) {
  std::ostringstream out;
  writer(report, out);
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
  struct Case {
    const char* name;
    Writer writer;
  };
  const Case kFormats[] = {{"markdown", report::write_markdown},
                           {"junit", report::write_junit},
                           {"github", report::write_github},
                           {"sarif", report::write_sarif},
                           {"html", report::write_html}};
  for (const Case& format : kFormats) {
    INFO(format.name);
    const std::string text = written(format.writer, test::kitchen_sink_report());
    CHECK(contains(text, "gateway-policy.cap"));
    CHECK_FALSE(contains(text, "\x1b"));
    CHECK_FALSE(contains(text, "\xE2\x80\xAE"));
    CHECK_FALSE(contains(text, "\xFF"));
    CHECK_FALSE(written(format.writer, Report{}).empty());
  }
}

TEST_CASE("html: attack text stays text and no link is active") {
  const std::string page = written(report::write_html, test::kitchen_sink_report());
  CHECK_FALSE(contains(page, "<img"));
  CHECK_FALSE(contains(page, "href=\"javascript"));
  CHECK(contains(page, "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
  CHECK(contains(page, "default-src 'none'; style-src 'sha256-"));
  CHECK(contains(page, "<svg data-zoom"));
}

TEST_CASE("junit: well-formed, one failure a proven cause, honest when nothing is proven") {
  pugi::xml_document document;
  const std::string text = written(report::write_junit, test::kitchen_sink_report());
  REQUIRE(document.load_string(text.c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("failures").as_int() == 1);
  CHECK(std::string(suite.child("testcase").attribute("name").value()) ==
        "gateway-policy.cap-denied");

  const std::string unproven = written(report::write_junit, without_cause());
  REQUIRE(document.load_string(unproven.c_str()));
  CHECK(std::string(document.select_node("//failure").node().attribute("type").value()) ==
        "inconclusive");

  Report fine;
  fine.verdict = Verdict::no_failure_found;
  REQUIRE(document.load_string(written(report::write_junit, fine).c_str()));
  CHECK(document.select_nodes("//failure").empty());
  CHECK(document.select_nodes("//testcase").size() == 1);
}

TEST_CASE("github: log text never starts a command of its own") {
  std::istringstream text(written(report::write_github, test::kitchen_sink_report()));
  std::size_t commands = 0;
  for (std::string line; std::getline(text, line);) commands += line.rfind("::", 0) == 0;
  CHECK(commands == 2);
}

TEST_CASE("sarif: results point into artifacts, nested files name their bundle") {
  const auto log = nlohmann::json::parse(written(report::write_sarif, test::kitchen_sink_report()));
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
  const std::string text = written(report::write_markdown, test::kitchen_sink_report());
  CHECK(contains(text, "````"));
  CHECK_FALSE(contains(text, "@all "));
}
