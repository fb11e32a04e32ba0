#include "pipeline/fact_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "diagnosis/template_text.hpp"
#include "event/field_lookup.hpp"

namespace rdptriage::pipeline {

using diagnosis::Fact;

int severity_rank(std::string_view severity) {
  constexpr std::string_view kOrder[] = {"critical", "high", "medium", "low"};
  const auto at = std::find(std::begin(kOrder), std::end(kOrder), severity);
  return static_cast<int>(at - std::begin(kOrder));
}

std::optional<std::string> FactWords::value_of(const Fact& fact, std::string_view field) const {
  for (const std::uint32_t index : fact.events) {
    auto value = event::first_value(store_.events()[index], field);
    if (value && !value->empty()) return value;
  }
  return std::nullopt;
}

// `name` is one of the rule's kept values, or a field of the event.
std::optional<std::string> FactWords::shown_value(const Fact& fact, std::string_view name) const {
  for (const auto& [shown, field] : q_.rules[fact.rule].triage.keep) {
    if (shown == name) return value_of(fact, field);
  }
  return value_of(fact, name);
}

std::string FactWords::title_of(const rule::RuleInfo& rule) const {
  return std::string(texts_.text(rule.handle() + ".title", rule.title));
}

std::string FactWords::message_of(const Fact& fact) const {
  const rule::RuleInfo& rule = q_.rules[fact.rule];
  std::string message = title_of(rule);
  if (!rule.triage.says.empty()) {
    message =
        diagnosis::fill_template(texts_.text(rule.handle() + ".says", rule.triage.says),
                                 [&](std::string_view name) { return shown_value(fact, name); });
  }
  if (rule::wants_author_named(rule)) message += fmt::format(" (rule by {})", rule.author);
  return message;
}

void FactWords::word_evidence(EvidenceTable& evidence) {
  std::map<std::uint32_t, const Fact*> best;
  for (const Fact& fact : q_.facts->all()) {
    if (fact.events.size() != 1 || q_.rules[fact.rule].generated_for) continue;
    const auto [at, added] = best.emplace(fact.events.front(), &fact);
    if (!added && tells_more(fact, *at->second)) at->second = &fact;
  }
  for (const auto& [event, fact] : best) {
    evidence.set_words(event, message_of(*fact));
    telling_[event] = fact;
  }
}

std::vector<std::uint32_t> FactWords::by_weight(const Fact& fact) const {
  std::vector<std::uint32_t> events = fact.events;
  std::stable_sort(events.begin(), events.end(), [this](std::uint32_t a, std::uint32_t b) {
    const auto first = telling_.find(a), second = telling_.find(b);
    if (first == telling_.end()) return false;
    if (second == telling_.end()) return true;
    return tells_more(*first->second, *second->second);
  });
  return events;
}

bool FactWords::tells_more(const Fact& a, const Fact& b) const {
  const rule::RuleInfo &first = q_.rules[a.rule], &second = q_.rules[b.rule];
  const auto rank = [](const rule::RuleInfo& rule) {
    return std::make_tuple(rule.kind != rule::RuleKind::detection, rule.triage.state != "failed",
                           severity_rank(rule.level), rule.triage.says.empty());
  };
  return rank(first) < rank(second);
}

}  // namespace rdptriage::pipeline
