#include "report/json_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time.hpp"
#include "rdptriage/names.hpp"

namespace rdptriage::report {

namespace {

using Json = nlohmann::ordered_json;

// A member that is not what the schema says; caught at this file's edge and told with its path.
struct WrongMember {
  std::string path, expected;
};

// One JSON object while it is read: every access names the member, so a failure names its place.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object.is_object()) throw WrongMember{path_, "an object"};
  }

  void get(const char* name, std::string& out) const {
    if (const Json* member = find(name)) {
      if (!member->is_string()) throw wrong(name, "a string");
      out = member->get<std::string>();
    }
  }
  void get(const char* name, double& out) const {
    if (const Json* member = find(name)) {
      if (!member->is_number()) throw wrong(name, "a number");
      out = member->get<double>();
    }
  }
  // Exact: converting would make a large number of -5, and anything of 1e300.
  template <std::integral Number>
  void get(const char* name, Number& out) const {
    const Json* member = find(name);
    if (!member) return;
    if (!member->is_number_integer()) throw wrong(name, "an integer");
    const bool fits = member->is_number_unsigned()
                          ? std::in_range<Number>(member->get<std::uint64_t>())
                          : std::in_range<Number>(member->get<std::int64_t>());
    if (!fits) throw wrong(name, "an integer in its range");
    out = member->get<Number>();
  }
  template <class Number>
  void get(const char* name, std::optional<Number>& out) const {
    if (find(name)) get(name, out.emplace());
  }
  void get(const char* name, std::optional<Timestamp>& out) const {
    std::string text;
    get(name, text);
    if (text.empty()) return;
    const auto time = base::parse_iso8601(text);
    if (!time) throw wrong(name, "an RFC 3339 time");
    out = Timestamp{time->ticks};
  }
  void get(const char* name, std::vector<std::string>& out) const {
    each(name, [&](const Json& item, const std::string& path) {
      if (!item.is_string()) throw WrongMember{path, "a string"};
      out.push_back(item.get<std::string>());
    });
  }
  void get(const char* name, NamedValues& out) const {
    const Json* member = find(name);
    if (!member) return;
    if (!member->is_object()) throw wrong(name, "an object");
    for (const auto& [key, value] : member->items()) {
      const Json list = value.is_array() ? value : Json::array({value});
      for (const Json& one : list) {
        if (!one.is_string()) throw WrongMember{path_ + "/" + name + "/" + key, "a string"};
        out.emplace_back(key, one.get<std::string>());
      }
    }
  }
  // A word of an enumeration; `last` is its last enumerator.
  template <class Enum>
  void get_word(const char* name, Enum last, Enum& out) const {
    std::string text;
    get(name, text);
    if (text.empty()) return;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      if (name_of(static_cast<Enum>(i)) == text) {
        out = static_cast<Enum>(i);
        return;
      }
    }
    throw wrong(name, "one of the schema's words");
  }
  template <class Item>
  void get(const char* name, std::vector<Item>& out,
           void (*read)(const ObjectReader&, Item&)) const {
    each(name, [&](const Json& item, const std::string& path) {
      read(ObjectReader(item, path), out.emplace_back());
    });
  }
  template <class Read>
  void child(const char* name, Read read) const {
    if (const Json* member = find(name)) read(ObjectReader(*member, path_ + "/" + name));
  }

 private:
  const Json* find(const char* name) const {
    const auto member = object_.find(name);
    return member == object_.end() ? nullptr : &*member;
  }
  WrongMember wrong(const char* name, const char* expected) const {
    return {path_ + "/" + name, expected};
  }
  template <class Each>
  void each(const char* name, Each one) const {
    const Json* member = find(name);
    if (!member) return;
    if (!member->is_array()) throw wrong(name, "a list");
    std::size_t index = 0;
    for (const Json& item : *member) one(item, fmt::format("{}/{}/{}", path_, name, index++));
  }

  const Json& object_;
  std::string path_;
};

void read_step(const ObjectReader& in, RemediationStep& out) {
  in.get("step", out.step);
  in.get("actor", out.actor);
  in.get("host", out.host);
  in.get("text", out.text);
  in.get("command", out.command);
  in.get("shell", out.shell);
  in.get_word("risk", Risk::lowers_security, out.risk);
  in.get("undo", out.undo);
}

void read_reference(const ObjectReader& in, Reference& out) {
  in.get("title", out.title);
  in.get("url", out.url);
}

void read_diagnosis(const ObjectReader& in, Diagnosis& out) {
  in.get("cause", out.cause);
  in.get("title", out.title);
  in.get("category", out.category);
  in.get("rank", out.rank);
  in.child("confidence", [&](const ObjectReader& confidence) {
    confidence.get_word("label", ConfidenceLabel::possible, out.confidence.label);
    confidence.get("score", out.confidence.score);
    confidence.get("why", out.confidence.why);
  });
  in.get("explanation", out.explanation);
  in.get("facts", out.facts);
  in.get("findings", out.findings);
  in.get("evidence", out.evidence);
  in.get("contradicted_by", out.contradicted_by);
  in.get("remediation", out.remediation, read_step);
  in.get("verify", out.verify);
  in.get("references", out.references, read_reference);
}

void read_finding(const ObjectReader& in, Finding& out) {
  in.get("id", out.id);
  in.get("rule", out.rule);
  in.get("title", out.title);
  in.get("severity", out.severity);
  in.get("message", out.message);
  in.get("author", out.author);
  in.get("license", out.license);
  in.get("rule_id", out.rule_id);
  in.get("rule_modified", out.rule_modified);
  in.get("rule_source", out.rule_source);
  in.get("count", out.count);
  in.get("first_seen", out.first_seen);
  in.get("last_seen", out.last_seen);
  in.get("stage", out.stage);
  in.get_word("stage_state", StageState::not_reached, out.stage_state);
  in.get("attempts", out.attempts);
  in.get("evidence", out.evidence);
}

void read_evidence(const ObjectReader& in, Evidence& out) {
  in.get("id", out.id);
  in.get("artifact", out.artifact);
  in.get("host", out.host);
  in.child("time", [&](const ObjectReader& time) {
    time.get("utc", out.time);
    if (out.time) out.time_quality = TimeQuality::utc;
    time.get("original", out.time_original);
    time.get("uncertainty_ms", out.uncertainty_ms);
  });
  in.child("locator", [&](const ObjectReader& locator) {
    locator.get("record_id", out.record_id);
    locator.get("line", out.line);
    locator.get("byte_offset", out.byte_offset);
    locator.get("byte_length", out.byte_length);
  });
  in.child("event", [&](const ObjectReader& event) {
    event.get("channel", out.channel);
    event.get("provider", out.provider);
    event.get("id", out.event_id);
    event.get("data", out.data);
  });
  in.get("text", out.text);
  in.get<ContextLine>("context", out.context, [](const ObjectReader& line, ContextLine& to) {
    line.get("line", to.line);
    line.get("text", to.text);
  });
}

void read_stage(const ObjectReader& in, StageResult& out) {
  in.get("stage", out.stage);
  in.get_word("state", StageState::not_reached, out.state);
  in.get("evidence", out.evidence);
}

void read_attempt(const ObjectReader& in, Attempt& out) {
  in.get("id", out.id);
  in.get("start", out.start);
  in.get("end", out.end);
  in.get_word("outcome", AttemptOutcome::succeeded, out.outcome);
  in.get("client", out.client);
  in.get("gateway", out.gateway);
  in.get("target", out.target);
  in.get("user", out.user);
  in.child("codes", [&](const ObjectReader& codes) {
    codes.get("disconnect", out.disconnect_code);
    codes.get("extended", out.extended_code);
  });
  in.get("stopped_at", out.stopped_at);
  in.get("stages", out.stages, read_stage);
}

void read_host(const ObjectReader& in, Host& out) {
  in.get("id", out.id);
  in.get("name", out.name);
  in.get("roles", out.roles);
  in.get("time_zone", out.time_zone);
  in.get("clock_offset_ms", out.clock_offset_ms);
  in.get("clock_uncertainty_ms", out.clock_uncertainty_ms);
}

void read_identity(const ObjectReader& in, Identity& out) {
  in.get("id", out.id);
  in.get("kind", out.kind);
  in.get("name", out.name);
}

void read_artifact(const ObjectReader& in, ArtifactReport& out) {
  in.get("id", out.id);
  in.get("parent", out.parent);
  in.get("path", out.path);
  in.get("format", out.format);
  in.get("detected_by", out.detected_by);
  in.get("encoding", out.encoding);
  in.get("sha256", out.sha256);
  in.get("bytes", out.bytes);
  in.get_word("state", ArtifactState::damaged, out.state);
  in.get("because", out.because);
  in.child("records", [&](const ObjectReader& records) {
    records.get("read", out.records_read);
    records.get("refused", out.records_refused);
    records.get("bytes_lost", out.bytes_lost);
  });
}

void read_coverage(const ObjectReader& in, Coverage& out) {
  in.get("source", out.source);
  in.get("host", out.host);
  in.get_word("state", CoverageState::not_supplied, out.state);
  in.get("effect", out.effect);
}

void read_not_evaluated(const ObjectReader& in, NotEvaluated& out) {
  in.get("rule", out.rule);
  in.get("because", out.because);
}

void read_collect_next(const ObjectReader& in, CollectNext& out) {
  in.get("rank", out.rank);
  in.get("host", out.host);
  in.get("role", out.role);
  in.get("why", out.why);
  in.get("command", out.command);
  in.get("would_confirm", out.would_confirm);
}

// Notices name artifacts by position in the model and by id in the document.
void read_notice(const ObjectReader& in, Notice& out) {
  in.get("code", out.code);
  in.get("text", out.text);
  in.get("byte_offset", out.byte_offset);
  in.get("bytes_lost", out.bytes_lost);
  std::string id;
  in.get("artifact", id);
  if (id.size() < 2) return;
  std::uint32_t number = 0;
  std::from_chars(id.data() + 1, id.data() + id.size(), number);
  if (number != 0) out.artifact = number - 1;
}

void read_document(const ObjectReader& in, Report& out) {
  in.child("tool", [&](const ObjectReader& tool) {
    tool.get("version", out.tool_version);
    tool.get("rules_version", out.rules_version);
    tool.get("rules_sha256", out.rules_sha256);
  });
  in.child("case", [&](const ObjectReader& input) {
    input.get("id", out.case_id);
    input.get("fingerprint", out.case_fingerprint);
  });
  in.get_word("status", Status::failed, out.status);
  in.get_word("verdict", Verdict::not_analysable, out.verdict);
  in.get("headline", out.headline);
  in.get("diagnoses", out.diagnoses, read_diagnosis);
  in.get("findings", out.findings, read_finding);
  in.get("evidence", out.evidence, read_evidence);
  in.get("attempts", out.attempts, read_attempt);
  in.get("hosts", out.hosts, read_host);
  in.get("identities", out.identities, read_identity);
  in.get("artifacts", out.artifacts, read_artifact);
  in.get("coverage", out.coverage, read_coverage);
  in.child("rules", [&](const ObjectReader& rules) {
    rules.get("matched", out.rules_matched);
    rules.get("not_matched", out.rules_not_matched);
    rules.get("not_evaluated", out.rules_not_evaluated, read_not_evaluated);
  });
  in.get("collect_next", out.collect_next, read_collect_next);
  in.get("notices", out.notices, read_notice);
  in.child("ticket", [&](const ObjectReader& ticket) {
    ticket.get("title", out.ticket.title);
    ticket.get("severity", out.ticket.severity);
    ticket.get("summary", out.ticket.summary);
    ticket.get("body_markdown", out.ticket.body_markdown);
    ticket.get("labels", out.ticket.labels);
    ticket.get("dedupe_key", out.ticket.dedupe_key);
    ticket.get("assignment_hint", out.ticket.assignment_hint);
  });
  in.child("run", [&](const ObjectReader& run) {
    std::optional<Timestamp> started;
    run.get("started", started);
    run.get("limits_hit", out.limits_hit);
    if (!started) return;
    out.run.emplace().started = *started;
    run.get("duration_ms", out.run->duration_ms);
    run.get("command", out.run->command);
  });
}

// "" when the member is missing or no string.
std::string text_member(const Json& document, const char* name) {
  const auto member = document.find(name);
  return member != document.end() && member->is_string() ? member->get<std::string>()
                                                         : std::string();
}

}  // namespace

Result<Report> parse_report(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) {
    return fail("REPORT_NOT_JSON", "the report is not a JSON document", {},
                "give a file that `--format json` wrote");
  }
  if (!document.is_object() || text_member(document, "kind") != "rdptriage.report") {
    return fail("REPORT_KIND",
                "the document is not an rdptriage report: `kind` is not `rdptriage.report`");
  }
  if (const std::string version = text_member(document, "schema_version");
      version.rfind("1.", 0) != 0) {
    return fail("REPORT_VERSION",
                fmt::format("the report has schema version '{}', this program reads 1.x", version));
  }
  try {
    Report report;
    read_document(ObjectReader(document, ""), report);
    return report;
  } catch (const WrongMember& member) {
    return fail("REPORT_MEMBER",
                fmt::format("the report's member {} is not {}", member.path, member.expected),
                member.path);
  }
}

}  // namespace rdptriage::report
