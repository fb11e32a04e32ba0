// `--why`: every cause that was weighed, item by item, so that a rule author can see why one won.
#include <fmt/format.h>

#include "diagnosis/diagnose.hpp"

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
      return "not looked at: no such source";
  }
  return "";
}

std::string_view in_words(const std::optional<ConfidenceLabel>& label) {
  if (!label) return "dropped";
  switch (*label) {
    case ConfidenceLabel::confirmed:
      return "confirmed";
    case ConfidenceLabel::likely:
      return "likely";
    case ConfidenceLabel::possible:
      return "possible";
  }
  return "";
}
}  // namespace

std::vector<std::string> derivation(const Question& question, const Answer& answer) {
  std::vector<std::string> lines;
  for (const Judgment& judgment : answer.judgments) {
    const Cause& cause = question.causes->causes()[judgment.cause];
    lines.push_back(fmt::format(
        "{}: {} with {} points{}", cause.id, in_words(judgment.label), judgment.score(),
        judgment.attempt ? " in attempt " + question.timeline->attempts[*judgment.attempt].key
                         : ""));
    for (std::size_t i = 0; i < cause.evidence.size(); ++i) {
      const EvidenceItem& item = cause.evidence[i];
      const JudgedItem& judged = judgment.items[i];
      lines.push_back(fmt::format(
          "  {:+d}{} {}: {}{}", item.weight, item.decisive ? " decisive" : "",
          question.rules[item.rule].handle(), in_words(judged.state),
          judged.facts.size() > 1 ? fmt::format(" {} times", judged.facts.size()) : std::string()));
    }
    if (judgment.held_back_by) {
      lines.push_back(fmt::format("  held back: {} fits about as well",
                                  question.causes->causes()[*judgment.held_back_by].id));
    }
  }
  if (lines.empty()) lines.emplace_back("no cause has anything in its favor");
  return lines;
}

}  // namespace rdptriage::diagnosis
