// The answer of one analysis, before any output format: the data model of report schema 1.0
// (docs/json-schema.md). Plain values; owns all its text. Empty strings and unset optionals mean
// "unknown" and are left out by every writer. Lists are in the order in which they are shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rdptriage/event.hpp"
#include "rdptriage/notice.hpp"

namespace rdptriage {

using NamedValues = std::vector<std::pair<std::string, std::string>>;  // in a fixed order

enum class Status : std::uint8_t { complete, partial, failed };
enum class Verdict : std::uint8_t {
  diagnosed,         // the first cause is confirmed
  suspected,         // the first cause is likely
  inconclusive,      // a failure is seen or reported, the files do not show why
  no_failure_found,  // what was read shows connections that worked
  not_analysable,    // nothing that says anything about a connection could be read
};
enum class ConfidenceLabel : std::uint8_t { confirmed, likely, possible };
enum class Risk : std::uint8_t { read_only, reversible, disruptive, lowers_security };
enum class StageState : std::uint8_t { unknown, passed, failed, not_reached };
enum class AttemptOutcome : std::uint8_t { unknown, failed, succeeded };
enum class ArtifactState : std::uint8_t { used, not_used, refused, damaged };
enum class CoverageState : std::uint8_t {
  present,
  empty,
  rolled_over,  // begins after the failure
  cleared,      // begins after the failure, because somebody cleared it then
  gap,          // records of the time of the failure are missing in it
  off,          // records nothing: it is switched off
  collector_failed,
  not_supplied
};

struct Confidence {
  ConfidenceLabel label = ConfidenceLabel::possible;
  double score = 0;  // 0…1, for ordering only; not a probability
  std::vector<std::string> why;
};

struct RemediationStep {
  unsigned step = 0;  // 1-based
  std::string actor, host, text, command, shell, undo;
  Risk risk = Risk::read_only;
};

struct Reference {
  std::string title, url;
};

struct Diagnosis {
  std::string cause;  // "<area>.<slug>", the id of a file in rules/causes/
  std::string title, category, explanation;
  unsigned rank = 0;  // 1-based
  Confidence confidence;
  NamedValues facts;
  std::vector<std::string> findings, evidence, contradicted_by;  // ids: "F1", "E1"
  std::vector<RemediationStep> remediation;
  std::vector<std::string> verify;
  std::vector<Reference> references;
};

struct Finding {
  std::string id, rule, title, severity, author, license;
  std::string rule_id, rule_modified;  // its UUID; the day of its last change
  std::string rule_source;             // file and line: "detections/nla/refused.yml:12"
  std::string message;                 // the rule's `says`, filled in
  std::uint64_t count = 0;
  std::optional<Timestamp> first_seen, last_seen;
  std::vector<std::string> attempts, evidence;
  std::string stage;                             // the stage whose fact this is, "" when none
  StageState stage_state = StageState::unknown;  // what it says of that stage
};

struct ContextLine {
  std::uint64_t line = 0;  // 1-based
  std::string text;
};

struct Evidence {
  std::string id, artifact, host;  // "E1", "A3", "h2"
  std::optional<Timestamp> time;
  TimeQuality time_quality = TimeQuality::none;
  std::string time_original;
  std::uint64_t uncertainty_ms = 0;
  std::string record_id;
  std::optional<std::uint64_t> line;
  std::uint64_t byte_offset = 0, byte_length = 0;
  std::string channel, provider;
  std::optional<std::uint32_t> event_id;
  NamedValues data;
  std::string text;  // one line that a person can read: the raw line, or the rendered event
  std::vector<ContextLine> context;  // of a trace: the line itself and those around it
};

struct StageResult {
  std::string stage;
  StageState state = StageState::unknown;
  std::vector<std::string> evidence;
};

struct Attempt {
  std::string id;  // "a1"
  std::optional<Timestamp> start, end;
  AttemptOutcome outcome = AttemptOutcome::unknown;
  std::string client, gateway, target, user;  // host ids; user id
  std::string disconnect_code, extended_code;
  std::string stopped_at;  // a stage, "" when unknown or none
  std::vector<StageResult> stages;
};

struct Host {
  std::string id, name;  // "h1"
  std::vector<std::string> roles;
  std::string time_zone;
  std::optional<std::int64_t> clock_offset_ms;
  std::optional<std::uint64_t> clock_uncertainty_ms;
};

// Whom attempts were made as.
struct Identity {
  std::string id, kind, name;  // "u1", "user", "anna": without domain, in lower case
};

struct ArtifactReport {
  std::string id, parent, path, format, detected_by, encoding, sha256;
  std::optional<std::uint64_t> bytes;
  ArtifactState state = ArtifactState::not_used;
  std::string because;  // why it is not used, or what is damaged
  std::uint64_t records_read = 0, records_refused = 0, bytes_lost = 0;
};

struct Coverage {
  std::string source, host, effect;
  CoverageState state = CoverageState::not_supplied;
};

struct NotEvaluated {
  std::string rule, because;
};

struct CollectNext {
  unsigned rank = 0;  // 1-based
  std::string host;   // "h2"; "" when the case has no such machine
  std::string role;   // gateway, session-host, client …
  std::string why, command;
  std::vector<std::string> would_confirm;
};

struct TicketText {
  std::string title, summary, body_markdown, dedupe_key, assignment_hint;
  unsigned severity = 0;
  std::vector<std::string> labels;
};

// What differs between two runs over the same input; left out by --reproducible.
struct RunInfo {
  Timestamp started;
  std::uint64_t duration_ms = 0;
  std::vector<std::string> command;
};

struct Report {
  std::string tool_version, rules_version, rules_sha256;
  std::string case_id, case_fingerprint;
  Status status = Status::complete;
  Verdict verdict = Verdict::not_analysable;
  std::string headline;  // the verdict as one sentence, for people
  std::vector<Diagnosis> diagnoses;
  std::vector<Finding> findings;
  std::vector<Evidence> evidence;
  std::vector<Attempt> attempts;
  std::vector<Host> hosts;
  std::vector<Identity> identities;
  std::vector<ArtifactReport> artifacts;
  std::vector<Coverage> coverage;
  std::uint64_t rules_matched = 0, rules_not_matched = 0;
  std::vector<NotEvaluated> rules_not_evaluated;
  std::vector<CollectNext> collect_next;
  std::vector<Notice> notices;
  TicketText ticket;
  std::vector<std::string> limits_hit;
  std::vector<std::string> derivation;  // how each cause was weighed, for --why; not part of JSON
  std::optional<RunInfo> run;
};

}  // namespace rdptriage
