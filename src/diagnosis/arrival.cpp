#include "diagnosis/arrival.hpp"

#include "timeline/stages.hpp"

namespace rdptriage::diagnosis {

std::optional<bool> is_behind(const timeline::Timeline& timeline, const Fact& fact,
                              const Fact& other) {
  if (fact.ticks && other.ticks) {
    if (fact.scale != other.scale) return std::nullopt;
    return *fact.ticks > *other.ticks;
  }
  if (fact.ticks || other.ticks || fact.attempt != other.attempt) return std::nullopt;
  // Lines of one trace: by its own clock, else as they stand.
  const auto& last = timeline.places[fact.events.back()].ticks;
  const auto& others = timeline.places[other.events.back()].ticks;
  if (last && others && *last != *others) return *last > *others;
  return fact.events.back() > other.events.back();
}

std::vector<Arrival> find_arrivals(std::span<const rule::RuleInfo> rules, const FactBase& facts,
                                   const timeline::Timeline& timeline) {
  std::vector<Arrival> arrivals(timeline.attempts.size());
  for (const Fact& fact : facts.all()) {
    const rule::TriageKey& key = rules[fact.rule].triage;
    if (!fact.attempt || key.state != "passed" || fact.certainty != Certainty::sure ||
        timeline::stage_depth(key.stage) != timeline::session_depth())
      continue;
    const Fact*& session = arrivals[*fact.attempt].session;
    if (session == nullptr || is_behind(timeline, *session, fact).value_or(false)) session = &fact;
  }
  for (const Fact& fact : facts.all()) {
    const rule::TriageKey& key = rules[fact.rule].triage;
    if (!fact.attempt || key.state != "failed") continue;
    Arrival& arrival = arrivals[*fact.attempt];
    // What failed on the way there was tried again.
    if (arrival.session != nullptr &&
        (timeline::stage_depth(key.stage) == timeline::session_depth() ||
         is_behind(timeline, fact, *arrival.session).value_or(false)))
      arrival.failed = true;
  }
  return arrivals;
}

}  // namespace rdptriage::diagnosis
