#include "rule/correlation_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "base/time.hpp"

namespace rdptriage::rule {

using base::YamlNode;

namespace {
struct TypeName {
  std::string_view name;
  CorrelationType type;
};
constexpr TypeName kTypes[] = {
    {"event_count", CorrelationType::event_count},
    {"value_count", CorrelationType::value_count},
    {"temporal", CorrelationType::temporal},
    {"temporal_ordered", CorrelationType::temporal_ordered},
    {"value_sum", CorrelationType::value_sum},
    {"value_avg", CorrelationType::value_avg},
    {"value_percentile", CorrelationType::value_percentile},
    {"value_median", CorrelationType::value_median},
};
constexpr std::string_view kKeys[] = {"type",      "rules",   "group-by", "timespan",
                                      "condition", "aliases", "generate"};

struct OpName {
  std::string_view name;
  CountOp op;
};
constexpr OpName kOps[] = {{"eq", CountOp::eq},   {"neq", CountOp::neq}, {"lt", CountOp::lt},
                           {"lte", CountOp::lte}, {"gt", CountOp::gt},   {"gte", CountOp::gte}};

struct Unit {
  char letter;
  std::int64_t seconds;
};
// A month and a year are those of the mean Gregorian calendar.
constexpr Unit kUnits[] = {{'s', 1},       {'m', 60},        {'h', 3600},      {'d', 86'400},
                           {'w', 604'800}, {'M', 2'629'746}, {'y', 31'556'952}};

std::int64_t read_timespan(DocumentContext& context, const YamlNode& node) {
  constexpr std::size_t kMaxDigits = 6;
  const std::string& text = node.text;
  std::int64_t count = 0;
  const bool shaped = node.is_scalar() && text.size() >= 2 && text.size() <= kMaxDigits + 1 &&
                      std::all_of(text.begin(), text.end() - 1, [&](char c) {
                        count = count * 10 + (c - '0');
                        return c >= '0' && c <= '9';
                      });
  const auto* unit =
      !shaped ? std::end(kUnits)
              : std::find_if(std::begin(kUnits), std::end(kUnits),
                             [&](const Unit& known) { return known.letter == text.back(); });
  if (unit == std::end(kUnits) || count == 0) {
    context.problem("P034", node, fmt::format("`{}` is no time span", text), "",
                    "write a number and a unit, for example 30s, 10m, 2h, 1d");
    return 0;
  }
  // Beyond that, moments could not be compared any more.
  constexpr std::int64_t kMostSeconds = std::int64_t{100} * 31'556'952;
  if (count > kMostSeconds / unit->seconds) {
    context.problem("P034", node, fmt::format("`{}` is longer than a hundred years", text), "",
                    "no log is that long; write a shorter one");
    return 0;
  }
  return count * unit->seconds * base::kTicksPerSecond;
}

void collect_names(const Condition& tree, const base::SourceMark& mark,
                   std::vector<RuleReference>& out) {
  for (const Condition& operand : tree.operands) collect_names(operand, mark, out);
  if (tree.op != ConditionOp::identifier) return;
  const bool known = std::any_of(
      out.begin(), out.end(), [&](const RuleReference& rule) { return rule.handle == tree.name; });
  if (!known) out.push_back({tree.name, mark});
}

bool is_value_type(CorrelationType type) {
  return type != CorrelationType::event_count && !is_temporal(type);
}

void read_thresholds(DocumentContext& context, const YamlNode& condition,
                     CorrelationDocument& rule) {
  for (std::size_t i = 0; i < condition.keys.size(); ++i) {
    const YamlNode& key = condition.keys[i];
    const YamlNode& value = condition.items[i];
    const auto number = value.is_scalar() && value.type() == base::YamlType::number
                            ? parse_decimal(value.text, Exponent::allowed)
                            : std::nullopt;
    const auto* op = std::find_if(std::begin(kOps), std::end(kOps),
                                  [&](const OpName& known) { return known.name == key.text; });
    if (op != std::end(kOps)) {
      if (!number) {
        context.problem("P035", value, fmt::format("`{}` needs a number", key.text));
      } else {
        rule.thresholds.push_back({op->op, *number});
      }
    } else if (key.text == "field" && is_value_type(rule.type)) {
      rule.fields = context.texts(condition, "field");
      if (rule.fields.size() != 1 && rule.type != CorrelationType::value_count) {
        context.problem("P035", key, "this type of correlation takes one field");
      }
    } else if (key.text == "percentile" && rule.type == CorrelationType::value_percentile) {
      const double percentile = number ? to_double(*number) : -1;
      if (percentile < 0 || percentile > 100) {
        context.problem("P035", value, "`percentile` needs a number from 0 to 100");
      }
      rule.percentile = percentile;
    } else {
      std::vector<std::string_view> known;
      for (const OpName& row : kOps) known.push_back(row.name);
      if (is_value_type(rule.type)) known.push_back("field");
      if (rule.type == CorrelationType::value_percentile) known.push_back("percentile");
      const std::string_view near = base::nearest_word(key.text, known);
      context.problem("P035", key, fmt::format("`{}` cannot stand in this condition", key.text), "",
                      near.empty() ? fmt::format("it may have: {}", fmt::join(known, ", "))
                                   : fmt::format("did you mean `{}`?", near));
    }
  }
}

void read_condition(DocumentContext& context, const YamlNode& body, CorrelationDocument& rule) {
  const YamlNode* condition = body.find("condition");
  const YamlNode& key = condition == nullptr ? body : *body.find_key("condition");
  if (condition == nullptr) {
    if (!is_temporal(rule.type)) {
      context.problem("P035", *body.find_key("type"),
                      "this type of correlation needs a `condition`", "",
                      "write for example `condition: {gte: 3}`");
    }
    return;
  }
  if (condition->is_scalar() && !condition->is_null() && is_temporal(rule.type)) {
    if (auto expression = context.read_condition(*condition))
      rule.expression = std::move(*expression);
    return;
  }
  if (!condition->is_mapping()) {
    context.problem("P035", key,
                    is_temporal(rule.type)
                        ? "the condition must be a map or an expression over rules"
                        : "the condition of a count must be a map",
                    "", "write for example `condition: {gte: 3}`");
    return;
  }
  read_thresholds(context, *condition, rule);
  if (rule.thresholds.empty()) {
    context.problem("P035", key, "the condition compares nothing", "", "add for example `gte: 3`");
  }
  if (is_value_type(rule.type) && rule.fields.empty()) {
    context.problem("P035", key, "the condition names no `field`", "",
                    "say whose values are counted");
  }
  if (rule.type == CorrelationType::value_percentile && !rule.percentile) {
    context.problem("P035", key, "the condition has no `percentile`", "",
                    "say which one, for example `percentile: 95`");
  }
}

void read_aliases(DocumentContext& context, const YamlNode& body, CorrelationDocument& rule) {
  const YamlNode* aliases = body.find("aliases");
  if (aliases == nullptr || aliases->is_null()) return;
  if (!aliases->is_mapping()) {
    context.problem("P036", *body.find_key("aliases"), "`aliases` must be a map", "",
                    "write `alias: {rule: field}`");
    return;
  }
  for (std::size_t i = 0; i < aliases->keys.size(); ++i) {
    const YamlNode& map = aliases->items[i];
    Alias alias;
    alias.name = aliases->keys[i].text;
    if (!map.is_mapping() || map.keys.empty()) {
      context.problem("P036", aliases->keys[i],
                      fmt::format("the alias `{}` must be a map", alias.name), "",
                      "write `alias: {rule: field}`");
      continue;
    }
    for (std::size_t j = 0; j < map.keys.size(); ++j) {
      alias.fields.emplace_back(RuleReference{map.keys[j].text, map.keys[j].mark()},
                                context.text(map, map.keys[j].text));
    }
    rule.aliases.push_back(std::move(alias));
  }
}
}  // namespace

bool is_temporal(CorrelationType type) {
  return type == CorrelationType::temporal || type == CorrelationType::temporal_ordered;
}

bool is_monotonic(const std::vector<Threshold>& thresholds) {
  return thresholds.size() == 1 &&
         (thresholds[0].op == CountOp::gt || thresholds[0].op == CountOp::gte);
}

void read_correlation(DocumentContext& context, const YamlNode& root, CorrelationDocument& rule) {
  const YamlNode& body = *root.find("correlation");
  if (!body.is_mapping()) {
    context.problem("P012", *root.find_key("correlation"), "`correlation` must be a map");
    return;
  }
  context.check_keys(body, kKeys, "`correlation`");
  const YamlNode* type = body.find("type");
  const auto* row =
      type == nullptr
          ? std::end(kTypes)
          : std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeName& known) {
              return type->is_scalar() && known.name == type->text;
            });
  if (row == std::end(kTypes)) {
    std::vector<std::string_view> names;
    for (const TypeName& known : kTypes) names.push_back(known.name);
    const std::string_view near = type == nullptr ? "" : base::nearest_word(type->text, names);
    context.problem("P033", type == nullptr ? *root.find_key("correlation") : *type,
                    type == nullptr ? std::string("the correlation has no `type`")
                                    : fmt::format("`{}` is no type of correlation", type->text),
                    "",
                    near.empty() ? fmt::format("known are: {}", fmt::join(names, ", "))
                                 : fmt::format("did you mean `{}`?", near));
    return;
  }
  rule.type = row->type;
  if (const YamlNode* rules = body.find("rules")) {
    for (const YamlNode& item : rules->is_scalar() ? std::span<const YamlNode>(rules, 1)
                                                   : std::span<const YamlNode>(rules->items)) {
      if (!item.is_scalar() || item.is_null() || rules->is_mapping()) {
        context.problem("P012", item, "`rules` must be a list of names or ids");
        break;
      }
      rule.rules.push_back({item.text, item.mark()});
    }
  }
  read_condition(context, body, rule);
  if (rule.rules.empty() && rule.expression) {
    collect_names(rule.expression->tree, rule.expression->mark, rule.rules);
  }
  if (rule.rules.empty()) {
    context.problem("P011", *body.find_key("type"), "the correlation has no `rules`", "",
                    "list the rules it looks at, by name or id");
  }
  rule.group_by = context.texts(body, "group-by");
  if (const YamlNode* timespan = body.find("timespan")) {
    rule.timespan = read_timespan(context, *timespan);
  } else {
    context.problem("P011", *body.find_key("type"), "the correlation has no `timespan`", "",
                    "write for example `timespan: 10m`");
  }
  read_aliases(context, body, rule);
  if (const YamlNode* generate = body.find("generate")) {
    const auto value = generate->boolean();
    if (!value) {
      context.problem("P012", *generate, "`generate` must be true or false");
    } else {
      rule.generate = *value;
    }
  }
}

}  // namespace rdptriage::rule
