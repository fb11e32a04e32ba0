#include "rule/correlation_window.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/case_fold.hpp"

namespace rdptriage::rule {

namespace {
bool met(const Threshold& threshold, double value) {
  const double limit = to_double(threshold.value);
  switch (threshold.op) {
    case CountOp::eq:
      return value == limit;
    case CountOp::neq:
      return value != limit;
    case CountOp::lt:
      return value < limit;
    case CountOp::lte:
      return value <= limit;
    case CountOp::gt:
      return value > limit;
    case CountOp::gte:
      return value >= limit;
  }
  return false;
}

std::size_t distinct_rules(const Correlation& correlation) {
  return std::set<RuleIndex>(correlation.rules.begin(), correlation.rules.end()).size();
}

}  // namespace

bool met(const std::vector<Threshold>& thresholds, double value) {
  return std::all_of(thresholds.begin(), thresholds.end(),
                     [&](const Threshold& threshold) { return met(threshold, value); });
}

std::string Window::value_key(const Part& part) const {
  std::string key;
  for (const std::string& field : correlation_->fields) {
    const auto value = reader_->field_of(part, field);
    if (!value) return {};
    key += base::fold_case(*value) + '\0';
  }
  return key;
}

void Window::put(const Part& part) {
  ++events_;
  ++rules_[correlation_->rules[part.position]];
  if (correlation_->type != CorrelationType::value_count) return;
  if (std::string key = value_key(part); !key.empty()) ++values_[std::move(key)];
}

void Window::take(const Part& part) {
  --events_;
  const auto rule = rules_.find(correlation_->rules[part.position]);
  if (--rule->second == 0) rules_.erase(rule);
  if (correlation_->type != CorrelationType::value_count) return;
  const auto value = values_.find(value_key(part));
  if (value != values_.end() && --value->second == 0) values_.erase(value);
}

bool Window::expression_holds(const Condition& tree, Negations negations) const {
  const auto rule_hit = [&](const std::string& name) {
    for (const auto& [handle, position] : correlation_->names) {
      if (base::equals_folded(handle, name))
        return rules_.count(correlation_->rules[position]) != 0;
    }
    return false;
  };
  const auto operand_holds = [&](const Condition& operand) {
    return expression_holds(operand, negations);
  };
  switch (tree.op) {
    case ConditionOp::identifier:
      return rule_hit(tree.name);
    case ConditionOp::negation:
      return negations == Negations::taken_as_true || !operand_holds(tree.operands.front());
    case ConditionOp::conjunction:
      return std::all_of(tree.operands.begin(), tree.operands.end(), operand_holds);
    case ConditionOp::disjunction:
      return std::any_of(tree.operands.begin(), tree.operands.end(), operand_holds);
    case ConditionOp::any_of:
    case ConditionOp::all_of: {
      const auto chosen = [&](const std::pair<std::string, std::size_t>& name) {
        return !selects(tree.name, name.first) || rule_hit(name.first);
      };
      const auto hit = [&](const std::pair<std::string, std::size_t>& name) {
        return selects(tree.name, name.first) && rule_hit(name.first);
      };
      return tree.op == ConditionOp::all_of
                 ? std::all_of(correlation_->names.begin(), correlation_->names.end(), chosen)
                 : std::any_of(correlation_->names.begin(), correlation_->names.end(), hit);
    }
  }
  return false;
}

bool Window::holds(Negations negations) const {
  if (correlation_->expression) {
    return expression_holds(*correlation_->expression, negations);
  }
  if (correlation_->type == CorrelationType::event_count) {
    return met(correlation_->thresholds, static_cast<double>(events_));
  }
  if (correlation_->type == CorrelationType::value_count) {
    return met(correlation_->thresholds, static_cast<double>(values_.size()));
  }
  if (!correlation_->thresholds.empty()) {
    return met(correlation_->thresholds, static_cast<double>(rules_.size()));
  }
  return rules_.size() == distinct_rules(*correlation_);
}

bool aggregate_holds(const Correlation& correlation, const PartReader& reader,
                     std::span<const Part> parts) {
  std::vector<double> numbers;
  for (const Part& part : parts) {
    const auto text = reader.field_of(part, correlation.fields.front());
    const auto number = text ? parse_decimal(*text, Exponent::allowed) : std::nullopt;
    if (number) numbers.push_back(to_double(*number));
  }
  if (numbers.empty()) return false;
  std::sort(numbers.begin(), numbers.end());
  const double count = static_cast<double>(numbers.size());
  double sum = 0;
  for (const double number : numbers) sum += number;
  double value = sum;
  switch (correlation.type) {
    case CorrelationType::value_avg:
      value = sum / count;
      break;
    case CorrelationType::value_median: {
      const std::size_t middle = numbers.size() / 2;
      value =
          numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
      break;
    }
    case CorrelationType::value_percentile: {
      const double rank = std::ceil(correlation.percentile.value_or(0) / 100 * count);
      value = numbers[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
      break;
    }
    default:
      break;
  }
  return met(correlation.thresholds, value);
}

}  // namespace rdptriage::rule
