#include "pipeline/left_out_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rdptriage::pipeline {

using diagnosis::Certainty;
using diagnosis::Fact;

namespace {
std::string in_words(const timeline::BuildRange& range) {
  if (!range.until) return fmt::format("build {} and later", range.since->text());
  if (!range.since) return fmt::format("build {} and earlier", range.until->text());
  return fmt::format("builds {} to {}", range.since->text(), range.until->text());
}

std::string times(std::uint64_t count) {
  return fmt::format("{} match{}", count, count == 1 ? "" : "es");
}

void take_off(Gathered& gathered, rule::RuleIndex rule) {
  if (gathered.match_count[rule] != 0) --gathered.match_count[rule];
}
}  // namespace

bool is_of_other_build(const rule::RuleInfo& rule, const timeline::Timeline& timeline,
                       std::optional<timeline::HostIndex> host) {
  if (rule.triage.builds.empty() || !host) return false;
  const auto& build = timeline.hosts[*host].build;
  return build && !rule.triage.builds.may_hold(*build);
}

void drop_other_builds(const rule::CompiledRules& rules, const timeline::Timeline& timeline,
                       Gathered& gathered) {
  std::map<std::pair<rule::RuleIndex, timeline::HostIndex>, std::uint64_t> dropped;
  std::erase_if(gathered.hits, [&](const DetectionHit& hit) {
    const auto host = timeline.places[hit.event].host;
    if (!is_of_other_build(rules.rules()[hit.rule], timeline, host)) return false;
    ++dropped[{hit.rule, *host}];
    take_off(gathered, hit.rule);
    return true;
  });
  for (const auto& [key, count] : dropped) {
    const rule::RuleInfo& rule = rules.rules()[key.first];
    if (rule.generated_for) continue;
    const timeline::HostRecord& host = timeline.hosts[key.second];
    gathered.left_out.push_back(
        fmt::format("left out: {} of {}, which is for {}; {} runs {}", times(count), rule.handle(),
                    in_words(rule.triage.builds), host.name, host.build->text()));
  }
}

void drop_superseded(const rule::CompiledRules& rules, std::vector<Fact>& facts,
                     Gathered& gathered) {
  std::map<rule::RuleIndex, std::vector<rule::RuleIndex>> superseded_by;
  for (const rule::RuleInfo& rule : rules.rules()) {
    for (const rule::RuleIndex other : rule.triage.supersedes)
      superseded_by[other].push_back(rule.index);
  }
  if (superseded_by.empty()) return;
  std::map<rule::RuleIndex, std::vector<timeline::EventIndex>> events_of;  // of those that do
  for (const auto& [rule, others] : superseded_by) {
    for (const rule::RuleIndex other : others) events_of[other];
  }
  for (const Fact& fact : facts) {
    const auto at = events_of.find(fact.rule);
    if (at == events_of.end() || fact.certainty != Certainty::sure) continue;
    at->second.insert(at->second.end(), fact.events.begin(), fact.events.end());
  }
  for (auto& [rule, events] : events_of) std::sort(events.begin(), events.end());

  // Judged before anything is dropped, so that a chain leaves only its most telling rule.
  std::map<std::pair<rule::RuleIndex, rule::RuleIndex>, std::uint64_t> dropped;
  std::erase_if(facts, [&](const Fact& fact) {
    const auto others = superseded_by.find(fact.rule);
    if (others == superseded_by.end()) return false;
    for (const rule::RuleIndex other : others->second) {
      const auto& events = events_of[other];
      const bool all =
          std::all_of(fact.events.begin(), fact.events.end(), [&](timeline::EventIndex event) {
            return std::binary_search(events.begin(), events.end(), event);
          });
      if (!all) continue;
      ++dropped[{fact.rule, other}];
      take_off(gathered, fact.rule);
      return true;
    }
    return false;
  });
  for (const auto& [key, count] : dropped) {
    gathered.left_out.push_back(fmt::format("left out: {} of {}, about which {} says more",
                                            times(count), rules.rules()[key.first].handle(),
                                            rules.rules()[key.second].handle()));
  }
}

}  // namespace rdptriage::pipeline
