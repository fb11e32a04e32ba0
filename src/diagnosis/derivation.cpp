// `--why`: what the timeline made of the records, then every cause that was weighed, item by item,
// so that a rule author can see why one won.
#include <fmt/format.h>

#include "diagnosis/diagnose.hpp"
#include "rdptriage/names.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::diagnosis {

namespace {
std::string_view in_words(ItemState state) {
  switch (state) {
    case ItemState::present:
      return "found";
    case ItemState::explained:
      return "found, explained by another cause";
    case ItemState::absent:
      return "not found";
    case ItemState::unknown:
      return "not looked at";
  }
  return "";
}

std::string_view in_words(When when) {
  switch (when) {
    case When::same_attempt:
      return ", in this attempt only";
    case When::same_host:
      return ", on a machine of the attempt, near in time";
    case When::holds_at_incident:
      return ", if it held at that time";
    case When::after_last_evidence:
      return ", if later than all that speaks for the cause";
    case When::anywhere:
      return ", anywhere in the case";
    case When::fitting:
      break;
  }
  return "";
}

std::string_view in_words(AttemptOutcome outcome) {
  return outcome == AttemptOutcome::unknown ? "its outcome is not shown" : name_of(outcome);
}

void add_hosts(const timeline::Timeline& timeline, std::vector<std::string>& lines) {
  constexpr double kTicksPerSecond = 10'000'000;
  for (const timeline::HostRecord& host : timeline.hosts) {
    std::string line = fmt::format("host {}", host.name);
    if (!host.roles.empty()) line += fmt::format(" ({})", fmt::join(host.roles, ", "));
    if (!host.aliases.empty()) line += fmt::format(", also {}", fmt::join(host.aliases, ", "));
    if (host.build) line += ", Windows build " + host.build->text();
    if (host.clock_offset) {
      line += fmt::format(", clock {:+.1f} s, within {:.1f} s",
                          static_cast<double>(*host.clock_offset) / kTicksPerSecond,
                          static_cast<double>(*host.clock_uncertainty) / kTicksPerSecond);
    } else if (timeline.hosts.size() > 1) {
      line += ", clock not measured";
    }
    lines.push_back(std::move(line));
  }
}

void add_attempts(const Question& question, const Answer& answer, std::vector<std::string>& lines) {
  const auto names = timeline::stage_names();
  for (std::size_t i = 0; i < question.timeline->attempts.size(); ++i) {
    const timeline::AttemptRecord& attempt = question.timeline->attempts[i];
    const AttemptView& view = answer.attempts[i];
    std::string line = fmt::format("attempt {}: {}", attempt.key, in_words(view.outcome));
    if (!attempt.user.empty()) line += ", user " + attempt.user;
    if (view.stopped_at) line += fmt::format(", stopped at {}", names[*view.stopped_at]);
    lines.push_back(std::move(line));
    for (std::size_t stage = 0; stage < view.stages.size(); ++stage) {
      std::string said;
      for (const Fact* fact : view.stages[stage].facts) {
        const std::string& handle = question.rules[fact->rule].handle();
        if (said.find(handle) == std::string::npos) said += (said.empty() ? "" : ", ") + handle;
      }
      if (!said.empty()) lines.push_back(fmt::format("  {}: {}", names[stage], said));
    }
  }
}
}  // namespace

std::vector<std::string> derivation(const Question& question, const Answer& answer) {
  std::vector<std::string> lines;
  add_hosts(*question.timeline, lines);
  add_attempts(question, answer, lines);
  for (const Judgment& judgment : answer.judgments) {
    const Cause& cause = question.causes->causes()[judgment.cause];
    lines.push_back(fmt::format(
        "{}: {} with {} point{}{}", cause.id, judgment.label ? name_of(*judgment.label) : "dropped",
        judgment.score(), judgment.score() == 1 ? "" : "s",
        judgment.attempt ? " in attempt " + question.timeline->attempts[*judgment.attempt].key
                         : ""));
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      const EvidenceItem& item = cause.evidence[i];
      const JudgedItem& judged = judgment.items[i];
      lines.push_back(fmt::format(
          "  {:+d}{} {}: {}{}{}{}{}", item.weight, item.decisive ? " decisive" : "",
          question.rules[item.rule].handle(), in_words(judged.state),
          judged.facts.size() > 1 ? fmt::format(" {} times", judged.facts.size()) : std::string(),
          judged.state == ItemState::present && judged.certainty == Certainty::possible
              ? ", perhaps only: counts half"
              : "",
          in_words(item.when), item.source.empty() ? "" : fmt::format(" [{}]", item.source)));
      if (judged.state == ItemState::unknown) {
        lines.back() +=
            ": no " + source_in_words(source_of(question.rules[item.rule])) + " of that time";
      }
    }
    if (judgment.held_back_by) {
      lines.push_back(fmt::format("  held back: {} fits about as well",
                                  question.causes->causes()[*judgment.held_back_by].id));
    }
  }
  if (answer.judgments.empty()) lines.emplace_back("no cause has anything in its favor");
  return lines;
}

}  // namespace rdptriage::diagnosis
