#include "pipeline/ticket.hpp"

#include <sstream>

#include "base/sha256.hpp"
#include "rdptriage/analyze.hpp"
#include "rdptriage/names.hpp"
#include "report/wording.hpp"

namespace rdptriage::pipeline {

namespace {
// 1 (worst) … 4, as ticketing systems count.
unsigned severity_of(const Report& report) {
  switch (report.verdict) {
    case Verdict::diagnosed:
    case Verdict::suspected:
      return 2;
    case Verdict::inconclusive:
      return 3;
    case Verdict::no_failure_found:
    case Verdict::not_analysable:
      return 4;
  }
  return 4;
}

// The same trouble with the same machines is the same ticket, whenever it was analyzed.
std::string dedupe_key(const Report& report) {
  std::string basis(name_of(report.verdict));
  if (!report.diagnoses.empty()) basis += "|" + report.diagnoses.front().cause;
  if (report.diagnoses.empty()) basis += "|" + report.case_fingerprint;
  for (const Host& host : report.hosts) {
    for (const std::string& role : host.roles) {
      if (role != "client") basis += "|" + role + "=" + host.name;
    }
  }
  return "rdptriage-" + base::sha256_hex(basis).substr(0, 16);
}
}  // namespace

TicketText compose_ticket(const Report& report) {
  TicketText ticket;
  ticket.title = report::headline(report);
  ticket.severity = severity_of(report);
  ticket.summary = report.diagnoses.empty() ? ticket.title : report.diagnoses.front().explanation;
  std::ostringstream body;
  if (write_report(report, "markdown", body)) ticket.body_markdown = body.str();
  ticket.labels = {"rdp", std::string(name_of(report.verdict))};
  ticket.dedupe_key = dedupe_key(report);
  if (!report.diagnoses.empty()) {
    ticket.labels.push_back(report.diagnoses.front().cause);
    for (const RemediationStep& step : report.diagnoses.front().remediation) {
      if (step.actor.empty()) continue;
      ticket.assignment_hint = step.actor;
      break;
    }
  }
  return ticket;
}

}  // namespace rdptriage::pipeline
