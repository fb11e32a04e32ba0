#include "diagnosis/fact.hpp"

#include <algorithm>

namespace rdptriage::diagnosis {

FactBase::FactBase(std::vector<Fact> facts, std::size_t rules) : facts_(std::move(facts)) {
  std::stable_sort(facts_.begin(), facts_.end(), [](const Fact& a, const Fact& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.attempt < b.attempt;
  });
  begin_.assign(rules + 1, facts_.size());
  attempts_.assign(rules, 0);
  for (std::size_t i = facts_.size(); i-- > 0;) {
    const Fact& fact = facts_[i];
    begin_[fact.rule] = i;
    const bool first =
        i == 0 || facts_[i - 1].rule != fact.rule || facts_[i - 1].attempt != fact.attempt;
    if (first && fact.attempt) ++attempts_[fact.rule];
  }
  for (std::size_t rule = rules; rule-- > 0;)
    begin_[rule] = std::min(begin_[rule], begin_[rule + 1]);
}

std::span<const Fact> FactBase::of(rule::RuleIndex rule) const {
  if (rule >= attempts_.size()) return {};
  return std::span(facts_).subspan(begin_[rule], begin_[rule + 1] - begin_[rule]);
}

std::span<const Fact> FactBase::of(rule::RuleIndex rule,
                                   std::optional<timeline::AttemptIndex> attempt) const {
  const auto facts = of(rule);
  const auto first = std::partition_point(facts.begin(), facts.end(),
                                          [&](const Fact& fact) { return fact.attempt < attempt; });
  const auto last = std::partition_point(
      first, facts.end(), [&](const Fact& fact) { return !(attempt < fact.attempt); });
  return facts.subspan(static_cast<std::size_t>(first - facts.begin()),
                       static_cast<std::size_t>(last - first));
}

std::size_t FactBase::attempts_of(rule::RuleIndex rule) const {
  return rule < attempts_.size() ? attempts_[rule] : 0;
}

}  // namespace rdptriage::diagnosis
