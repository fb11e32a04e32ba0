// Payloads of ticketing systems: inside every limit, with lines that are whole.
#include "rdptriage/ticket.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/ticket_body.hpp"
#include "support/catch.hpp"
#include "support/kitchen_sink.hpp"

using namespace rdptriage;
using nlohmann::json;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

json payload(const Report& report, std::string_view system) {
  const auto text = write_ticket(report, system);
  REQUIRE(text);
  return json::parse(*text);
}

// Every string that a limit's pointer means.
std::vector<std::string> values_at(const json& root, std::string_view pointer) {
  const auto star = pointer.find("/*");
  if (star == std::string_view::npos)
    return {root.at(json::json_pointer(std::string(pointer))).get<std::string>()};
  std::vector<std::string> out;
  for (const json& item : root.at(json::json_pointer(std::string(pointer.substr(0, star)))))
    out.push_back(item.get<std::string>());
  return out;
}

// A report whose every text is far too long, in characters of one to four bytes.
Report huge_report(std::string_view unit) {
  std::string text;
  while (text.size() < 30'000) text += unit;
  Report report = test::kitchen_sink_report(text);
  report.ticket.title = text;
  report.ticket.labels = {text, "short", "with blank"};
  report.ticket.dedupe_key = "rdptriage-0123456789abcdef";
  for (unsigned i = 0; i < 3000; ++i) {
    Evidence evidence = report.evidence.front();
    evidence.id = "E" + std::to_string(i + 3);
    evidence.text =
        "line " + std::to_string(i) + " " + text.substr(0, 1800) + " END" + std::to_string(i) + ".";
    report.evidence.push_back(evidence);
    report.diagnoses.front().evidence.push_back(evidence.id);
  }
  return report;
}

}  // namespace

TEST_CASE("ticket: no limit of any system is exceeded, whatever the report holds") {
  const std::vector<Report> reports = {test::kitchen_sink_report("x"),
                                       huge_report("word "),
                                       huge_report("ü"),
                                       huge_report("漢"),
                                       huge_report("😀"),
                                       huge_report("<&\">{noformat}"),
                                       Report{}};
  CHECK(ticket_systems().size() == 5);
  for (const TicketSystem& system : ticket_systems()) {
    for (std::size_t i = 0; i < reports.size(); ++i) {
      const json root = payload(reports[i], system.name);
      for (const TicketLimit& limit : system.limits) {
        for (const std::string& value : values_at(root, limit.field)) {
          INFO(system.name << " " << limit.field << " report " << i);
          CHECK(report::length_of(value, limit.count) <= limit.most);
          CHECK_FALSE(value.empty());
          CHECK_FALSE(contains(value, "\xEF\xBF\xBD"));
        }
      }
    }
  }
}

TEST_CASE("ticket: a long report fills the description, and says what it leaves out") {
  const Report report = huge_report("word ");
  for (const TicketSystem& system : ticket_systems()) {
    INFO(system.name);
    const json root = payload(report, system.name);
    for (const TicketLimit& limit : system.limits) {
      if (limit.most < 4000) continue;
      const std::string body = values_at(root, limit.field).front();
      CHECK(report::length_of(body, limit.count) > limit.most / 2);
      CHECK(contains(body, "in the full report."));
    }
  }
}

TEST_CASE("ticket: evidence lines are whole or absent") {
  Report report = huge_report("word ");
  for (Evidence& evidence : report.evidence) evidence.text = "START " + evidence.id + " FINISH";
  const json root = payload(report, "servicenow");
  std::istringstream body(root["description"].get<std::string>());
  std::size_t quoted = 0;
  for (std::string line; std::getline(body, line);) {
    if (!contains(line, "START")) continue;
    ++quoted;
    CHECK(contains(line, "FINISH"));
  }
  CHECK(quoted > 5);
  CHECK(contains(root["description"].get<std::string>(), "FIX"));
}

TEST_CASE("ticket: the key to deduplicate by is stable and where the row says") {
  Report report = test::kitchen_sink_report();
  report.run = RunInfo{Timestamp{1}, 5, {"rdptriage"}};
  Report later = report;
  later.run = RunInfo{Timestamp{2}, 9, {"rdptriage", "x"}};
  for (const TicketSystem& system : ticket_systems()) {
    INFO(system.name);
    CHECK(payload(report, system.name) == payload(later, system.name));
    CHECK(values_at(payload(report, system.name), system.dedupe).front() == "dedupe-1");
  }
}

TEST_CASE("ticket: log text cannot act in the system's markup") {
  const Report report = test::kitchen_sink_report("{noformat}<b>x</b> @all *bold* [link|http://x]");
  const std::string html = payload(report, "freshdesk")["description"];
  CHECK_FALSE(contains(html, "<b>"));
  CHECK(contains(html, "&lt;b&gt;"));
  const std::string wiki = payload(report, "jira")["fields"]["description"];
  for (std::size_t at = 0; (at = wiki.find("{noformat}", at)) != std::string::npos; at += 10) {
    const bool at_line_start = at == 0 || wiki[at - 1] == '\n';
    const bool at_line_end = at + 10 == wiki.size() || wiki[at + 10] == '\n';
    CHECK((at_line_start || at_line_end));
  }
}

TEST_CASE("ticket: an unknown system is refused with the known ones") {
  const auto text = write_ticket(Report{}, "remedy");
  REQUIRE_FALSE(text);
  CHECK(text.error().code == "TICKET_SYSTEM_UNKNOWN");
  CHECK(contains(text.error().help, "servicenow"));
}
