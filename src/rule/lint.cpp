#include "rule/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "rule/condition.hpp"
#include "rule/lint_context.hpp"
#include "rule/match_program.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

namespace {
using base::YamlNode;

class Linter {
 public:
  Linter(LintContext& context, const std::vector<bool>& impossible)
      : context_(context), impossible_(impossible) {}

  void lint_document(const YamlNode& root) {
    const bool rule = root.find("detection") != nullptr || root.find("correlation") != nullptr;
    const YamlNode* filter = root.find("filter");
    if (!root.is_mapping() || (!rule && filter == nullptr)) return;
    lint_header(context_, root);
    const LogSource source = source_of(root);
    if (const YamlNode* detection = root.find("detection")) {
      lint_selections(context_, *detection, source);
      lint_detection(root, *detection);
    }
    if (filter != nullptr) lint_selections(context_, *filter, source);
    if (const YamlNode* correlation = root.find("correlation")) lint_correlation(*correlation);
    if (rule && root.find("logsource") != nullptr) lint_source(*root.find("logsource"));
  }

 private:
  static LogSource source_of(const YamlNode& root) {
    const YamlNode* source = root.find("logsource");
    if (source == nullptr) return {};
    return {std::string(source->text_of("product")), std::string(source->text_of("category")),
            std::string(source->text_of("service"))};
  }

  const RuleInfo* info_of(const YamlNode& root) const {
    for (const std::string_view key : {"name", "id", "title"}) {
      const std::string_view handle = root.text_of(key);
      if (!handle.empty()) return context_.rules.find(handle);
    }
    return nullptr;
  }

  void lint_source(const YamlNode& source) {
    const std::string_view product = source.text_of("product"), service = source.text_of("service"),
                           category = source.text_of("category");
    const bool windows = product.empty() || base::equals_ignoring_case(product, "windows");
    if (!windows || context_.sources.empty()) {
      if (context_.scope == LintFor::sigma && product == "rdp") {
        context_.find("P070", *source.find("product"),
                      "the product `rdp` is not in Sigma's taxonomy",
                      "other engines need the processing pipeline of this pack");
      }
      return;
    }
    // Captures carry categories of their own; what nobody maps is said all the same under --sigma.
    if (!service.empty() && !context_.sources.knows_service(service)) {
      context_.find("P053", *source.find("service"),
                    fmt::format("no Windows event log is known for the service `{}`", service),
                    "add it to logsources.yml, or correct the name");
    }
    if (context_.scope == LintFor::sigma && !category.empty() &&
        !context_.sources.knows_category(category)) {
      context_.find("P070", *source.find("category"),
                    fmt::format("the category `{}` is not in Sigma's taxonomy", category),
                    "other engines need the processing pipeline of this pack");
    }
  }

  void lint_correlation(const YamlNode& correlation) {
    if (context_.scope != LintFor::sigma) return;
    const YamlNode* condition = correlation.find("condition");
    if (condition != nullptr && condition->is_scalar()) {
      context_.find("P071", *condition, "a text condition of a correlation is not in Sigma 2.1",
                    "few engines know it; a list of `rules` is understood by all");
    }
  }

  void lint_detection(const YamlNode& root, const YamlNode& detection) {
    // Which selections the conditions use.
    std::vector<const YamlNode*> conditions;
    const YamlNode* condition = detection.find("condition");
    if (condition == nullptr) return;
    if (condition->is_sequence()) {
      for (const YamlNode& each : condition->items) conditions.push_back(&each);
    } else {
      conditions.push_back(condition);
    }
    std::set<std::string> used;
    std::string shown;
    for (const YamlNode* text : conditions) {
      const auto tree = parse_condition(text->text);
      if (!tree) return;
      mark_used(*tree, detection, used);
      shown += (shown.empty() ? "" : " | ") + text->text;
      lint_operators(*text);
    }
    const YamlNode* own = root.find("rdptriage");
    const YamlNode* holds = own == nullptr ? nullptr : own->find("holds");
    if (holds != nullptr) used.insert(std::string(holds->text_of("from")));
    for (const YamlNode& key : detection.keys) {
      if (key.text == "condition" || used.count(key.text) != 0) continue;
      context_.found.push_back(base::make_problem(
          "P014", context_.source, key, fmt::format("selection `{}` is never used", key.text),
          fmt::format("not named by the condition `{}`", shown),
          fmt::format("remove it, or write `condition: {} or {}`", shown, key.text)));
    }
    const RuleInfo* info = info_of(root);
    if (info != nullptr && impossible_[info->index]) {
      context_.find("P044", *condition, "no event can match: the event ids contradict each other",
                    "an event has one EventID; join alternatives with `or`");
    }
  }

  void mark_used(const Condition& tree, const YamlNode& detection, std::set<std::string>& used) {
    for (const Condition& operand : tree.operands) mark_used(operand, detection, used);
    if (!tree.operands.empty()) return;
    if (tree.op == ConditionOp::identifier) {
      used.insert(tree.name);
      return;
    }
    for (const YamlNode& key : detection.keys) {
      if (selects(tree.name, key.text)) used.insert(key.text);
    }
  }

  void lint_operators(const YamlNode& condition) {
    std::string_view text = condition.text;
    for (const std::string_view word : base::split(text, ' ')) {
      const std::string lower = base::to_lower_ascii(word);
      if (lower == "any" && context_.scope == LintFor::sigma) {
        context_.find("P073", condition, "`any of` is not in Sigma 2.1", "write `1 of`");
        return;
      }
      if (lower == word || (lower != "and" && lower != "or" && lower != "not" && lower != "of"))
        continue;
      context_.find("P054", condition, fmt::format("the operator `{}` should be lower case", word),
                    "other engines refuse it");
      return;
    }
  }

  LintContext& context_;
  const std::vector<bool>& impossible_;
};

// By rule: its event ids rule each other out under every alternative of its log source.
std::vector<bool> impossible_rules(const CompiledRules& rules) {
  const MatchProgram& program = rules.program();
  std::vector<bool> by_name(program.variants.size());  // never indexed
  for (const auto& source : program.source_variants) by_name[source.variant] = true;
  std::vector<bool> covered(rules.rules().size()), possible(rules.rules().size());
  for (std::size_t i = 0; i < program.variants.size(); ++i) {
    if (by_name[i]) continue;
    const Variant& variant = program.variants[i];
    covered[variant.rule] = true;
    if (variant.any_id || !variant.event_ids.empty()) possible[variant.rule] = true;
  }
  for (std::size_t i = 0; i < covered.size(); ++i) covered[i] = covered[i] && !possible[i];
  return covered;
}
}  // namespace

std::vector<Problem> lint(std::span<const RuleFile> files, const CompiledRules& rules,
                          const LogSourceMap& sources, LintFor scope) {
  std::vector<Problem> found;
  const std::vector<bool> impossible = impossible_rules(rules);
  for (const RuleFile& file : files) {
    LintContext context{rules, sources, scope, {file.path, file.text}, found};
    const auto roots = base::parse_yaml(context.source);
    if (!roots) continue;
    Linter linter(context, impossible);
    for (const YamlNode& root : *roots) linter.lint_document(root);
  }
  return found;
}

}  // namespace rdptriage::rule
