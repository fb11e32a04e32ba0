#include "report/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/time.hpp"
#include "rdptriage/names.hpp"

namespace rdptriage::report {

namespace {
template <class Item>
const Item* find_by_id(const std::vector<Item>& items, std::string_view id) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

bool all_succeeded(const Report& report) {
  return !report.attempts.empty() &&
         std::all_of(report.attempts.begin(), report.attempts.end(), [](const Attempt& attempt) {
           return attempt.outcome == AttemptOutcome::succeeded;
         });
}

// Something that failed in no attempt: what an attempt outlived is told by the attempt.
bool shows_other_failure(const Report& report) {
  return std::any_of(report.findings.begin(), report.findings.end(), [](const Finding& finding) {
    return finding.attempts.empty() && finding.stage_state == StageState::failed;
  });
}

bool shows_failure(const Report& report) {
  const auto failed = [](const Attempt& attempt) {
    return attempt.outcome == AttemptOutcome::failed || !attempt.disconnect_code.empty();
  };
  return std::any_of(report.attempts.begin(), report.attempts.end(), failed) ||
         shows_other_failure(report);
}
}  // namespace

std::string headline(const Report& report) {
  if (!report.headline.empty()) return report.headline;
  if (!report.diagnoses.empty() &&
      (report.verdict == Verdict::diagnosed || report.verdict == Verdict::suspected)) {
    return report.diagnoses.front().title;
  }
  switch (report.verdict) {
    case Verdict::no_failure_found:
      return "No failure found in what was given";
    case Verdict::not_analysable:
      return "Nothing here says anything about a connection";
    default:
      if (all_succeeded(report) && shows_other_failure(report))
        return "Every connection in these files succeeded; something else in them failed";
      if (report.attempts.empty() && shows_other_failure(report))
        return "These files show a fault, but no attempt to connect";
      // That it failed is said only where something shows it.
      return shows_failure(report) ? "The connection failed; these files do not prove why"
                                   : "Nothing in these files shows why a connection failed";
  }
}

std::string confidence_line(const Diagnosis& diagnosis) {
  return fmt::format("{} · {}", name_of(diagnosis.confidence.label), diagnosis.cause);
}

const Evidence* find_evidence(const Report& report, std::string_view id) {
  return find_by_id(report.evidence, id);
}
const Host* find_host(const Report& report, std::string_view id) {
  return find_by_id(report.hosts, id);
}
const ArtifactReport* find_artifact(const Report& report, std::string_view id) {
  return find_by_id(report.artifacts, id);
}

std::string place_of(const Report& report, const Evidence& evidence) {
  if (const Host* host = find_host(report, evidence.host); host && !host->name.empty()) {
    return host->name;
  }
  const ArtifactReport* artifact = find_artifact(report, evidence.artifact);
  if (!artifact) return {};
  const auto slash = artifact->path.find_last_of('/');
  return slash == std::string::npos ? artifact->path : artifact->path.substr(slash + 1);
}

std::string place_of(const Report& report, const CollectNext& next) {
  const Host* host = find_host(report, next.host);
  if (host && !host->name.empty()) return host->name;
  if (next.role.empty()) return {};
  std::string role = next.role;
  std::replace(role.begin(), role.end(), '-', ' ');
  return "the " + role;
}

std::string time_of(const Evidence& evidence) {
  if (evidence.time && evidence.time_quality == TimeQuality::utc) {
    std::string text = base::format_rfc3339(evidence.time->ticks).substr(0, 23);
    text[10] = ' ';
    return text + " UTC";
  }
  return evidence.time_original;
}

std::string position_of(const Evidence& evidence) {
  if (evidence.line) return fmt::format("line {}", *evidence.line);
  if (!evidence.record_id.empty()) return "record " + evidence.record_id;
  return {};
}

std::string files_line(const Report& report) {
  // What was given as one bundle is its members; the bundle itself is no file that says anything.
  std::set<std::string_view> bundles;
  for (const ArtifactReport& artifact : report.artifacts) bundles.insert(artifact.parent);
  std::size_t files = 0, used = 0, damaged = 0, refused = 0, cut = 0;
  for (const ArtifactReport& artifact : report.artifacts) {
    if (bundles.count(artifact.id) != 0) {
      cut += artifact.state == ArtifactState::damaged;
      continue;
    }
    ++files;
    used += artifact.state == ArtifactState::used ||
            (artifact.state == ArtifactState::damaged && artifact.records_read != 0);
    damaged += artifact.state == ArtifactState::damaged;
    refused += artifact.state == ArtifactState::refused;
  }
  std::string text = fmt::format("{} of {} file{} used", used, files, files == 1 ? "" : "s");
  if (damaged) text += fmt::format(", {} damaged", damaged);
  if (refused) text += fmt::format(", {} refused", refused);
  // Members that were refused say it themselves.
  if (cut != 0 && refused == 0) text += ", bundle incomplete";
  return text;
}

const Attempt* shown_attempt(const Report& report) {
  std::vector<const Attempt*> failed;
  for (const Attempt& attempt : report.attempts) {
    if (attempt.outcome == AttemptOutcome::failed) failed.push_back(&attempt);
  }
  if (failed.empty()) return report.attempts.empty() ? nullptr : &report.attempts.front();
  if (report.diagnoses.empty()) return failed.front();
  // The cause was found in the attempt that its findings, the heaviest first, have in common.
  for (const std::string& id : report.diagnoses.front().findings) {
    const Finding* finding = find_by_id(report.findings, id);
    if (finding == nullptr) continue;
    std::vector<const Attempt*> left;
    for (const Attempt* attempt : failed) {
      if (std::find(finding->attempts.begin(), finding->attempts.end(), attempt->id) !=
          finding->attempts.end())
        left.push_back(attempt);
    }
    if (!left.empty()) failed = std::move(left);
  }
  return failed.front();
}

std::string success_since(const Report& report) {
  const Attempt* shown = shown_attempt(report);
  if (shown == nullptr || shown->outcome != AttemptOutcome::failed || !shown->start) return {};
  const auto differ = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  const auto is_same_try = [&](const Attempt& attempt) {
    const bool same_side = (!shown->client.empty() && shown->client == attempt.client) ||
                           (!shown->user.empty() && shown->user == attempt.user);
    return same_side && !differ(shown->client, attempt.client) &&
           !differ(shown->user, attempt.user) && !differ(shown->target, attempt.target);
  };
  // The first success behind the last failure: what fails again is not over.
  std::vector<const Attempt*> later;
  for (const Attempt& attempt : report.attempts) {
    if (attempt.start && *shown->start < *attempt.start && is_same_try(attempt))
      later.push_back(&attempt);
  }
  std::stable_sort(later.begin(), later.end(),
                   [](const Attempt* a, const Attempt* b) { return *a->start < *b->start; });
  const Attempt* success = nullptr;
  for (const Attempt* attempt : later) {
    if (attempt->outcome == AttemptOutcome::failed) success = nullptr;
    if (attempt->outcome == AttemptOutcome::succeeded && success == nullptr) success = attempt;
  }
  if (success == nullptr) return {};
  const std::string at = base::format_rfc3339(success->start->ticks);
  const bool same_day = base::format_rfc3339(shown->start->ticks).substr(0, 10) == at.substr(0, 10);
  const bool same_client = !shown->client.empty() && shown->client == success->client;
  const bool same_target = !shown->target.empty() && shown->target == success->target;
  return fmt::format("{}{} a later attempt of the same {}{} succeeded",
                     same_day ? "" : at.substr(0, 10) + ' ', at.substr(11, 8),
                     same_client ? "client" : "user", same_target ? " to this host" : "");
}

std::string clock_line(const Report& report) {
  constexpr std::int64_t kMinute = 60'000;
  const Attempt* shown = shown_attempt(report);
  if (shown == nullptr || report.diagnoses.empty()) return {};
  std::string line;
  for (const std::string* id : {&shown->client, &shown->gateway, &shown->target}) {
    const Host* host = find_host(report, *id);
    if (host == nullptr || !host->clock_offset_ms) continue;
    const std::int64_t minutes = std::abs(*host->clock_offset_ms) / kMinute;
    if (minutes == 0) continue;
    line += fmt::format("{}the clock of {} is taken to be {} min {}", line.empty() ? "" : "; ",
                        host->name, minutes, *host->clock_offset_ms < 0 ? "slow" : "fast");
  }
  return line;
}

std::vector<std::string> remarks(const Report& report) {
  std::vector<std::string> out;
  for (std::string remark : {success_since(report), clock_line(report)}) {
    if (!remark.empty()) out.push_back(std::move(remark));
  }
  return out;
}

}  // namespace rdptriage::report
