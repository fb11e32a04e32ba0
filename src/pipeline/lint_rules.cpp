#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/problem.hpp"
#include "base/text.hpp"
#include "diagnosis/cause_set.hpp"
#include "diagnosis/code_table.hpp"
#include "pipeline/rule_files.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rule_set.hpp"
#include "rdptriage/rules.hpp"
#include "rule/correlation.hpp"
#include "rule/lint.hpp"

namespace rdptriage {

namespace {
constexpr std::string_view kClaims = "claims.yml";

// Rules of the project's own format that no cause and no correlation looks at.
void find_unused(const pipeline::SelectedRules& selected, const RuleSetImpl& pack,
                 std::vector<Problem>& findings) {
  const auto& evidence = pack.causes().evidence_rules();
  if (evidence.empty()) return;  // rules without a pack of causes
  for (const rule::RuleInfo& info : selected.loaded.rules.rules()) {
    if (!info.triage.present || info.generated_for) continue;
    if (info.visibility == rule::Visibility::disabled) continue;
    const rule::RuleInfo* same = pack.rules().find(info.handle());
    if (same == nullptr || std::binary_search(evidence.begin(), evidence.end(), same->index))
      continue;
    const auto& correlations = selected.loaded.rules.correlations();
    const bool correlated =
        std::any_of(correlations.begin(), correlations.end(), [&](const auto& c) {
          return std::find(c.rules.begin(), c.rules.end(), info.index) != c.rules.end();
        });
    // The timeline asks some rules itself: how far a connection got, and which machine is which.
    const bool tells_progress = !info.triage.state.empty() || !info.triage.attempt.empty();
    const bool tells_machine = !info.triage.host_names.empty() || !info.triage.host_zone.empty() ||
                               !info.triage.host_clock.empty() || !info.triage.log_state.empty();
    if (correlated || tells_progress || tells_machine) continue;
    for (const rule::RuleFile& file : selected.files) {
      if (file.path != info.file) continue;
      findings.push_back(base::make_problem(
          "P047", {file.path, file.text}, {info.line, 1, 1},
          fmt::format("no cause uses the rule `{}`", info.handle()), "",
          "name it in the evidence of a cause (weight 0: considered, no evidence), or remove it"));
    }
  }
}

// Names in `disable`, `supersedes` and in filters that no rule has, neither here nor in the
// embedded pack.
void find_unknown_targets(const pipeline::SelectedRules& selected, std::vector<Problem>& findings) {
  const auto check = [&](const std::string& handle, const rule::Place& place, base::SourceMark mark,
                         std::string_view what) {
    const rule::CompiledRules& ours = RuleSet::builtin().impl().rules();
    if (selected.loaded.rules.find(handle) != nullptr || ours.find(handle) != nullptr) return;
    std::vector<std::string_view> names;
    for (const rule::CompiledRules* set : {&selected.loaded.rules, &ours}) {
      for (const rule::RuleInfo& info : set->rules()) names.push_back(info.handle());
    }
    const std::string_view near = base::nearest_word(handle, names);
    const rule::RuleFile& file = selected.files[place.file];
    findings.push_back(
        base::make_problem("P058", {file.path, file.text}, mark,
                           fmt::format("there is no rule `{}` to {}", handle, what), "",
                           near.empty() ? std::string("`rdptriage rules list` shows the rules")
                                        : fmt::format("did you mean `{}`?", near)));
  };
  for (const rule::DisableDocument& document : selected.loaded.rules.documents().disabled) {
    for (const rule::RuleReference& rule : document.rules)
      check(rule.handle, document.place, rule.mark, "leave out");
  }
  for (const rule::FilterDocument& filter : selected.loaded.rules.documents().filters) {
    for (const std::string& rule : filter.rules)
      check(rule, filter.place, filter.place.mark, "filter");
  }
  const auto check_superseded = [&](const auto& documents) {
    for (const auto& document : documents) {
      for (const rule::RuleReference& rule : document.supersedes)
        check(rule.handle, document.place, rule.mark, "supersede");
    }
  };
  check_superseded(selected.loaded.rules.documents().detections);
  check_superseded(selected.loaded.rules.documents().correlations);
}

// Tables of codes and the claims about them.
void check_tables(const pipeline::SelectedRules& selected, std::vector<Problem>& problems) {
  for (const rule::RuleFile& file : selected.files) {
    if (pipeline::part_of(file.path, file.text) != pipeline::PackPart::codes) continue;
    const base::SourceText source{file.path, file.text};
    if (file.path.size() >= kClaims.size() &&
        file.path.substr(file.path.size() - kClaims.size()) == kClaims) {
      if (auto claims = diagnosis::parse_claims(source); !claims)
        problems.push_back(claims.error());
    } else if (auto table = diagnosis::parse_code_table(source); !table) {
      problems.push_back(table.error());
    }
  }
}
}  // namespace

Result<LintResult> lint_rules(const RuleSelection& selection, LintScope scope) {
  RuleSelection applied = selection;
  applied.log_sources = RuleSelection::LogSources::apply;
  RDPTRIAGE_TRY(const auto selected, pipeline::load_selection(applied));
  LintResult out;
  rule::LogSourceMap sources;
  std::vector<Problem> already_reported;
  for (const rule::RuleFile& file : selected->log_source_files) {
    sources.add({file.path, file.text}, already_reported);
  }
  for (const rule::RuleInfo& info : selected->loaded.rules.rules())
    out.rules += info.generated_for ? 0U : 1U;
  out.findings = rule::lint(selected->files, selected->loaded.rules, sources,
                            scope == LintScope::sigma ? rule::LintFor::sigma : rule::LintFor::own);
  // The files once more as a pack: causes, formats and codes have their own loaders.
  std::vector<pipeline::RulePackFile> pack_files;
  for (const rule::RuleFile& file : selected->files) {
    pack_files.push_back({std::string(file.path),
                          {},
                          file.text,
                          pipeline::part_of(file.path, file.text),
                          file.pack});
  }
  for (const rule::RuleFile& file : selected->log_source_files) {
    pack_files.push_back({std::string(file.path), {}, file.text, pipeline::PackPart::log_sources});
  }
  const RuleSetImpl pack(std::move(pack_files), {}, selected->placeholders);
  out.problems = pack.problems();
  check_tables(*selected, out.problems);
  find_unused(*selected, pack, out.findings);
  find_unknown_targets(*selected, out.findings);
  for (const pipeline::RulePackFile& file : pack.files()) {
    if (file.part == pipeline::PackPart::i18n)
      pipeline::lint_translations({file.path, file.text}, pack, out.findings);
  }
  std::stable_sort(out.findings.begin(), out.findings.end(),
                   [](const Problem& a, const Problem& b) {
                     return std::pair(std::string_view(a.file), a.line) <
                            std::pair(std::string_view(b.file), b.line);
                   });
  return out;
}

}  // namespace rdptriage
