#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "pipeline/rule_files.hpp"
#include "rdptriage/rules.hpp"
#include "reader/event_json.hpp"
#include "rule/explain.hpp"

namespace rdptriage {

Result<std::vector<RuleSummary>> list_rules(const RuleSelection& selection,
                                            std::vector<Problem>& problems) {
  RDPTRIAGE_TRY(const auto selected, pipeline::load_selection(selection));
  std::vector<RuleSummary> out;
  for (const rule::RuleInfo& info : selected->loaded.rules.rules()) {
    if (info.generated_for || info.visibility == rule::Visibility::disabled) continue;
    RuleSummary row{info.handle(),
                    info.id,
                    info.title,
                    info.level,
                    info.status,
                    info.author,
                    info.file,
                    info.kind == rule::RuleKind::correlation,
                    {}};
    for (const std::string* part : {&info.product, &info.category, &info.service}) {
      if (part->empty()) continue;
      if (!row.log_source.empty()) row.log_source += '/';
      row.log_source += *part;
    }
    const rule::TriageKey& own = info.triage;
    for (const rule::RuleIndex other : own.supersedes)
      row.supersedes.push_back(selected->loaded.rules.rules()[other].handle());
    if (own.builds.since) row.since = own.builds.since->text();
    if (own.builds.until) row.until = own.builds.until->text();
    for (const rule::RuleTexts& texts : own.translated) row.languages.push_back(texts.language);
    out.push_back(std::move(row));
  }
  problems = std::move(selected->loaded.problems);
  return out;
}

Result<std::string> explain_rule(const RuleSelection& selection, std::string_view handle,
                                 std::string_view event) {
  bool read = false, names_a_source = false;
  const auto visit = [&](FunctionRef<void(EventView&)> use) {
    return reader::visit_json_event(event, {}, use);
  };
  read = visit([&](EventView& view) {
    const EventKey& key = view.key();
    names_a_source = !key.channel.empty() || !key.category.empty() || !key.service.empty() ||
                     (!key.product.empty() && key.product != "windows");
  });
  if (!read) {
    return fail("EVENT_INVALID", "the event is not a JSON object", {},
                R"(write for example '{"EventID": 1149, "Channel": "System"}')");
  }
  // An event that says where it is from must be of the rule's log source.
  RuleSelection applied = selection;
  applied.log_sources =
      names_a_source ? RuleSelection::LogSources::apply : RuleSelection::LogSources::ignore;
  RDPTRIAGE_TRY(const auto selected, pipeline::load_selection(applied));
  const rule::CompiledRules& rules = selected->loaded.rules;
  const rule::RuleInfo* info = rules.find(handle);
  if (info == nullptr) {
    RDPTRIAGE_CHECK(pipeline::check_problems(selection, selected->loaded.problems));
    std::vector<std::string_view> names;
    for (const rule::RuleInfo& known : rules.rules()) names.push_back(known.handle());
    const std::string_view near = base::nearest_word(handle, names);
    return fail("RULE_UNKNOWN", fmt::format("there is no rule `{}`", handle), {},
                near.empty() ? "`rdptriage rules list` shows them"
                             : fmt::format("did you mean `{}`?", near));
  }
  if (info->visibility == rule::Visibility::disabled) {
    return fail("RULE_DISABLED",
                fmt::format("a later pack leaves `{}` out: it never matches", handle), {},
                "take it off that pack's list `disable`");
  }
  if (info->kind == rule::RuleKind::correlation) {
    return fail("RULE_NO_DETECTION",
                fmt::format("`{}` is a correlation: one event cannot match it", handle), {},
                "explain one of the rules it refers to");
  }
  rule::LogSourceMap sources;
  std::vector<Problem> already_reported;
  for (const rule::RuleFile& file : selected->log_source_files) {
    sources.add({file.path, file.text}, already_reported);
  }
  std::string out;
  visit([&](EventView& view) { out = rule::explain(rules, info->index, sources, view); });
  return out;
}

}  // namespace rdptriage
