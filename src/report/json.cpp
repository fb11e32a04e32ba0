// Schema 1.0: an absent member means unknown, so empty strings, unset optionals and empty lists of
// an optional kind are left out, while the document's own lists stay even when empty. 64-bit ids
// and codes are strings, because JavaScript readers lose digits beyond 2^53. Member order is part
// of what makes two runs byte-identical.
#include "report/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "rdptriage/names.hpp"

namespace rdptriage::report {

namespace {

using Json = nlohmann::ordered_json;

void put(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}
void put(Json& object, const char* name, const std::vector<std::string>& list) {
  object[name] = list;
}
void put(Json& object, const char* name, std::optional<Timestamp> time) {
  if (time) object[name] = base::format_rfc3339(time->ticks);
}
void put_values(Json& object, const char* name, const NamedValues& values) {
  if (values.empty()) return;
  Json& out = object[name] = Json::object();
  for (const auto& [key, value] : values) {
    if (!out.contains(key)) {
      out[key] = value;
    } else if (out[key].is_array()) {
      out[key].push_back(value);
    } else {
      out[key] = Json::array({out[key], value});
    }
  }
}

template <class Item>
Json list_of(const std::vector<Item>& items, Json (*one)(const Item&)) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(one(item));
  return list;
}

Json to_json(const RemediationStep& step) {
  Json out = {{"step", step.step}};
  put(out, "actor", step.actor);
  put(out, "host", step.host);
  put(out, "text", step.text);
  put(out, "command", step.command);
  put(out, "shell", step.shell);
  out["risk"] = name_of(step.risk);
  put(out, "undo", step.undo);
  return out;
}

Json to_json(const Reference& reference) {
  Json out = Json::object();
  put(out, "title", reference.title);
  put(out, "url", reference.url);
  return out;
}

Json to_json(const Diagnosis& diagnosis) {
  Json out = {{"cause", diagnosis.cause}, {"title", diagnosis.title}};
  put(out, "category", diagnosis.category);
  out["rank"] = diagnosis.rank;
  out["confidence"] = {{"label", name_of(diagnosis.confidence.label)},
                       {"score", std::round(diagnosis.confidence.score * 100) / 100},
                       {"why", diagnosis.confidence.why}};
  put(out, "explanation", diagnosis.explanation);
  put_values(out, "facts", diagnosis.facts);
  put(out, "findings", diagnosis.findings);
  put(out, "evidence", diagnosis.evidence);
  put(out, "contradicted_by", diagnosis.contradicted_by);
  out["remediation"] = list_of<RemediationStep>(diagnosis.remediation, to_json);
  put(out, "verify", diagnosis.verify);
  out["references"] = list_of<Reference>(diagnosis.references, to_json);
  return out;
}

Json to_json(const Finding& finding) {
  Json out = {{"id", finding.id}, {"rule", finding.rule}};
  put(out, "title", finding.title);
  put(out, "severity", finding.severity);
  put(out, "message", finding.message);
  put(out, "author", finding.author);
  put(out, "license", finding.license);
  put(out, "rule_id", finding.rule_id);
  put(out, "rule_modified", finding.rule_modified);
  put(out, "rule_source", finding.rule_source);
  out["count"] = finding.count;
  put(out, "first_seen", finding.first_seen);
  put(out, "last_seen", finding.last_seen);
  put(out, "stage", finding.stage);
  if (finding.stage_state != StageState::unknown) out["stage_state"] = name_of(finding.stage_state);
  put(out, "attempts", finding.attempts);
  put(out, "evidence", finding.evidence);
  return out;
}

Json to_json(const Evidence& evidence) {
  Json out = {{"id", evidence.id}};
  put(out, "artifact", evidence.artifact);
  put(out, "host", evidence.host);
  Json time = Json::object();
  if (evidence.time && evidence.time_quality == TimeQuality::utc) put(time, "utc", evidence.time);
  put(time, "original", evidence.time_original);
  if (!time.empty()) {
    time["uncertainty_ms"] = evidence.uncertainty_ms;
    out["time"] = time;
  }
  Json locator = Json::object();
  put(locator, "record_id", evidence.record_id);
  if (evidence.line) locator["line"] = *evidence.line;
  if (evidence.byte_length != 0) {
    locator["byte_offset"] = evidence.byte_offset;
    locator["byte_length"] = evidence.byte_length;
  }
  if (!locator.empty()) out["locator"] = locator;
  Json event = Json::object();
  put(event, "channel", evidence.channel);
  put(event, "provider", evidence.provider);
  if (evidence.event_id) event["id"] = *evidence.event_id;
  put_values(event, "data", evidence.data);
  if (!event.empty()) out["event"] = event;
  put(out, "text", evidence.text);
  if (!evidence.context.empty()) {
    out["context"] = list_of<ContextLine>(evidence.context, [](const ContextLine& line) -> Json {
      return {{"line", line.line}, {"text", line.text}};
    });
  }
  return out;
}

Json to_json(const StageResult& stage) {
  return {{"stage", stage.stage}, {"state", name_of(stage.state)}, {"evidence", stage.evidence}};
}

Json to_json(const Attempt& attempt) {
  Json out = {{"id", attempt.id}};
  put(out, "start", attempt.start);
  put(out, "end", attempt.end);
  out["outcome"] = name_of(attempt.outcome);
  put(out, "client", attempt.client);
  put(out, "gateway", attempt.gateway);
  put(out, "target", attempt.target);
  put(out, "user", attempt.user);
  Json codes = Json::object();
  put(codes, "disconnect", attempt.disconnect_code);
  put(codes, "extended", attempt.extended_code);
  if (!codes.empty()) out["codes"] = codes;
  put(out, "stopped_at", attempt.stopped_at);
  out["stages"] = list_of<StageResult>(attempt.stages, to_json);
  return out;
}

Json to_json(const Host& host) {
  Json out = {{"id", host.id}};
  put(out, "name", host.name);
  put(out, "roles", host.roles);
  put(out, "time_zone", host.time_zone);
  if (host.clock_offset_ms) out["clock_offset_ms"] = *host.clock_offset_ms;
  if (host.clock_uncertainty_ms) out["clock_uncertainty_ms"] = *host.clock_uncertainty_ms;
  return out;
}

Json to_json(const Identity& identity) {
  Json out = {{"id", identity.id}};
  put(out, "kind", identity.kind);
  put(out, "name", identity.name);
  return out;
}

Json to_json(const ArtifactReport& artifact) {
  Json out = {{"id", artifact.id}};
  put(out, "parent", artifact.parent);
  put(out, "path", artifact.path);
  put(out, "format", artifact.format);
  put(out, "detected_by", artifact.detected_by);
  put(out, "encoding", artifact.encoding);
  put(out, "sha256", artifact.sha256);
  if (artifact.bytes) out["bytes"] = *artifact.bytes;
  out["state"] = name_of(artifact.state);
  put(out, "because", artifact.because);
  out["records"] = {{"read", artifact.records_read},
                    {"refused", artifact.records_refused},
                    {"bytes_lost", artifact.bytes_lost}};
  return out;
}

Json to_json(const Coverage& coverage) {
  Json out = {{"source", coverage.source}};
  put(out, "host", coverage.host);
  out["state"] = name_of(coverage.state);
  put(out, "effect", coverage.effect);
  return out;
}

Json to_json(const NotEvaluated& rule) { return {{"rule", rule.rule}, {"because", rule.because}}; }

Json to_json(const CollectNext& next) {
  Json out = {{"rank", next.rank}};
  put(out, "host", next.host);
  put(out, "role", next.role);
  put(out, "why", next.why);
  put(out, "command", next.command);
  put(out, "would_confirm", next.would_confirm);
  return out;
}

Json notice_to_json(const Notice& notice, const Report& report) {
  Json out = {{"code", notice.code}};
  if (notice.artifact && *notice.artifact < report.artifacts.size()) {
    out["artifact"] = report.artifacts[*notice.artifact].id;
  }
  if (notice.byte_offset) out["byte_offset"] = *notice.byte_offset;
  if (notice.bytes_lost != 0) out["bytes_lost"] = notice.bytes_lost;
  put(out, "text", notice.text);
  return out;
}

Json document(const Report& report) {
  Json out = {{"schema_version", "1.0"}, {"kind", "rdptriage.report"}};
  Json tool = {{"name", "rdptriage"}};
  put(tool, "version", report.tool_version);
  put(tool, "rules_version", report.rules_version);
  put(tool, "rules_sha256", report.rules_sha256);
  out["tool"] = tool;
  Json input = Json::object();
  put(input, "id", report.case_id);
  put(input, "fingerprint", report.case_fingerprint);
  out["case"] = input;
  out["status"] = name_of(report.status);
  out["verdict"] = name_of(report.verdict);
  put(out, "headline", report.headline);
  out["diagnoses"] = list_of<Diagnosis>(report.diagnoses, to_json);
  out["findings"] = list_of<Finding>(report.findings, to_json);
  out["evidence"] = list_of<Evidence>(report.evidence, to_json);
  out["attempts"] = list_of<Attempt>(report.attempts, to_json);
  out["hosts"] = list_of<Host>(report.hosts, to_json);
  out["identities"] = list_of<Identity>(report.identities, to_json);
  out["artifacts"] = list_of<ArtifactReport>(report.artifacts, to_json);
  out["coverage"] = list_of<Coverage>(report.coverage, to_json);
  out["rules"] = {{"matched", report.rules_matched},
                  {"not_matched", report.rules_not_matched},
                  {"not_evaluated", list_of<NotEvaluated>(report.rules_not_evaluated, to_json)}};
  out["collect_next"] = list_of<CollectNext>(report.collect_next, to_json);
  Json notices = Json::array();
  for (const Notice& notice : report.notices) notices.push_back(notice_to_json(notice, report));
  out["notices"] = notices;
  Json ticket = Json::object();
  put(ticket, "title", report.ticket.title);
  if (report.ticket.severity != 0) ticket["severity"] = report.ticket.severity;
  put(ticket, "summary", report.ticket.summary);
  put(ticket, "body_markdown", report.ticket.body_markdown);
  put(ticket, "labels", report.ticket.labels);
  put(ticket, "dedupe_key", report.ticket.dedupe_key);
  put(ticket, "assignment_hint", report.ticket.assignment_hint);
  out["ticket"] = ticket;
  if (report.run) {
    out["run"] = {{"started", base::format_rfc3339(report.run->started.ticks)},
                  {"duration_ms", report.run->duration_ms},
                  {"command", report.run->command},
                  {"limits_hit", report.limits_hit}};
  } else if (!report.limits_hit.empty()) {
    out["run"] = {{"limits_hit", report.limits_hit}};
  }
  return out;
}

void write(const Report& report, int indent, std::ostream& out) {
  out << document(report).dump(indent, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace

void write_json(const Report& report, const WriteOptions&, std::ostream& out) {
  write(report, 2, out);
}

void write_jsonl(const Report& report, const WriteOptions&, std::ostream& out) {
  write(report, -1, out);
}

}  // namespace rdptriage::report
