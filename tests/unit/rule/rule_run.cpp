#include "rule_run.hpp"

#include <cctype>

#include "event/event_store.hpp"
#include "reader/event_json.hpp"
#include "rule/correlation.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_loader.hpp"
#include "support/plain_matcher.hpp"

namespace rdptriage::tests {

namespace {
std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}
}  // namespace

RunOutcome run_rules(const RuleRun& run) {
  const rule::RuleFile file{"r.yml", run.rules};
  const std::string source_text = run.sources.value_or("");
  const rule::RuleFile map{"sources", source_text};
  rule::LoadOptions options;
  options.log_sources = run.sources ? rule::LogSourceUse::apply : rule::LogSourceUse::ignore;
  if (run.sources) options.log_source_files = {&map, 1};
  options.placeholders = run.placeholders;
  const rule::LoadedRules loaded = rule::load_rules({&file, 1}, options);
  RunOutcome out;
  for (const Problem& problem : loaded.problems) out.problems.push_back(problem.code);
  if (!out.problems.empty()) return out;

  rule::LogSourceMap sources;
  std::vector<Problem> none;
  if (run.sources) sources.add({map.path, map.text}, none);
  const PlainMatcher plain(loaded.rules, sources, options.log_sources);
  rule::Matcher matcher(loaded.rules);
  event::EventStore store;
  std::vector<rule::Hit> hits;
  std::vector<rule::RuleIndex> matched;
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    reader::visit_json_event(run.events[i], {}, [&](EventView& view) {
      matcher.match(view, matched);
      if (plain.match(view) != matched) out.disputed.push_back(i);
      if (matched.empty()) return;
      const event::Event& kept = store.keep(view);
      for (const rule::RuleIndex index : matched) {
        rule::Hit hit;
        hit.rule = index;
        hit.event = &kept;
        hit.time = kept.key.time.value_or(Timestamp{});
        hits.push_back(hit);
        out.matched.insert(i);
        const rule::RuleInfo& info = loaded.rules.rules()[index];
        if (info.visibility == rule::Visibility::shown) out.reported[info.handle()].insert(i);
      }
    });
  }
  for (const rule::RuleInfo& info : loaded.rules.rules()) {
    const bool shown = info.visibility == rule::Visibility::shown;
    if (shown && info.kind == rule::RuleKind::detection) out.visible.insert(info.handle());
  }
  for (const rule::Firing& firing : rule::correlate(loaded.rules, hits)) {
    const rule::RuleInfo& info = loaded.rules.rules()[firing.rule];
    if (info.visibility != rule::Visibility::shown) continue;
    FiredGroup& group = out.fired.emplace_back();
    group.rule = info.handle();
    group.ticks = firing.time.ticks;
    for (const auto& [name, value] : firing.group) {
      group.group.emplace_back(name, value ? std::optional(in_lower_case(*value)) : std::nullopt);
    }
  }
  return out;
}

}  // namespace rdptriage::tests
