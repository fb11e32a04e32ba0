#include "pipeline/facts.hpp"

#include <algorithm>
#include <map>

#include "event/field_lookup.hpp"
#include "rule/correlation.hpp"
#include "timeline/clocks.hpp"

namespace rdptriage::pipeline {

using diagnosis::Fact;

namespace {
// A state lasts on its own machine only.
using StateKey = std::pair<rule::RuleIndex, std::optional<timeline::HostIndex>>;

Fact fact_of(rule::RuleIndex rule, std::uint32_t event, const timeline::Timeline& timeline) {
  const timeline::Place& place = timeline.places[event];
  Fact fact;
  fact.rule = rule;
  fact.events = {event};
  fact.attempt = place.attempt;
  fact.host = place.host;
  if (place.instant) fact.instant = place.ticks;
  return fact;
}

// REQUIRES: hits in the order of events, then rules.
bool has_hit(const std::vector<DetectionHit>& hits, std::uint32_t event, rule::RuleIndex rule) {
  const auto at = std::lower_bound(hits.begin(), hits.end(), std::make_pair(event, rule),
                                   [](const DetectionHit& hit, const auto& key) {
                                     return std::make_pair(hit.event, hit.rule) < key;
                                   });
  return at != hits.end() && at->event == event && at->rule == rule;
}

// The end of each state: the first matching end behind it on the same machine.
void end_states(const rule::CompiledRules& rules, std::vector<Fact>& facts) {
  std::map<StateKey, std::vector<std::int64_t>> ends;
  for (const Fact& fact : facts) {
    if (fact.instant) ends[{fact.rule, fact.host}].push_back(*fact.instant);
  }
  for (auto& [key, times] : ends) std::sort(times.begin(), times.end());
  for (Fact& fact : facts) {
    const rule::TriageKey& key = rules.rules()[fact.rule].triage;
    if (!fact.is_state || !key.holds_until || !fact.instant) continue;
    const auto at = ends.find({*key.holds_until, fact.host});
    if (at == ends.end()) continue;
    const auto end = std::upper_bound(at->second.begin(), at->second.end(), *fact.instant);
    if (end != at->second.end()) fact.until = *end;
  }
}
}  // namespace

timeline::Timeline place_events(const rule::CompiledRules& rules,
                                const std::vector<DetectionHit>& hits, event::EventStore& store) {
  std::vector<timeline::HostClaim> claims;
  std::vector<timeline::EventMark> marks;
  for (const DetectionHit& hit : hits) {
    const rule::TriageKey& key = rules.rules()[hit.rule].triage;
    if (!key.host_from.empty() || !key.host_role.empty()) {
      const auto name = event::first_value(store.events()[hit.event], key.host_from);
      claims.push_back({hit.event, name.value_or(std::string()), key.host_role});
    }
    // What passed or failed is a connection; a neutral fact (a service stopped, a key could not be
    // read) may be true with nobody connecting.
    if (!key.stage.empty()) {
      const bool neutral = key.state.empty();
      marks.push_back({hit.event, neutral ? timeline::Mark::near : timeline::Mark::bound});
    }
    if (key.attempt == "start") marks.push_back({hit.event, timeline::Mark::start});
    if (key.attempt == "end") marks.push_back({hit.event, timeline::Mark::end});
  }
  return timeline::build_timeline(store, claims, marks);
}

std::vector<Fact> establish_facts(const rule::CompiledRules& rules,
                                  const std::vector<DetectionHit>& hits,
                                  const event::EventStore& store,
                                  const timeline::Timeline& timeline) {
  std::vector<Fact> facts;
  std::vector<rule::Hit> correlated;
  const timeline::Clocks clocks = timeline::measure_clocks(store);
  for (const DetectionHit& hit : hits) {
    Fact fact = fact_of(hit.rule, hit.event, timeline);
    const rule::TriageKey& key = rules.rules()[hit.rule].triage;
    // A state may begin with only some of the rule's matches.
    fact.is_state = key.holds && (!key.holds_from || has_hit(hits, hit.event, *key.holds_from));
    facts.push_back(std::move(fact));
    rule::Hit& one = correlated.emplace_back();
    one.rule = hit.rule;
    one.event = &store.events()[hit.event];
    one.time.ticks = timeline.places[hit.event].ticks.value_or(0);
    // A time that cannot be compared with other artifacts is not set right either.
    if (!timeline.places[hit.event].instant) continue;
    one.clock = clocks.of_event[hit.event];
    one.time.ticks -= clocks.clocks[one.clock].ahead;
    one.uncertainty = clocks.clocks[one.clock].uncertainty;
  }
  end_states(rules, facts);

  for (const rule::Firing& firing : rule::correlate(rules, correlated)) {
    Fact fact;
    fact.rule = firing.rule;
    fact.certainty = firing.certainty == rule::Certainty::possible ? diagnosis::Certainty::possible
                                                                   : diagnosis::Certainty::sure;
    bool one_attempt = true, one_host = true;
    for (const std::size_t member : firing.members) {
      const std::uint32_t event = hits[member].event;
      const timeline::Place& place = timeline.places[event];
      fact.events.push_back(event);
      if (place.attempt && fact.attempt && place.attempt != fact.attempt) one_attempt = false;
      if (place.host && fact.host && place.host != fact.host) one_host = false;
      if (!fact.attempt) fact.attempt = place.attempt;
      if (!fact.host) fact.host = place.host;
      if (place.instant && (!fact.instant || *place.ticks > *fact.instant))
        fact.instant = place.ticks;
    }
    if (fact.events.empty()) continue;
    std::sort(fact.events.begin(), fact.events.end());
    fact.events.erase(std::unique(fact.events.begin(), fact.events.end()), fact.events.end());
    // What spans several tries is a fact of the case.
    if (!one_attempt) fact.attempt.reset();
    if (!one_host) fact.host.reset();
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<std::optional<timeline::AttemptIndex>> disconnects(const event::EventStore& store,
                                                               const timeline::Timeline& timeline) {
  std::vector<std::optional<timeline::AttemptIndex>> out;
  for (std::size_t i = 0; i < store.events().size(); ++i) {
    if (store.events()[i].key.service == "client-disconnect")
      out.push_back(timeline.places[i].attempt);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace rdptriage::pipeline
