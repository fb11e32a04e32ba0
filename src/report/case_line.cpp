// One case of a batch as one line of JSON. Within 1.x only additions, like the report itself.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time.hpp"
#include "rdptriage/fleet.hpp"
#include "rdptriage/names.hpp"
#include "report/json_writer.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostProofs = 3, kLongestProof = 240;

using Text = std::pair<const char*, std::string_view>;

std::string text_of(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}
std::vector<std::string> list_of(const Json& object, const char* name) {
  std::vector<std::string> out;
  const auto member = object.find(name);
  if (member == object.end() || !member->is_array()) return out;
  for (const Json& item : *member) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}
Json child(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_object() ? *member : Json::object();
}

std::vector<std::string> gateways_of(const Report& report) {
  std::vector<std::string> names;
  for (const Host& host : report.hosts) {
    const bool gateway =
        std::find(host.roles.begin(), host.roles.end(), "gateway") != host.roles.end();
    const bool used =
        std::any_of(report.attempts.begin(), report.attempts.end(),
                    [&](const Attempt& attempt) { return attempt.gateway == host.id; });
    if ((gateway || used) && !host.name.empty()) names.push_back(host.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string first_failure_of(const Report& report) {
  std::optional<Timestamp> first;
  for (const Attempt& attempt : report.attempts) {
    if (attempt.outcome != AttemptOutcome::failed || !attempt.start) continue;
    if (!first || *attempt.start < *first) first = attempt.start;
  }
  // Traces without attempts still have evidence with a time.
  for (const Evidence& evidence : report.evidence) {
    if (first || report.verdict == Verdict::no_failure_found) break;
    if (evidence.time && evidence.time_quality == TimeQuality::utc) first = evidence.time;
  }
  return first ? base::format_rfc3339(first->ticks) : std::string();
}

}  // namespace

CaseSummary summarize(const Report& report, std::string input, std::string digest) {
  CaseSummary out;
  out.input = std::move(input);
  out.digest = std::move(digest);
  out.tool_version = report.tool_version;
  out.rules_version = report.rules_version;
  out.rules_sha256 = report.rules_sha256;
  out.case_id = report.case_id;
  out.fingerprint = report.case_fingerprint;
  out.status = name_of(report.status);
  out.verdict = name_of(report.verdict);
  out.headline = report::headline(report);
  for (const Diagnosis& diagnosis : report.diagnoses) {
    out.causes.push_back({diagnosis.cause, diagnosis.title, diagnosis.category,
                          std::string(name_of(diagnosis.confidence.label))});
  }
  out.gateways = gateways_of(report);
  out.first_failure = first_failure_of(report);
  if (const Attempt* attempt = report::shown_attempt(report)) out.stopped_at = attempt->stopped_at;
  if (!report.diagnoses.empty()) {
    const Diagnosis& first = report.diagnoses.front();
    for (const std::string& id : first.evidence) {
      const Evidence* evidence = report::find_evidence(report, id);
      if (!evidence || out.proof.size() == kMostProofs) continue;
      const std::string place = report::place_of(report, *evidence);
      out.proof.push_back(report::cut_to(
          place + (place.empty() ? "" : ": ") + safe_text(evidence->text), kLongestProof));
    }
    if (first.confidence.label != ConfidenceLabel::possible && !first.remediation.empty()) {
      out.fix_actor = first.remediation.front().actor;
      out.fix = first.remediation.front().text;
    }
  }
  if (!report.collect_next.empty()) {
    const CollectNext& next = report.collect_next.front();
    out.collect_where = report::place_of(report, next);
    out.collect_why = next.why;
    out.collect_command = next.command;
  }
  for (const Notice& notice : report.notices) {
    if (std::find(out.notices.begin(), out.notices.end(), notice.code) == out.notices.end())
      out.notices.push_back(notice.code);
  }
  std::sort(out.notices.begin(), out.notices.end());
  out.dedupe_key = report.ticket.dedupe_key;
  return out;
}

CaseSummary failed_case(const Error& error, std::string input, std::string digest) {
  CaseSummary out;
  out.input = std::move(input);
  out.digest = std::move(digest);
  out.status = "failed";
  out.verdict = "not_analysable";
  out.headline = error.message;
  out.error_code = error.code;
  out.error = error.message;
  return out;
}

std::string write_case_line(const CaseSummary& summary) {
  report::JsonWriter out(report::JsonWriter::Layout::one_line);
  // An object of texts, with those that are known.
  const auto texts = [&out](const char* name, std::initializer_list<Text> members) {
    out.member(name);
    out.begin_object();
    for (const auto& [key, text] : members) out.known(key, text);
    out.end_object();
  };
  out.begin_object();
  out.member("schema_version", "1.0");
  out.member("kind", "rdptriage.case");
  out.member("input", summary.input);
  out.known("digest", summary.digest);
  texts("tool", {{"name", "rdptriage"},
                 {"version", summary.tool_version},
                 {"rules_version", summary.rules_version},
                 {"rules_sha256", summary.rules_sha256}});
  texts("case", {{"id", summary.case_id}, {"fingerprint", summary.fingerprint}});
  out.member("status", summary.status);
  out.member("verdict", summary.verdict);
  out.known("headline", summary.headline);
  out.objects("causes", summary.causes,
              [](report::JsonWriter& to, const CaseSummary::Cause& cause) {
                to.member("cause", cause.cause);
                to.member("title", cause.title);
                to.known("category", cause.category);
                to.member("confidence", cause.confidence);
              });
  out.member("gateways", summary.gateways);
  out.known("first_failure", summary.first_failure);
  out.known("stopped_at", summary.stopped_at);
  out.member("proof", summary.proof);
  if (!summary.fix_actor.empty() || !summary.fix.empty())
    texts("fix", {{"actor", summary.fix_actor}, {"text", summary.fix}});
  if (!summary.collect_where.empty() || !summary.collect_why.empty() ||
      !summary.collect_command.empty()) {
    texts("collect_next", {{"where", summary.collect_where},
                           {"why", summary.collect_why},
                           {"command", summary.collect_command}});
  }
  out.member("notices", summary.notices);
  out.known("dedupe_key", summary.dedupe_key);
  out.member("reports", summary.reports);
  if (!summary.error_code.empty())
    texts("error", {{"code", summary.error_code}, {"message", summary.error}});
  out.end_object();
  return std::string(out.text());
}

Result<CaseSummary> parse_case_line(std::string_view line) {
  const Json in = Json::parse(line, nullptr, false);
  if (!in.is_object() || text_of(in, "kind") != "rdptriage.case" ||
      text_of(in, "schema_version").rfind("1.", 0) != 0 || text_of(in, "input").empty()) {
    return fail("CASE_LINE", "this is no line that `batch` wrote", {},
                "give a folder of `batch -o`, or a .jsonl file of its lines");
  }
  CaseSummary out;
  out.input = text_of(in, "input");
  out.digest = text_of(in, "digest");
  const Json tool = child(in, "tool");
  out.tool_version = text_of(tool, "version");
  out.rules_version = text_of(tool, "rules_version");
  out.rules_sha256 = text_of(tool, "rules_sha256");
  out.case_id = text_of(child(in, "case"), "id");
  out.fingerprint = text_of(child(in, "case"), "fingerprint");
  out.status = text_of(in, "status");
  out.verdict = text_of(in, "verdict");
  out.headline = text_of(in, "headline");
  if (const auto causes = in.find("causes"); causes != in.end() && causes->is_array()) {
    for (const Json& cause : *causes) {
      if (!cause.is_object()) continue;
      out.causes.push_back({text_of(cause, "cause"), text_of(cause, "title"),
                            text_of(cause, "category"), text_of(cause, "confidence")});
    }
  }
  out.gateways = list_of(in, "gateways");
  out.first_failure = text_of(in, "first_failure");
  out.stopped_at = text_of(in, "stopped_at");
  out.proof = list_of(in, "proof");
  out.fix_actor = text_of(child(in, "fix"), "actor");
  out.fix = text_of(child(in, "fix"), "text");
  const Json next = child(in, "collect_next");
  out.collect_where = text_of(next, "where");
  out.collect_why = text_of(next, "why");
  out.collect_command = text_of(next, "command");
  out.notices = list_of(in, "notices");
  out.dedupe_key = text_of(in, "dedupe_key");
  out.reports = list_of(in, "reports");
  out.error_code = text_of(child(in, "error"), "code");
  out.error = text_of(child(in, "error"), "message");
  return out;
}

}  // namespace rdptriage
