#include "pipeline/report_case.hpp"

#include <algorithm>
#include <set>

#include "base/sha256.hpp"
#include "diagnosis/diagnose.hpp"
#include "pipeline/attempt_rows.hpp"
#include "pipeline/facts.hpp"
#include "pipeline/focus.hpp"
#include "pipeline/host_roles.hpp"
#include "pipeline/left_out_facts.hpp"
#include "pipeline/report_builder.hpp"
#include "pipeline/ticket.hpp"

namespace rdptriage::pipeline {

namespace {
// Depends on the content of the artifacts alone, not on their names or order.
std::string fingerprint_of(const std::vector<ArtifactReport>& artifacts) {
  std::set<std::string> digests;
  for (const ArtifactReport& artifact : artifacts) {
    if (!artifact.sha256.empty()) digests.insert(artifact.sha256);
    if (artifact.format == "reported-code") digests.insert(artifact.path);
  }
  if (digests.empty()) return {};
  base::Sha256 hash;
  for (const std::string& digest : digests) hash.update(digest);
  return base::to_hex(hash.finish());
}

Status status_of(const Gathered& gathered) {
  bool used = false, lost = !gathered.limits_hit.empty();
  for (const ArtifactReport& artifact : gathered.artifacts) {
    used = used || artifact.state == ArtifactState::used || artifact.records_read != 0;
    lost = lost || artifact.state == ArtifactState::damaged ||
           artifact.state == ArtifactState::refused;
  }
  if (!used) return Status::failed;
  return lost ? Status::partial : Status::complete;
}
}  // namespace

Report report_case(Gathered& gathered, const CaseOptions& options, const RuleSetImpl& set) {
  const timeline::Timeline timeline = place_events(set.rules(), options, gathered);
  for (const auto& host : timeline.artifact_hosts)
    gathered.whose.push_back(host ? host_id(*host) : std::string());
  apply_host_roles(set, timeline, gathered);
  std::vector<diagnosis::Fact> established =
      establish_facts(set.rules(), gathered.hits, gathered.store, timeline, gathered.notices);
  drop_superseded(set.rules(), established, gathered);
  const diagnosis::FactBase facts(std::move(established), set.rules().rules().size());

  const diagnosis::Coverage coverage(gathered.sources, timeline,
                                     log_states(set, facts, gathered.store));

  diagnosis::Question question;
  question.causes = &set.causes();
  question.rules = set.rules().rules();
  question.facts = &facts;
  question.timeline = &timeline;
  question.coverage = &coverage;
  question.disconnects = disconnects(gathered.store, timeline);
  question.failure_reported = gathered.code_reported;
  question.something_read = gathered.capture_read;
  const bool nothing_left = nothing_is_left(timeline, gathered);
  diagnosis::Answer answer = diagnosis::diagnose(question);

  if (nothing_left) {
    answer.verdict = Verdict::not_analysable;
    answer.ranked.clear();
    answer.collect.clear();
    answer.missing.clear();
    answer.silent.clear();
  }

  Report report;
  report.tool_version = RDPTRIAGE_VERSION;
  report.rules_version = set.version();
  report.rules_sha256 = set.sha256();
  report.case_id = options.case_id;
  report.case_fingerprint = fingerprint_of(gathered.artifacts);
  report.status = status_of(gathered);
  build_report(gathered, question, answer, set, report);
  if (nothing_left)
    report.headline = "No connection attempt of what was asked about is in these files";
  report.derivation = diagnosis::derivation(question, answer);
  report.derivation.insert(report.derivation.end(), gathered.left_out.begin(),
                           gathered.left_out.end());
  report.artifacts = std::move(gathered.artifacts);
  report.notices = std::move(gathered.notices);
  report.limits_hit = std::move(gathered.limits_hit);
  report.ticket = compose_ticket(report);
  return report;
}

}  // namespace rdptriage::pipeline
