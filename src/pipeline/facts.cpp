#include "pipeline/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "event/field_lookup.hpp"
#include "pipeline/clients_own_service.hpp"
#include "pipeline/focus.hpp"
#include "pipeline/left_out_facts.hpp"
#include "rule/correlation.hpp"
#include "timeline/clocks.hpp"
#include "timeline/hosts.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::pipeline {

using diagnosis::Fact;

namespace {
// A state lasts on its own machine only.
using StateKey =
    std::tuple<rule::RuleIndex, std::optional<timeline::HostIndex>, timeline::TimeScale>;

Fact fact_of(rule::RuleIndex rule, std::string_view role, std::uint32_t event,
             const timeline::Timeline& timeline) {
  const timeline::Place& place = timeline.places[event];
  Fact fact;
  fact.rule = rule;
  fact.role = role;
  fact.events = {event};
  fact.attempt = place.attempt;
  fact.host = place.host;
  if (place.scale != timeline::TimeScale::artifact) fact.ticks = place.ticks;
  fact.scale = place.scale;
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
    if (fact.ticks) ends[{fact.rule, fact.host, fact.scale}].push_back(*fact.ticks);
  }
  for (auto& [key, times] : ends) std::sort(times.begin(), times.end());
  for (Fact& fact : facts) {
    const rule::TriageKey& key = rules.rules()[fact.rule].triage;
    if (!fact.is_state || !key.holds_until || !fact.ticks) continue;
    const auto at = ends.find({*key.holds_until, fact.host, fact.scale});
    if (at == ends.end()) continue;
    const auto end = std::upper_bound(at->second.begin(), at->second.end(), *fact.ticks);
    if (end != at->second.end()) fact.until = *end;
  }
}
}  // namespace

namespace {
std::vector<bool> correlated_rules(const rule::CompiledRules& rules) {
  std::vector<bool> out(rules.rules().size());
  for (const rule::Correlation& correlation : rules.correlations()) {
    for (const rule::RuleIndex rule : correlation.rules) out[rule] = true;
  }
  return out;
}

rule::Hit hit_of(const DetectionHit& hit, const event::Event& event,
                 const timeline::Timeline& timeline) {
  const timeline::Place& place = timeline.places[hit.event];
  rule::Hit out;
  out.rule = hit.rule;
  out.event = &event;
  out.time.ticks = place.ticks.value_or(0);
  out.uncertainty = place.uncertainty;
  out.clock = place.host ? *place.host + 1 : 0;
  const bool measured = place.host && timeline.hosts[*place.host].clock_uncertainty;
  out.clock_state = measured ? rule::ClockState::measured : rule::ClockState::unmeasured;
  if (place.scale == timeline::TimeScale::local) out.scale = 1;
  if (place.ticks && place.scale == timeline::TimeScale::artifact)
    out.scale = event.locator.artifact + 2;
  return out;
}

// The kept values `user`, `client` and `target` also tell attempts apart.
void add_hint(const rule::TriageKey& key, const event::Event& event, std::uint32_t index,
              std::vector<timeline::AttemptHint>& hints) {
  if (key.stage.empty() && key.attempt.empty()) return;
  timeline::AttemptHint hint;
  hint.event = index;
  bool any = false;
  for (const auto& [shown, field] : key.keep) {
    std::string* const slot = shown == "user"     ? &hint.user
                              : shown == "client" ? &hint.client
                              : shown == "target" ? &hint.target
                                                  : nullptr;
    if (slot == nullptr) continue;
    *slot = event::first_value(event, field).value_or(std::string());
    any = any || !slot->empty();
  }
  if (any) hints.push_back(std::move(hint));
}
}  // namespace

timeline::Timeline place_events(const rule::CompiledRules& rules, const CaseOptions& options,
                                Gathered& gathered) {
  event::EventStore& store = gathered.store;
  std::vector<timeline::HostClaim> claims;
  std::vector<timeline::EventMark> marks;
  std::vector<timeline::AttemptHint> hints;
  std::vector<timeline::Moment> moments;
  std::vector<std::string> paths;
  for (const ArtifactReport& artifact : gathered.artifacts) paths.push_back(artifact.path);
  for (const DetectionHit& hit : gathered.hits) {
    const rule::TriageKey& key = rules.rules()[hit.rule].triage;
    const event::Event& event = store.events()[hit.event];
    if (!key.host_from.empty() || !key.host_role.empty() || !key.host_zone.empty() ||
        !key.host_clock.empty() || !key.host_build.empty()) {
      timeline::HostClaim claim;
      claim.event = hit.event;
      claim.name = event::first_value(event, key.host_from).value_or(std::string());
      claim.role = key.host_role;
      for (const std::string& field : key.host_names) {
        event::for_each_value(event, field, [&](const event::FieldValue& value) {
          claim.names.emplace_back(value.text);
        });
      }
      if (!key.host_zone.empty())
        claim.zone = event::first_value(event, key.host_zone).value_or(std::string());
      if (!key.host_clock.empty())
        claim.clock = event::first_value(event, key.host_clock).value_or(std::string());
      if (!key.host_build.empty())
        claim.build = event::first_value(event, key.host_build).value_or(std::string());
      claims.push_back(std::move(claim));
    }
    add_hint(key, event, hit.event, hints);
    // What passed or failed is a connection; a neutral fact (a service stopped, a key could not be
    // read) may be true with nobody connecting.
    if (!key.stage.empty()) {
      const auto depth = timeline::stage_depth(key.stage);
      const bool neutral = key.state.empty();
      marks.push_back({hit.event, neutral ? timeline::Mark::near : timeline::Mark::bound, depth});
      if (key.state == "failed") marks.push_back({hit.event, timeline::Mark::broke, depth});
      if (key.state == "passed") marks.push_back({hit.event, timeline::Mark::passed, depth});
      if (key.state == "passed" && key.stage == timeline::stage_names().back())
        marks.push_back({hit.event, timeline::Mark::arrived, depth});
    }
    if (!key.moment.empty()) moments.push_back({hit.event, key.moment});
    if (key.attempt == "start") marks.push_back({hit.event, timeline::Mark::start});
    if (key.attempt == "end") marks.push_back({hit.event, timeline::Mark::end});
  }
  // What the user says of a machine goes before what its name does.
  std::vector<KnownHost> known = options.hosts;
  for (const KnownHost& machine : gathered.machines) {
    const bool is_said =
        std::any_of(options.hosts.begin(), options.hosts.end(), [&machine](const KnownHost& host) {
          return timeline::host_key(host.name) == timeline::host_key(machine.name);
        });
    if (!is_said) known.push_back(machine);
  }
  timeline::Timeline timeline =
      timeline::build_timeline(store, {claims, marks, hints, paths, moments, known, options.focus});
  drop_clients_own_service(rules, known, timeline, gathered);
  drop_other_builds(rules, timeline, gathered);
  if (!options.focus.empty()) {
    drop_left_out(rules, timeline, gathered);
    tell_narrowing(timeline, gathered);
  }
  tell_times(timeline, gathered);
  return timeline;
}

std::vector<Fact> establish_facts(const rule::CompiledRules& rules,
                                  const std::vector<DetectionHit>& hits,
                                  const event::EventStore& store,
                                  const timeline::Timeline& timeline,
                                  std::vector<Notice>& notices) {
  std::vector<Fact> facts;
  const std::vector<bool> wanted = correlated_rules(rules);
  rule::HitList correlated;
  std::vector<std::uint32_t> events;  // of the correlated hits
  for (const DetectionHit& hit : hits) {
    const rule::TriageKey& key = rules.rules()[hit.rule].triage;
    Fact fact = fact_of(hit.rule, key.host_role, hit.event, timeline);
    // A state may begin with only some of the rule's matches.
    fact.is_state = key.holds && (!key.holds_from || has_hit(hits, hit.event, *key.holds_from));
    facts.push_back(std::move(fact));
    if (!wanted[hit.rule]) continue;
    const rule::Hit one = hit_of(hit, store.events()[hit.event], timeline);
    if (correlated.add(one)) events.push_back(hit.event);
  }
  end_states(rules, facts);
  if (correlated.left_out() != 0)
    notices.push_back(correlations_cut(correlated.left_out(), events.size()));

  for (const rule::Firing& firing : rule::correlate(rules, correlated.hits())) {
    Fact fact;
    fact.rule = firing.rule;
    fact.role = rules.rules()[firing.rule].triage.host_role;
    fact.certainty = firing.certainty == rule::Certainty::possible ? diagnosis::Certainty::possible
                                                                   : diagnosis::Certainty::sure;
    bool one_attempt = true, one_host = true;
    for (const std::size_t member : firing.members) {
      const std::uint32_t event = events[member];
      const timeline::Place& place = timeline.places[event];
      fact.events.push_back(event);
      if (place.attempt && fact.attempt && place.attempt != fact.attempt) one_attempt = false;
      if (place.host && fact.host && place.host != fact.host) one_host = false;
      if (!fact.attempt) fact.attempt = place.attempt;
      if (!fact.host) fact.host = place.host;
      if (place.scale == timeline::TimeScale::artifact) continue;
      const bool is_later = fact.ticks && (place.scale == fact.scale ? *place.ticks > *fact.ticks
                                                                     : place.scale < fact.scale);
      if (fact.ticks && !is_later) continue;
      fact.ticks = place.ticks;
      fact.scale = place.scale;
    }
    if (fact.events.empty()) continue;
    std::sort(fact.events.begin(), fact.events.end());
    fact.events.erase(std::unique(fact.events.begin(), fact.events.end()), fact.events.end());
    // What spans several tries is a fact of the case.
    if (!one_attempt) fact.attempt.reset();
    if (!one_host) fact.host.reset();
    if (is_of_other_build(rules.rules()[fact.rule], timeline, fact.host)) continue;
    facts.push_back(std::move(fact));
  }
  return facts;
}

Notice correlations_cut(std::uint64_t left_out, std::uint64_t looked_at) {
  Notice notice;
  notice.code = "CORRELATIONS_CUT";
  notice.text = fmt::format(
      "correlations looked at the first {} matches; {} more take no part in them, so a correlation "
      "may be missing: give fewer files, or a narrower time",
      looked_at, left_out);
  return notice;
}

std::vector<diagnosis::LogState> log_states(const RuleSetImpl& set,
                                            const diagnosis::FactBase& facts,
                                            const event::EventStore& store) {
  std::vector<diagnosis::LogState> out;
  for (const Fact& fact : facts.all()) {
    const rule::TriageKey& key = set.rules().rules()[fact.rule].triage;
    if (key.log_state.empty()) continue;
    const event::Event& event = store.events()[fact.events.front()];
    std::string channel = key.log_name.empty()
                              ? std::string(event.key.channel)
                              : event::first_value(event, key.log_name).value_or(std::string());
    channel.erase(0, channel.rfind('\\') + 1);  // of a registry key the last part
    for (const std::string& source : set.sources_of_channel(channel)) {
      diagnosis::LogState state;
      state.kind = key.log_state == "off" ? diagnosis::LogState::Kind::off
                                          : diagnosis::LogState::Kind::cleared;
      state.source = source;
      state.host = fact.host;
      if (fact.scale == timeline::TimeScale::common) state.instant = fact.ticks;
      out.push_back(std::move(state));
    }
  }
  return out;
}

std::vector<std::optional<timeline::AttemptIndex>> disconnects(const event::EventStore& store,
                                                               const timeline::Timeline& timeline) {
  std::vector<std::optional<timeline::AttemptIndex>> out;
  for (std::size_t i = 0; i < store.events().size(); ++i) {
    if (store.events()[i].key.service == "client-disconnect" &&
        timeline.places[i].left_out == timeline::LeftOut::no)
      out.push_back(timeline.places[i].attempt);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace rdptriage::pipeline
