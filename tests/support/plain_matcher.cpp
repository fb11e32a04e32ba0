#include "support/plain_matcher.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::tests {

namespace {
using namespace rule;
using Renames = std::vector<std::pair<std::string, std::string>>;

struct Value {
  std::string text;
  ValueKind kind;
};

class PlainEvent {
 public:
  PlainEvent(const EventView& event, const Renames& renames) : event_(event), renames_(renames) {}

  bool holds(const Detection& detection) const {
    return std::any_of(detection.conditions.begin(), detection.conditions.end(),
                       [&](const ConditionText& text) { return holds(text.tree, detection); });
  }

  bool holds(const Item& item) const {
    const auto value_holds = [&](const std::vector<ValueTest>& spellings) {
      return std::any_of(spellings.begin(), spellings.end(),
                         [&](const ValueTest& test) { return holds(item.field, test); });
    };
    const bool all = item.combine == Combine::all;
    const bool result = all ? std::all_of(item.values.begin(), item.values.end(), value_holds)
                            : std::any_of(item.values.begin(), item.values.end(), value_holds);
    return item.sense == Sense::negated ? !result : result;
  }

 private:
  bool holds(const Condition& tree, const Detection& detection) const {
    const auto operand_holds = [&](const Condition& operand) { return holds(operand, detection); };
    switch (tree.op) {
      case ConditionOp::negation:
        return !operand_holds(tree.operands[0]);
      case ConditionOp::conjunction:
        return std::all_of(tree.operands.begin(), tree.operands.end(), operand_holds);
      case ConditionOp::disjunction:
        return std::any_of(tree.operands.begin(), tree.operands.end(), operand_holds);
      case ConditionOp::identifier:
        for (const Selection& selection : detection.selections) {
          if (selection.name == tree.name) return holds(selection);
        }
        return false;
      case ConditionOp::any_of:
      case ConditionOp::all_of: {
        std::size_t selected = 0, matching = 0;
        for (const Selection& selection : detection.selections) {
          if (!selects(tree.name, selection.name)) continue;
          ++selected;
          if (holds(selection)) ++matching;
        }
        return tree.op == ConditionOp::any_of ? matching > 0 : matching == selected;
      }
    }
    return false;
  }

  bool holds(const Selection& selection) const {
    return std::any_of(selection.alternatives.begin(), selection.alternatives.end(),
                       [&](const std::vector<Item>& items) {
                         return std::all_of(items.begin(), items.end(),
                                            [&](const Item& item) { return holds(item); });
                       });
  }

  std::vector<Value> values_of(const std::string& field, bool& present) const {
    std::vector<Value> out;
    if (field.empty()) {
      present = true;
      for (const Field& value : event_.fields())
        out.push_back({std::string(value.value), value.kind});
      for (std::size_t i = 0; i < event::kSystemFieldCount; ++i) {
        event::SystemText buffer;
        const auto value = event::system_value(event_.key(), event_.system(),
                                               static_cast<event::SystemField>(i), buffer);
        if (value) out.push_back({std::string(value->text), value->kind});
      }
      return out;
    }
    std::string name = event::without_blanks(field);
    for (const auto& [from, to] : renames_) {
      if (from == name) name = to;
    }
    present = event::for_each_value(event_, name, [&](const event::FieldValue& value) {
                out.push_back({std::string(value.text), value.kind});
              }) == event::Presence::present;
    return out;
  }

  bool holds(const std::string& field, const ValueTest& test) const {
    bool present = false;
    const std::vector<Value> values = values_of(field, present);
    if (test.kind == TestKind::exists) return present;
    if (test.kind == TestKind::absent) return !present;
    if (test.kind == TestKind::is_null && !present) return true;
    for (const Value& value : values) {
      if (test.kind == TestKind::is_null) {
        if (value.kind == ValueKind::null) return true;
        continue;
      }
      if (value.kind == ValueKind::null) continue;
      const std::string folded = base::fold_case(value.text);
      if (test.kind != TestKind::field_ref) {
        if (holds_for(test, value.text, folded, value.kind)) return true;
        continue;
      }
      bool other_present = false;
      for (const Value& other : values_of(test.text, other_present)) {
        if (other.kind == ValueKind::null) continue;
        const bool exact = test.case_mode == CaseMode::exact;
        if (exact ? holds_between(test.relation, value.text, other.text)
                  : holds_between(test.relation, folded, base::fold_case(other.text))) {
          return true;
        }
      }
    }
    return false;
  }

  const EventView& event_;
  const Renames& renames_;
};

bool attribute_fits(const std::string& wanted, std::string_view actual) {
  return wanted.empty() || base::equals_folded(wanted, actual);
}

bool filter_applies(const FilterDocument& filter, const DetectionDocument& rule) {
  if (!attribute_fits(filter.source.product, rule.source.product) ||
      !attribute_fits(filter.source.category, rule.source.category) ||
      !attribute_fits(filter.source.service, rule.source.service)) {
    return false;
  }
  return filter.rules.empty() ||
         std::any_of(filter.rules.begin(), filter.rules.end(), [&](const std::string& handle) {
           return base::equals_folded(handle, rule.info.name) ||
                  base::equals_folded(handle, rule.info.id);
         });
}

bool matches(const RuleDocuments& documents, const DetectionDocument& rule,
             std::span<const LogSourceAlternative> alternatives, LogSourceUse use,
             const EventView& event) {
  const auto all_hold = [&](const Renames& renames) {
    const PlainEvent plain(event, renames);
    if (!plain.holds(rule.detection)) return false;
    return std::all_of(documents.filters.begin(), documents.filters.end(),
                       [&](const FilterDocument& filter) {
                         return !filter_applies(filter, rule) || plain.holds(filter.detection);
                       });
  };
  if (use == LogSourceUse::ignore) return all_hold({});
  const EventKey& key = event.key();
  if (!key.category.empty() || !key.service.empty() ||
      !base::equals_folded(key.product, "windows") || key.channel.empty()) {
    return attribute_fits(rule.source.product, key.product) &&
           attribute_fits(rule.source.category, key.category) &&
           attribute_fits(rule.source.service, key.service) && all_hold({});
  }
  const std::string channel = base::fold_case(key.channel);
  for (const LogSourceAlternative& alternative : alternatives) {
    if (!alternative.any_channel &&
        std::find(alternative.channels.begin(), alternative.channels.end(), channel) ==
            alternative.channels.end()) {
      continue;
    }
    const Renames none;
    const PlainEvent plain(event, none);
    const bool conditions =
        std::all_of(alternative.conditions.begin(), alternative.conditions.end(),
                    [&](const Item& item) { return plain.holds(item); });
    if (conditions && all_hold(alternative.renames)) return true;
  }
  return false;
}
}  // namespace

PlainMatcher::PlainMatcher(const CompiledRules& rules, const LogSourceMap& sources,
                           LogSourceUse use)
    : rules_(rules), use_(use) {
  for (const DetectionDocument& rule : rules.documents().detections) {
    alternatives_.push_back(sources.resolve(rule.source));
  }
}

std::vector<RuleIndex> PlainMatcher::match(const EventView& event) const {
  const RuleDocuments& documents = rules_.documents();
  std::vector<RuleIndex> out;
  for (std::size_t i = 0; i < documents.detections.size(); ++i) {
    const DetectionDocument& rule = documents.detections[i];
    if (rule.info.visibility == Visibility::disabled) continue;
    if (matches(documents, rule, alternatives_[i], use_, event)) out.push_back(rule.info.index);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace rdptriage::tests
