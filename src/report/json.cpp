// Schema 1.0: an absent member means unknown, so empty strings, unset optionals and empty lists of
// an optional kind are left out, while the document's own lists stay even when empty. 64-bit ids
// and codes are strings, because JavaScript readers lose digits beyond 2^53. Member order is part
// of what makes two runs byte-identical.
#include "report/json.hpp"

#include <cmath>
#include <map>
#include <ostream>

#include "rdptriage/names.hpp"
#include "report/json_writer.hpp"

namespace rdptriage::report {

namespace {

// Values by name; a name that comes again makes its values a list, where the name stood first.
void write_values(JsonWriter& out, const char* name, const NamedValues& values) {
  if (values.empty()) return;
  std::map<std::string_view, std::vector<const std::string*>> by_name;
  for (const auto& [key, value] : values) by_name[key].push_back(&value);
  out.member(name);
  out.begin_object();
  for (const auto& [key, value] : values) {
    const auto& all = by_name[key];
    if (all.front() != &value) continue;
    out.member(key);
    if (all.size() == 1) {
      out.value(value);
      continue;
    }
    out.begin_list();
    for (const std::string* one : all) out.value(*one);
    out.end_list();
  }
  out.end_object();
}

void write_step(JsonWriter& out, const RemediationStep& step) {
  out.member("step", step.step);
  out.known("actor", step.actor);
  out.known("host", step.host);
  out.known("text", step.text);
  out.known("command", step.command);
  out.known("shell", step.shell);
  out.member("risk", name_of(step.risk));
  out.known("undo", step.undo);
}

void write_reference(JsonWriter& out, const Reference& reference) {
  out.known("title", reference.title);
  out.known("url", reference.url);
}

void write_diagnosis(JsonWriter& out, const Diagnosis& diagnosis) {
  out.member("cause", diagnosis.cause);
  out.member("title", diagnosis.title);
  out.known("category", diagnosis.category);
  out.member("rank", diagnosis.rank);
  out.member("confidence");
  out.begin_object();
  out.member("label", name_of(diagnosis.confidence.label));
  out.member("score", std::round(diagnosis.confidence.score * 100) / 100);
  out.member("why", diagnosis.confidence.why);
  out.end_object();
  out.known("explanation", diagnosis.explanation);
  write_values(out, "facts", diagnosis.facts);
  out.member("findings", diagnosis.findings);
  out.member("evidence", diagnosis.evidence);
  out.member("contradicted_by", diagnosis.contradicted_by);
  out.objects("remediation", diagnosis.remediation, write_step);
  out.member("verify", diagnosis.verify);
  out.objects("references", diagnosis.references, write_reference);
}

void write_finding(JsonWriter& out, const Finding& finding) {
  out.member("id", finding.id);
  out.member("rule", finding.rule);
  out.known("title", finding.title);
  out.known("severity", finding.severity);
  out.known("message", finding.message);
  out.known("author", finding.author);
  out.known("license", finding.license);
  out.known("rule_id", finding.rule_id);
  out.known("rule_modified", finding.rule_modified);
  out.known("rule_source", finding.rule_source);
  out.member("count", finding.count);
  out.known("first_seen", finding.first_seen);
  out.known("last_seen", finding.last_seen);
  out.known("stage", finding.stage);
  if (finding.stage_state != StageState::unknown)
    out.member("stage_state", name_of(finding.stage_state));
  out.member("attempts", finding.attempts);
  out.member("evidence", finding.evidence);
}

void write_time(JsonWriter& out, const Evidence& evidence) {
  const bool is_utc = evidence.time && evidence.time_quality == TimeQuality::utc;
  if (!is_utc && evidence.time_original.empty()) return;
  out.member("time");
  out.begin_object();
  if (is_utc) out.known("utc", evidence.time);
  out.known("original", evidence.time_original);
  out.member("uncertainty_ms", evidence.uncertainty_ms);
  out.end_object();
}

void write_locator(JsonWriter& out, const Evidence& evidence) {
  if (evidence.record_id.empty() && !evidence.line && evidence.byte_length == 0) return;
  out.member("locator");
  out.begin_object();
  out.known("record_id", evidence.record_id);
  out.known("line", evidence.line);
  if (evidence.byte_length != 0) {
    out.member("byte_offset", evidence.byte_offset);
    out.member("byte_length", evidence.byte_length);
  }
  out.end_object();
}

void write_event(JsonWriter& out, const Evidence& evidence) {
  if (evidence.channel.empty() && evidence.provider.empty() && !evidence.event_id &&
      evidence.data.empty()) {
    return;
  }
  out.member("event");
  out.begin_object();
  out.known("channel", evidence.channel);
  out.known("provider", evidence.provider);
  out.known("id", evidence.event_id);
  write_values(out, "data", evidence.data);
  out.end_object();
}

void write_context_line(JsonWriter& out, const ContextLine& line) {
  out.member("line", line.line);
  out.member("text", line.text);
}

void write_evidence(JsonWriter& out, const Evidence& evidence) {
  out.member("id", evidence.id);
  out.known("artifact", evidence.artifact);
  out.known("host", evidence.host);
  write_time(out, evidence);
  write_locator(out, evidence);
  write_event(out, evidence);
  out.known("text", evidence.text);
  if (!evidence.context.empty()) out.objects("context", evidence.context, write_context_line);
}

void write_stage(JsonWriter& out, const StageResult& stage) {
  out.member("stage", stage.stage);
  out.member("state", name_of(stage.state));
  out.member("evidence", stage.evidence);
}

void write_attempt(JsonWriter& out, const Attempt& attempt) {
  out.member("id", attempt.id);
  out.known("start", attempt.start);
  out.known("end", attempt.end);
  out.member("outcome", name_of(attempt.outcome));
  out.known("client", attempt.client);
  out.known("gateway", attempt.gateway);
  out.known("target", attempt.target);
  out.known("user", attempt.user);
  if (!attempt.disconnect_code.empty() || !attempt.extended_code.empty()) {
    out.member("codes");
    out.begin_object();
    out.known("disconnect", attempt.disconnect_code);
    out.known("extended", attempt.extended_code);
    out.end_object();
  }
  out.known("stopped_at", attempt.stopped_at);
  out.objects("stages", attempt.stages, write_stage);
}

void write_host(JsonWriter& out, const Host& host) {
  out.member("id", host.id);
  out.known("name", host.name);
  out.member("roles", host.roles);
  out.known("time_zone", host.time_zone);
  out.known("clock_offset_ms", host.clock_offset_ms);
  out.known("clock_uncertainty_ms", host.clock_uncertainty_ms);
}

void write_identity(JsonWriter& out, const Identity& identity) {
  out.member("id", identity.id);
  out.known("kind", identity.kind);
  out.known("name", identity.name);
}

void write_artifact(JsonWriter& out, const ArtifactReport& artifact) {
  out.member("id", artifact.id);
  out.known("parent", artifact.parent);
  out.known("path", artifact.path);
  out.known("format", artifact.format);
  out.known("detected_by", artifact.detected_by);
  out.known("encoding", artifact.encoding);
  out.known("sha256", artifact.sha256);
  out.known("bytes", artifact.bytes);
  out.member("state", name_of(artifact.state));
  out.known("because", artifact.because);
  out.member("records");
  out.begin_object();
  out.member("read", artifact.records_read);
  out.member("refused", artifact.records_refused);
  out.member("bytes_lost", artifact.bytes_lost);
  out.end_object();
}

void write_coverage(JsonWriter& out, const Coverage& coverage) {
  out.member("source", coverage.source);
  out.known("host", coverage.host);
  out.member("state", name_of(coverage.state));
  out.known("effect", coverage.effect);
}

void write_not_evaluated(JsonWriter& out, const NotEvaluated& rule) {
  out.member("rule", rule.rule);
  out.member("because", rule.because);
}

void write_collect(JsonWriter& out, const CollectNext& next) {
  out.member("rank", next.rank);
  out.known("host", next.host);
  out.known("role", next.role);
  out.known("why", next.why);
  out.known("command", next.command);
  out.member("would_confirm", next.would_confirm);
}

void write_notice(JsonWriter& out, const Notice& notice, const Report& report) {
  out.member("code", notice.code);
  if (notice.artifact && *notice.artifact < report.artifacts.size())
    out.member("artifact", report.artifacts[*notice.artifact].id);
  out.known("byte_offset", notice.byte_offset);
  if (notice.bytes_lost != 0) out.member("bytes_lost", notice.bytes_lost);
  out.known("text", notice.text);
}

void write_head(JsonWriter& out, const Report& report) {
  out.member("schema_version", "1.0");
  out.member("kind", "rdptriage.report");
  out.member("tool");
  out.begin_object();
  out.member("name", "rdptriage");
  out.known("version", report.tool_version);
  out.known("rules_version", report.rules_version);
  out.known("rules_sha256", report.rules_sha256);
  out.end_object();
  out.member("case");
  out.begin_object();
  out.known("id", report.case_id);
  out.known("fingerprint", report.case_fingerprint);
  out.end_object();
  out.member("status", name_of(report.status));
  out.member("verdict", name_of(report.verdict));
  out.known("headline", report.headline);
}

void write_rules(JsonWriter& out, const Report& report) {
  out.member("rules");
  out.begin_object();
  out.member("matched", report.rules_matched);
  out.member("not_matched", report.rules_not_matched);
  out.objects("not_evaluated", report.rules_not_evaluated, write_not_evaluated);
  out.end_object();
}

void write_ticket(JsonWriter& out, const TicketText& ticket) {
  out.member("ticket");
  out.begin_object();
  out.known("title", ticket.title);
  if (ticket.severity != 0) out.member("severity", ticket.severity);
  out.known("summary", ticket.summary);
  out.known("body_markdown", ticket.body_markdown);
  out.member("labels", ticket.labels);
  out.known("dedupe_key", ticket.dedupe_key);
  out.known("assignment_hint", ticket.assignment_hint);
  out.end_object();
}

void write_run(JsonWriter& out, const Report& report) {
  if (!report.run && report.limits_hit.empty()) return;
  out.member("run");
  out.begin_object();
  if (report.run) {
    out.member("started", report.run->started);
    out.member("duration_ms", report.run->duration_ms);
    out.member("command", report.run->command);
  }
  out.member("limits_hit", report.limits_hit);
  out.end_object();
}

void write_document(const Report& report, JsonWriter::Layout layout, std::ostream& stream) {
  JsonWriter out(layout);
  out.begin_object();
  write_head(out, report);
  out.objects("diagnoses", report.diagnoses, write_diagnosis);
  out.objects("findings", report.findings, write_finding);
  out.objects("evidence", report.evidence, write_evidence);
  out.objects("attempts", report.attempts, write_attempt);
  out.objects("hosts", report.hosts, write_host);
  out.objects("identities", report.identities, write_identity);
  out.objects("artifacts", report.artifacts, write_artifact);
  out.objects("coverage", report.coverage, write_coverage);
  write_rules(out, report);
  out.objects("collect_next", report.collect_next, write_collect);
  out.objects("notices", report.notices, [&report](JsonWriter& to, const Notice& notice) {
    write_notice(to, notice, report);
  });
  write_ticket(out, report.ticket);
  write_run(out, report);
  out.end_object();
  stream << out.text() << '\n';
}

}  // namespace

void write_json(const Report& report, const WriteOptions&, std::ostream& out) {
  write_document(report, JsonWriter::Layout::indented, out);
}

void write_jsonl(const Report& report, const WriteOptions&, std::ostream& out) {
  write_document(report, JsonWriter::Layout::one_line, out);
}

}  // namespace rdptriage::report
