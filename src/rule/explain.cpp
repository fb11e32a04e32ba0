#include "rule/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::size_t kShownValues = 3, kShownBytes = 120;

// The values that an item looks at, copied.
struct Values {
  struct One {
    std::string text;
    ValueKind kind;
  };
  std::vector<One> list;
  event::Presence presence = event::Presence::absent;
};

Values values_of(const EventView& event, const std::string& field) {
  Values out;
  const auto add = [&](const event::FieldValue& value) {
    out.list.push_back({std::string(value.text), value.kind});
  };
  if (!field.empty()) {
    out.presence = event::for_each_value(event, field, add);
    return out;
  }
  out.presence = event::Presence::present;
  for (const Field& value : event.fields()) add({value.value, value.kind});
  for (std::size_t i = 0; i < event::kSystemFieldCount; ++i) {
    event::SystemText buffer;
    const auto value = event::system_value(event.key(), event.system(),
                                           static_cast<event::SystemField>(i), buffer);
    if (value) add(*value);
  }
  return out;
}

bool test_holds(const ValueTest& test, const Values& values, const EventView& event) {
  const bool present = values.presence == event::Presence::present;
  if (test.kind == TestKind::exists) return present;
  if (test.kind == TestKind::absent) return !present;
  if (test.kind == TestKind::is_null && !present) return true;
  const bool exact = test.case_mode == CaseMode::exact;
  return std::any_of(values.list.begin(), values.list.end(), [&](const Values::One& value) {
    if (test.kind == TestKind::is_null) return value.kind == ValueKind::null;
    if (value.kind == ValueKind::null) return false;
    const std::string folded = base::fold_case(value.text);
    if (test.kind != TestKind::field_ref) return holds_for(test, value.text, folded, value.kind);
    bool found = false;
    event::for_each_value(event, test.text, [&](const event::FieldValue& other) {
      if (other.kind == ValueKind::null) return;
      found = found || (exact ? holds_between(test.relation, value.text, other.text)
                              : holds_between(test.relation, folded, base::fold_case(other.text)));
    });
    return found;
  });
}

bool item_holds(const Item& item, const Values& values, const EventView& event) {
  const auto value_holds = [&](const std::vector<ValueTest>& spellings) {
    return std::any_of(spellings.begin(), spellings.end(),
                       [&](const ValueTest& test) { return test_holds(test, values, event); });
  };
  const bool holds = item.combine == Combine::all
                         ? std::all_of(item.values.begin(), item.values.end(), value_holds)
                         : std::any_of(item.values.begin(), item.values.end(), value_holds);
  return holds != (item.sense == Sense::negated);
}

std::string show_values(const Item& item, const Values& values) {
  if (item.field.empty()) return "any value of the event";
  if (values.presence == event::Presence::absent) return fmt::format("{} is absent", item.field);
  std::string out = item.field + " = ";
  for (std::size_t i = 0; i < values.list.size() && i < kShownValues; ++i) {
    const Values::One& value = values.list[i];
    if (i > 0) out += ", ";
    out += value.kind == ValueKind::null ? "null" : "'" + value.text.substr(0, kShownBytes) + "'";
  }
  if (values.list.size() > kShownValues)
    out += fmt::format(" and {} more", values.list.size() - kShownValues);
  return out;
}

std::string show_tests(const Item& item) {
  std::string out;
  std::size_t shown = 0;
  for (const auto& spellings : item.values) {
    if (shown++ == kShownValues) {
      out += fmt::format(" … ({} values)", item.values.size());
      break;
    }
    if (!out.empty()) out += item.combine == Combine::all ? " and " : " or ";
    out += spellings.front().describe();
  }
  return item.sense == Sense::negated ? "not (" + out + ")" : out;
}
}  // namespace

std::string explain(const CompiledRules& rules, RuleIndex rule, const EventView& event) {
  const DetectionDocument& document = rules.documents().detections[rules.document_of(rule)];
  std::string out;
  for (const Selection& selection : document.detection.selections) {
    std::string lines;
    bool selected = false;
    for (std::size_t i = 0; i < selection.alternatives.size(); ++i) {
      if (selection.alternatives.size() > 1) lines += fmt::format("  alternative {}\n", i + 1);
      bool all = true;
      for (const Item& item : selection.alternatives[i]) {
        const Values values = values_of(event, item.field);
        const bool holds = item_holds(item, values, event);
        all = all && holds;
        lines += fmt::format("    {:<3} {} {}   {}\n", holds ? "yes" : "no",
                             item.field.empty() ? "keyword" : item.field, show_tests(item),
                             show_values(item, values));
      }
      selected = selected || all;
    }
    out += fmt::format("{}: {}\n{}", selection.name, selected ? "yes" : "no", lines);
  }
  Matcher matcher(rules);
  std::vector<RuleIndex> hits;
  matcher.match(event, hits);
  const bool matches = std::binary_search(hits.begin(), hits.end(), rule);
  out +=
      fmt::format("{} {}\n", rules.rules()[rule].handle(), matches ? "matches" : "does not match");
  return out;
}

}  // namespace rdptriage::rule
