#include "rule/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/condition.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_document.hpp"
#include "rule/rule_loader.hpp"

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
using Renames = std::vector<std::pair<std::string, std::string>>;

std::string name_of(const LogSource& source) {
  std::string out;
  for (const std::string* part : {&source.product, &source.category, &source.service}) {
    if (part->empty()) continue;
    if (!out.empty()) out += '/';
    out += *part;
  }
  return out;
}

// Whether the rule looks at the event at all, as a line; `renames`: the names its fields have
// there.
std::string show_source(const LogSource& source, const LogSourceMap& sources,
                        const EventView& event, Renames& renames) {
  const EventKey& key = event.key();
  const std::string name = name_of(source);
  const bool other_product = !key.product.empty() && !base::equals_folded(key.product, "windows");
  if (other_product || !key.category.empty() || !key.service.empty()) {
    const auto fits = [](const std::string& wanted, std::string_view actual) {
      return wanted.empty() || base::equals_folded(wanted, actual);
    };
    const bool covered = fits(source.product, key.product) && fits(source.category, key.category) &&
                         fits(source.service, key.service);
    const LogSource own{std::string(key.product), std::string(key.category),
                        std::string(key.service)};
    return fmt::format("log source {}: {}   the event is one of {}\n", name, covered ? "yes" : "no",
                       name_of(own));
  }
  if (key.channel.empty()) {
    return fmt::format("log source {}: taken as yes   the event has no Channel\n", name);
  }
  const std::string channel = base::fold_case(key.channel);
  std::string reason = fmt::format("the event is from the channel {}", key.channel);
  for (const LogSourceAlternative& alternative : sources.resolve(source)) {
    const bool listed = std::find(alternative.channels.begin(), alternative.channels.end(),
                                  channel) != alternative.channels.end();
    if (!alternative.any_channel && !listed) continue;
    const auto missing = std::find_if(
        alternative.conditions.begin(), alternative.conditions.end(),
        [&](const Item& item) { return !item_holds(item, values_of(event, item.field), event); });
    if (missing != alternative.conditions.end()) {
      reason = fmt::format("there it wants {} {}", missing->field, show_tests(*missing));
      continue;
    }
    renames = alternative.renames;
    for (const auto& [from, to] : renames) reason += fmt::format("; {} is {} there", from, to);
    return fmt::format("log source {}: yes   {}\n", name, reason);
  }
  return fmt::format("log source {}: no   {}\n", name, reason);
}

// The condition as the parser understood it.
std::string show(const Condition& tree) {
  std::string out;
  switch (tree.op) {
    case ConditionOp::identifier:
      return tree.name;
    case ConditionOp::any_of:
    case ConditionOp::all_of:
      return fmt::format("{} of {}", tree.op == ConditionOp::any_of ? "1" : "all",
                         tree.name == "*" ? "them" : tree.name);
    case ConditionOp::negation:
      return "not " + show(tree.operands.front());
    case ConditionOp::conjunction:
    case ConditionOp::disjunction:
      for (const Condition& operand : tree.operands) {
        if (!out.empty()) out += tree.op == ConditionOp::conjunction ? " and " : " or ";
        out += show(operand);
      }
      break;
  }
  return "(" + out + ")";
}

// What an analysis makes of a match, apart from the event itself.
std::string show_reach(const CompiledRules& rules, RuleIndex rule) {
  std::string out;
  const auto& [since, until] = rules.rules()[rule].triage.builds;
  if (since || until) {
    out += fmt::format("only for machines of Windows build {}{}, or of an unknown one\n",
                       since ? since->text() : until->text(),
                       !until  ? " and later"
                       : since ? " to " + until->text()
                               : " and earlier");
  }
  for (const RuleIndex other : rules.rules()[rule].triage.supersedes) {
    out += fmt::format("supersedes {}, where both match the same event\n",
                       rules.rules()[other].handle());
  }
  for (const RuleInfo& other : rules.rules()) {
    const auto& list = other.triage.supersedes;
    if (!std::binary_search(list.begin(), list.end(), rule)) continue;
    out += fmt::format("superseded by {}, where both match the same event\n", other.handle());
  }
  return out;
}

class Explainer {
 public:
  Explainer(const EventView& event, const Renames& renames) : event_(event), renames_(renames) {}

  // Appends the selections and conditions of a detection; `heading` says whose they are.
  void add(const Detection& detection, std::string_view heading, std::string& out) {
    answers_.clear();
    for (const Selection& selection : detection.selections) add(selection, heading, out);
    for (const ConditionText& condition : detection.conditions) {
      std::string text = show(condition.tree);
      if (text.front() == '(') text = text.substr(1, text.size() - 2);
      out += fmt::format("{}condition {}: {}\n", heading, text, word(holds(condition.tree)));
    }
  }

 private:
  static const char* word(bool answer) { return answer ? "yes" : "no"; }

  void add(const Selection& selection, std::string_view heading, std::string& out) {
    std::string lines;
    bool selected = false;
    for (std::size_t i = 0; i < selection.alternatives.size(); ++i) {
      if (selection.alternatives.size() > 1) lines += fmt::format("  alternative {}\n", i + 1);
      bool all = true;
      for (const Item& item : selection.alternatives[i]) {
        Item asked = item;
        for (const auto& [from, to] : renames_) {
          if (from == event::without_blanks(item.field)) asked.field = to;
        }
        const Values values = values_of(event_, asked.field);
        const bool answer = item_holds(asked, values, event_);
        all = all && answer;
        lines += fmt::format("    {:<3} {} {}   {}\n", word(answer),
                             item.field.empty() ? "keyword" : item.field, show_tests(item),
                             show_values(asked, values));
      }
      selected = selected || all;
    }
    answers_.emplace_back(selection.name, selected);
    out += fmt::format("{}{}: {}\n{}", heading, selection.name, word(selected), lines);
  }

  bool holds(const Condition& tree) const {
    const auto operand_holds = [&](const Condition& operand) { return holds(operand); };
    const auto chosen_holds = [&](const std::pair<std::string, bool>& answer) {
      return answer.second;
    };
    std::vector<std::pair<std::string, bool>> chosen;
    for (const auto& answer : answers_) {
      if (tree.op == ConditionOp::identifier ? answer.first == tree.name
                                             : selects(tree.name, answer.first)) {
        chosen.push_back(answer);
      }
    }
    switch (tree.op) {
      case ConditionOp::identifier:
      case ConditionOp::any_of:
        return std::any_of(chosen.begin(), chosen.end(), chosen_holds);
      case ConditionOp::all_of:
        return std::all_of(chosen.begin(), chosen.end(), chosen_holds);
      case ConditionOp::negation:
        return !holds(tree.operands.front());
      case ConditionOp::conjunction:
        return std::all_of(tree.operands.begin(), tree.operands.end(), operand_holds);
      case ConditionOp::disjunction:
        return std::any_of(tree.operands.begin(), tree.operands.end(), operand_holds);
    }
    return false;
  }

  const EventView& event_;
  const Renames& renames_;
  std::vector<std::pair<std::string, bool>> answers_;
};
}  // namespace

std::string explain(const CompiledRules& rules, RuleIndex rule, const LogSourceMap& sources,
                    const EventView& event) {
  const DetectionDocument& document = rules.documents().detections[rules.document_of(rule)];
  Renames renames;
  std::string out = show_source(document.source, sources, event, renames);
  Explainer explainer(event, renames);
  explainer.add(document.detection, "", out);
  for (const FilterDocument& filter : rules.documents().filters) {
    if (applies_to(filter, document)) {
      explainer.add(filter.detection, fmt::format("filter {}: ", filter.title), out);
    }
  }
  Matcher matcher(rules);
  std::vector<RuleIndex> hits;
  matcher.match(event, hits);
  const bool matches = std::binary_search(hits.begin(), hits.end(), rule);
  out +=
      fmt::format("{} {}\n", rules.rules()[rule].handle(), matches ? "matches" : "does not match");
  return out + show_reach(rules, rule);
}

}  // namespace rdptriage::rule
