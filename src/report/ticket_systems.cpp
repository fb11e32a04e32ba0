// One row a system: its limits, and how a report becomes its payload. docs/tickets.md says what
// backs each limit; where nothing public does, it is the smallest that integrations of the product
// keep to.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rdptriage/names.hpp"
#include "rdptriage/ticket.hpp"
#include "report/json_document.hpp"
#include "report/ticket_body.hpp"
#include "report/wording.hpp"

namespace rdptriage {

namespace {

using Json = nlohmann::ordered_json;
using report::cut_line;
using report::Markup;
using report::ticket_body;
using Count = TicketLimit::Count;

constexpr Count kUnits = Count::utf16_units;

std::string title_of(const Report& report, std::size_t most, Count count = kUnits) {
  std::string title = report.ticket.title.empty() ? report::headline(report) : report.ticket.title;
  return cut_line("RDP: " + title, most, count);
}

std::string key_of(const Report& report) {
  return report.ticket.dedupe_key.empty() ? "rdptriage" : report.ticket.dedupe_key;
}

// Labels without blanks and at most `most` long; a longer one would be refused, so it is left out.
Json labels_of(const Report& report, std::size_t most) {
  Json out = Json::array();
  std::vector<std::string> labels = report.ticket.labels;
  labels.insert(labels.begin(), {"rdptriage", key_of(report)});
  for (std::string label : labels) {
    label = cut_line(label, 4000, kUnits);
    for (char& c : label) {
      if (c == ' ' || c == ',') c = '-';
    }
    if (label.empty() || report::length_of(label, kUnits) > most) continue;
    if (std::find(out.begin(), out.end(), Json(label)) == out.end()) out.push_back(label);
  }
  return out;
}

// 1 (worst) … 4 of the report as another system's words; 3 when it is not known.
template <class Word, std::size_t N>
Word by_severity(const Report& report, const Word (&words)[N]) {
  const unsigned severity = report.ticket.severity == 0 ? 3 : report.ticket.severity;
  return words[std::min<std::size_t>(severity, N) - 1];
}

Json servicenow(const Report& report) {
  const char* const kLevels[] = {"1", "2", "3", "3"};
  return {{"short_description", title_of(report, 160)},
          {"description", ticket_body(report, Markup::plain, 4000, kUnits)},
          {"impact", by_severity(report, kLevels)},
          {"urgency", by_severity(report, kLevels)},
          {"correlation_id", cut_line(key_of(report), 100, kUnits)},
          {"correlation_display", "rdptriage"}};
}

Json jira(const Report& report) {
  Json out = {{"fields",
               {{"summary", title_of(report, 254)},
                {"description", ticket_body(report, Markup::jira, 32'767, kUnits)},
                {"labels", labels_of(report, 255)}}}};
  Json value = {{"dedupe_key", key_of(report)}, {"verdict", name_of(report.verdict)}};
  out["properties"] = Json::array({{{"key", "rdptriage"}, {"value", value}}});
  return out;
}

Json zendesk(const Report& report) {
  const char* const kPriorities[] = {"urgent", "high", "normal", "low"};
  Json body = {{"body", ticket_body(report, Markup::plain, 65'535, Count::bytes)},
               {"public", false}};
  return {{"ticket",
           {{"subject", title_of(report, 150)},
            {"comment", body},
            {"external_id", cut_line(key_of(report), 255, kUnits)},
            {"priority", by_severity(report, kPriorities)},
            {"type", "incident"},
            {"tags", labels_of(report, 80)}}}};
}

Json freshdesk(const Report& report) {
  const int kPriorities[] = {4, 3, 2, 1};
  return {{"subject", title_of(report, 255)},
          {"description", ticket_body(report, Markup::html, 65'535, Count::bytes)},
          {"priority", by_severity(report, kPriorities)},
          {"status", 2},
          {"source", 2},
          {"tags", labels_of(report, 32)}};
}

Json thehive(const Report& report) {
  const int kSeverities[] = {4, 3, 2, 1};
  Json out = {{"type", "rdptriage"},
              {"source", "rdptriage"},
              {"sourceRef", cut_line(key_of(report), 128, kUnits)},
              {"title", title_of(report, 512)},
              {"description", ticket_body(report, Markup::markdown, 1'048'576, kUnits)},
              {"severity", by_severity(report, kSeverities)},
              {"tags", labels_of(report, 128)}};
  return out;
}

struct Row {
  TicketSystem system;
  Json (*payload)(const Report&);
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {{"servicenow",
        "ServiceNow",
        "POST /api/now/table/incident",
        "/correlation_id",
        {{"/short_description", 160, kUnits},
         {"/description", 4000, kUnits},
         {"/correlation_id", 100, kUnits},
         {"/correlation_display", 100, kUnits}}},
       servicenow},
      {{"jira",
        "Jira",
        "POST /rest/api/2/issue",
        "/properties/0/value/dedupe_key",
        {{"/fields/summary", 254, kUnits},
         {"/fields/description", 32'767, kUnits},
         {"/fields/labels/*", 255, kUnits}}},
       jira},
      {{"zendesk",
        "Zendesk",
        "POST /api/v2/tickets",
        "/ticket/external_id",
        {{"/ticket/subject", 150, kUnits},
         {"/ticket/comment/body", 65'535, Count::bytes},
         {"/ticket/external_id", 255, kUnits},
         {"/ticket/tags/*", 80, kUnits}}},
       zendesk},
      {{"freshdesk",
        "Freshdesk",
        "POST /api/v2/tickets",
        "/tags/1",
        {{"/subject", 255, kUnits},
         {"/description", 65'535, Count::bytes},
         {"/tags/*", 32, kUnits}}},
       freshdesk},
      {{"thehive",
        "TheHive",
        "POST /api/v1/alert",
        "/sourceRef",
        {{"/type", 32, kUnits},
         {"/source", 64, kUnits},
         {"/sourceRef", 128, kUnits},
         {"/title", 512, kUnits},
         {"/description", 1'048'576, kUnits},
         {"/tags/*", 128, kUnits}}},
       thehive},
  };
  return kRows;
}

}  // namespace

const std::vector<TicketSystem>& ticket_systems() {
  static const std::vector<TicketSystem> kSystems = [] {
    std::vector<TicketSystem> systems;
    for (const Row& row : rows()) systems.push_back(row.system);
    return systems;
  }();
  return kSystems;
}

Result<std::string> write_ticket(const Report& report, std::string_view system) {
  std::string known;
  for (const Row& row : rows()) {
    if (row.system.name == system) return report::write_document(row.payload(report));
    known += (known.empty() ? "" : ", ") + std::string(row.system.name);
  }
  return fail("TICKET_SYSTEM_UNKNOWN",
              fmt::format("there is no ticketing system '{}'", std::string(system)), {},
              "use one of: " + known);
}

}  // namespace rdptriage
