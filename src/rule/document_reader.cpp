#include "rule/document_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "base/time.hpp"
#include "rule/correlation_reader.hpp"
#include "rule/document_context.hpp"
#include "rule/triage_key_reader.hpp"

namespace rdptriage::rule {

using base::YamlNode;

namespace {
enum class DocumentKind { detection, correlation, filter, disable, other };

DocumentKind kind_of(const YamlNode& root) {
  if (root.find("correlation") != nullptr) return DocumentKind::correlation;
  if (root.find("filter") != nullptr) return DocumentKind::filter;
  if (root.find("detection") != nullptr || root.find("logsource") != nullptr ||
      root.find("action") != nullptr) {
    return DocumentKind::detection;
  }
  if (root.find("disable") != nullptr) return DocumentKind::disable;
  // A rule with its main key missing or mistyped, told from causes and formats by what only rules
  // have.
  if (root.find("title") != nullptr && root.find("cause") == nullptr &&
      (root.find("level") != nullptr || root.find("status") != nullptr ||
       root.find("id") != nullptr)) {
    return DocumentKind::detection;
  }
  return DocumentKind::other;
}
}  // namespace

std::vector<std::string> DocumentContext::texts(const YamlNode& owner, std::string_view key) {
  std::vector<std::string> out;
  const YamlNode* node = owner.find(key);
  if (node == nullptr || node->is_null()) return out;
  if (node->is_scalar()) {
    out.push_back(node->text);
    return out;
  }
  for (const YamlNode& item : node->items) {
    if (node->is_mapping() || !item.is_scalar()) {
      problem("P012", item, fmt::format("`{}` must be a text or a list of texts", key));
      return out;
    }
    out.push_back(item.text);
  }
  return out;
}

std::string DocumentContext::text(const YamlNode& owner, std::string_view key) {
  const YamlNode* node = owner.find(key);
  if (node == nullptr || node->is_null()) return {};
  if (!node->is_scalar()) {
    problem("P012", *owner.find_key(key), fmt::format("`{}` must be a text", key));
    return {};
  }
  return node->text;
}

void DocumentContext::check_keys(const YamlNode& map, std::span<const std::string_view> known,
                                 std::string_view where) {
  for (const YamlNode& key : map.keys) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    const std::string_view near = base::nearest_word(key.text, {known.begin(), known.end()});
    problem("P013", key, fmt::format("unknown key `{}` in {}", key.text, where), "",
            near.empty() ? fmt::format("known are: {}", fmt::join(known, ", "))
                         : fmt::format("did you mean `{}`?", near));
  }
}

RuleInfo DocumentContext::read_info(const YamlNode& root, RuleKind kind) {
  RuleInfo info;
  info.kind = kind;
  info.id = text(root, "id");
  info.name = text(root, "name");
  info.title = text(root, "title");
  info.description = text(root, "description");
  info.author = text(root, "author");
  info.license = text(root, "license");
  info.status = text(root, "status");
  info.date = text(root, "date");
  info.modified = text(root, "modified");
  info.level = text(root, "level");
  info.tags = texts(root, "tags");
  info.references = texts(root, "references");
  info.falsepositives = texts(root, "falsepositives");
  info.file = source.file;
  info.line = root.line;
  if (base::trim(info.title).empty()) {
    problem("P011", root, "the rule has no `title`", "", "say in one line what a match means");
  }
  return info;
}

LogSource DocumentContext::read_source(const YamlNode& root) {
  LogSource out;
  const YamlNode* node = root.find("logsource");
  if (node == nullptr) {
    problem("P011", root, "the rule has no `logsource`", "",
            "say which events it considers: product, category or service");
    return out;
  }
  if (node->is_mapping()) {
    out.product = text(*node, "product");
    out.category = text(*node, "category");
    out.service = text(*node, "service");
  }
  if (out.product.empty() && out.category.empty() && out.service.empty()) {
    problem("P011", *root.find_key("logsource"), "`logsource` has no product, category or service",
            "", "name at least one of them");
  }
  return out;
}

std::optional<ConditionText> DocumentContext::read_condition(const YamlNode& node) {
  if (!node.is_scalar() || node.is_null()) {
    problem("P012", node, "a condition must be a text");
    return std::nullopt;
  }
  auto tree = parse_condition(node.text);
  if (!tree) {
    const ConditionError& error = tree.error();
    problems.push_back(base::make_problem(error.code, source,
                                          inside(node, error.offset, error.length), error.message,
                                          "", error.help));
    return std::nullopt;
  }
  return ConditionText{std::move(*tree), node.mark()};
}

base::SourceMark DocumentContext::inside(const YamlNode& node, std::size_t offset,
                                         std::size_t length) {
  base::SourceMark mark = node.mark();
  const bool one_line = node.style != base::YamlStyle::block &&
                        node.text.find('\n') == std::string::npos &&
                        node.length >= node.text.size();
  if (!one_line) return mark;
  mark.column += static_cast<unsigned>(offset) + (node.style == base::YamlStyle::quoted ? 1 : 0);
  mark.length = static_cast<unsigned>(length);
  return mark;
}

std::optional<Selection> DocumentContext::read_selection(const YamlNode& key,
                                                         const YamlNode& node) {
  Selection out;
  out.name = key.text;
  out.mark = key.mark();
  ItemContext items{source, placeholders, patterns, problems};
  const std::size_t before = problems.size();
  const auto add_map = [&](const YamlNode& map) {
    if (map.keys.empty()) {
      problem("P026", map, "an empty map matches nothing", "", "name the fields and their values");
      return;
    }
    std::vector<Item> all;
    for (std::size_t i = 0; i < map.keys.size(); ++i) {
      if (auto item = parse_item(map.keys[i], map.items[i], items)) all.push_back(std::move(*item));
    }
    out.alternatives.push_back(std::move(all));
  };
  if (node.is_mapping()) {
    add_map(node);
  } else if (node.is_sequence()) {
    if (node.items.empty()) {
      problem("P026", key, fmt::format("the selection `{}` is an empty list", key.text), "",
              "write its maps or keywords");
    }
    std::vector<YamlNode> keywords;
    for (const YamlNode& element : node.items) {
      if (element.is_mapping()) {
        add_map(element);
      } else if (element.is_scalar()) {
        keywords.push_back(element);
      } else {
        problem("P012", element, "a selection is a map, a list of maps or a list of keywords");
      }
    }
    if (!keywords.empty()) {
      if (auto item = parse_keywords(keywords, keywords.front().mark(), items)) {
        out.alternatives.push_back({std::move(*item)});
      }
    }
  } else if (node.is_null()) {
    problem("P026", key, fmt::format("the selection `{}` is empty", key.text), "",
            "write its fields and values");
  } else if (auto item = parse_keywords({&node, 1}, node.mark(), items)) {
    out.alternatives.push_back({std::move(*item)});
  }
  if (problems.size() != before) return std::nullopt;
  return out;
}

Detection DocumentContext::read_detection(const YamlNode& root, std::string_view key,
                                          std::span<const std::string_view> skipped) {
  Detection out;
  const YamlNode* node = root.find(key);
  if (node == nullptr) {
    problem("P011", root, fmt::format("the rule has no `{}`", key), "",
            "write its selections and their condition");
    return out;
  }
  if (!node->is_mapping()) {
    problem("P012", *root.find_key(key), fmt::format("`{}` must be a map of selections", key));
    return out;
  }
  const YamlNode* condition = nullptr;
  std::size_t selections = 0;
  for (std::size_t i = 0; i < node->keys.size(); ++i) {
    const YamlNode& name = node->keys[i];
    if (std::find(skipped.begin(), skipped.end(), name.text) != skipped.end()) continue;
    if (name.text == "condition") {
      condition = &node->items[i];
    } else if (name.text == "timeframe") {
      problem("P037", name, "`timeframe` is not part of Sigma 2", "",
              "write a correlation document with a `timespan`");
    } else {
      ++selections;
      if (auto selection = read_selection(name, node->items[i])) {
        out.selections.push_back(std::move(*selection));
      }
    }
  }
  if (selections == 0) {
    problem("P011", *root.find_key(key), fmt::format("`{}` has no selection", key), "",
            "write at least one map of fields and values");
  }
  if (condition == nullptr) {
    problem("P011", *root.find_key(key), fmt::format("`{}` has no `condition`", key), "",
            "name the selections that must hold, for example `condition: selection`");
  } else if (condition->is_sequence()) {
    if (condition->items.empty()) problem("P026", *condition, "the condition is an empty list");
    for (const YamlNode& each : condition->items) {
      if (auto parsed = read_condition(each)) out.conditions.push_back(std::move(*parsed));
    }
  } else if (auto parsed = read_condition(*condition)) {
    out.conditions.push_back(std::move(*parsed));
  }
  for (std::size_t i = 0; i < out.conditions.size() && condition != nullptr; ++i) {
    const YamlNode& text = condition->is_sequence() ? condition->items[i] : *condition;
    check_names(out.conditions[i].tree, *node, text, skipped);
  }
  return out;
}

void DocumentContext::check_names(const Condition& tree, const YamlNode& detection,
                                  const YamlNode& text, std::span<const std::string_view> skipped) {
  for (const Condition& operand : tree.operands) check_names(operand, detection, text, skipped);
  if (!tree.operands.empty()) return;
  std::vector<std::string_view> names;
  for (const YamlNode& key : detection.keys) {
    const bool other = key.text == "condition" || key.text == "timeframe" ||
                       std::find(skipped.begin(), skipped.end(), key.text) != skipped.end();
    if (!other) names.push_back(key.text);
  }
  const base::SourceMark mark = inside(text, tree.offset, tree.length);
  if (tree.op == ConditionOp::identifier) {
    if (std::find(names.begin(), names.end(), tree.name) != names.end()) return;
    const std::string_view near = base::nearest_word(tree.name, names);
    problems.push_back(base::make_problem(
        "P016", source, mark, fmt::format("there is no selection `{}`", tree.name), "",
        near.empty() ? fmt::format("there are: {}", fmt::join(names, ", "))
                     : fmt::format("did you mean `{}`?", near)));
    return;
  }
  const bool any = std::any_of(names.begin(), names.end(),
                               [&](std::string_view name) { return selects(tree.name, name); });
  if (!any) {
    problems.push_back(
        base::make_problem("P017", source, mark, fmt::format("`{}` selects nothing", tree.name), "",
                           "selections that begin with `_` must be named one by one"));
  }
}

void DocumentReader::read(const base::SourceText& source, std::size_t file, RuleDocuments& out) {
  const auto roots = base::parse_yaml(source);
  if (!roots) {
    problems_.push_back(roots.error());
    return;
  }
  for (const YamlNode& root : *roots) {
    DocumentContext context{source, file, placeholders_, patterns_, problems_};
    if (!root.is_mapping()) {
      context.problem("P010", root, "a rule must be a map", "", "begin with `title: …`");
      continue;
    }
    const std::size_t before = problems_.size();
    const auto good = [&] { return problems_.size() == before; };
    switch (kind_of(root)) {
      case DocumentKind::detection: {
        if (const YamlNode* action = root.find_key("action")) {
          context.problem("P037", *action, "`action` is not part of Sigma 2", "",
                          "write every rule as a document of its own");
          break;
        }
        DetectionDocument rule;
        rule.info = context.read_info(root, RuleKind::detection);
        rule.source = context.read_source(root);
        rule.info.product = rule.source.product;
        rule.info.category = rule.source.category;
        rule.info.service = rule.source.service;
        rule.detection = context.read_detection(root, "detection", {});
        rule.place = {file, root.mark()};
        read_triage_key(context, root, rule);
        if (good()) out.detections.push_back(std::move(rule));
        break;
      }
      case DocumentKind::filter: {
        FilterDocument filter;
        filter.title = context.text(root, "title");
        filter.source = context.read_source(root);
        constexpr std::string_view kSkipped[] = {"rules"};
        filter.detection = context.read_detection(root, "filter", kSkipped);
        filter.place = {file, root.mark()};
        const YamlNode* body = root.find("filter");
        const YamlNode* rules = body == nullptr ? nullptr : body->find("rules");
        if (rules == nullptr || rules->is_null()) {
          context.problem("P011", *root.find_key("filter"), "`filter` has no `rules`", "",
                          "list the rules it applies to, or write `rules: any`");
        } else if (!rules->is_scalar() || !base::equals_ignoring_case(rules->text, "any")) {
          filter.rules = context.texts(*body, "rules");
          if (filter.rules.empty()) context.problem("P026", *rules, "the list of rules is empty");
        }
        if (good()) out.filters.push_back(std::move(filter));
        break;
      }
      case DocumentKind::correlation: {
        CorrelationDocument rule;
        rule.info = context.read_info(root, RuleKind::correlation);
        rule.place = {file, root.mark()};
        read_correlation(context, root, rule);
        read_triage_key(context, root, rule);
        if (good()) out.correlations.push_back(std::move(rule));
        break;
      }
      case DocumentKind::disable: {
        DisableDocument disable;
        disable.place = {file, root.mark()};
        const YamlNode& list = *root.find("disable");
        for (const YamlNode& rule : list.items) disable.rules.push_back({rule.text, rule.mark()});
        if (!list.is_sequence()) {
          context.problem("P012", *root.find_key("disable"), "`disable` must be a list of rules");
        }
        if (good()) out.disabled.push_back(std::move(disable));
        break;
      }
      case DocumentKind::other:
        break;
    }
  }
}

}  // namespace rdptriage::rule
