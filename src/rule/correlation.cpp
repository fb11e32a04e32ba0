#include "rule/correlation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/correlation_reader.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::uint32_t kMixedClocks = ~std::uint32_t{0};

// A hit, or the firing of an inner correlation, as one correlation sees it.
struct Part {
  std::size_t position = 0;  // in Correlation::rules
  std::int64_t time = 0;
  std::int64_t uncertainty = 0;
  std::uint32_t clock = 0;
  std::vector<std::size_t> hits;   // members, ascending
  const Firing* firing = nullptr;  // of an inner correlation
};

struct Group {
  std::vector<std::pair<std::string, std::optional<std::string>>> shown;
  std::vector<Part> parts;
};

std::int64_t doubt(const Part& a, const Part& b) {
  const bool same = a.clock == b.clock && a.clock != kMixedClocks;
  return same ? 0 : a.uncertainty + b.uncertainty;
}

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

bool met(const std::vector<Threshold>& thresholds, double value) {
  return std::all_of(thresholds.begin(), thresholds.end(),
                     [&](const Threshold& threshold) { return met(threshold, value); });
}

enum class Negations : bool { judged, taken_as_true };

class Run {
 public:
  Run(const CompiledRules& rules, std::span<const Hit> hits) : rules_(rules), hits_(hits) {
    by_rule_.resize(rules.rules().size());
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (hits[i].rule < by_rule_.size()) by_rule_[hits[i].rule].push_back(i);
    }
  }

  std::vector<Firing> all() {
    for (const Correlation& correlation : rules_.correlations()) {
      std::vector<Firing>& firings = firings_[correlation.rule];
      for (const auto& [key, group] : groups_of(correlation)) judge(correlation, group, firings);
      std::stable_sort(firings.begin(), firings.end(),
                       [](const Firing& a, const Firing& b) { return a.time < b.time; });
    }
    std::vector<Firing> out;
    for (auto& [rule, firings] : firings_) {
      out.insert(out.end(), std::make_move_iterator(firings.begin()),
                 std::make_move_iterator(firings.end()));
    }
    return out;
  }

 private:
  std::optional<std::string> field_of_hit(const Hit& hit, const std::string& name) const {
    for (const auto& [field, value] : hit.extra) {
      if (field == name) return value;
    }
    return hit.event == nullptr ? std::nullopt : event::first_value(*hit.event, name);
  }

  std::optional<std::string> field_of(const Part& part, const std::string& name) const {
    if (part.firing != nullptr) {
      for (const auto& [field, value] : part.firing->group) {
        if (field == name) return value;
      }
    }
    for (const std::size_t hit : part.hits) {
      if (auto value = field_of_hit(hits_[hit], name)) return value;
    }
    return std::nullopt;
  }

  std::vector<Part> parts_of(const Correlation& correlation) const {
    std::vector<Part> out;
    for (std::size_t position = 0; position < correlation.rules.size(); ++position) {
      const RuleIndex rule = correlation.rules[position];
      for (const std::size_t hit : by_rule_[rule]) {
        out.push_back({position,
                       hits_[hit].time.ticks,
                       hits_[hit].uncertainty,
                       hits_[hit].clock,
                       {hit},
                       nullptr});
      }
      const auto inner = firings_.find(rule);
      if (inner == firings_.end()) continue;
      for (const Firing& firing : inner->second) {
        Part part{position, firing.time.ticks, 0, kMixedClocks, firing.members, &firing};
        for (const std::size_t hit : firing.members) {
          part.uncertainty = std::max(part.uncertainty, hits_[hit].uncertainty);
          part.clock = hit == firing.members.front() || part.clock == hits_[hit].clock
                           ? hits_[hit].clock
                           : kMixedClocks;
        }
        out.push_back(std::move(part));
      }
    }
    // Equal times keep the order of the rules, so that a chain at one instant is in order.
    std::stable_sort(out.begin(), out.end(), [](const Part& a, const Part& b) {
      return a.time != b.time ? a.time < b.time : a.position < b.position;
    });
    return out;
  }

  std::map<std::vector<std::string>, Group> groups_of(const Correlation& correlation) const {
    std::map<std::vector<std::string>, Group> out;
    for (Part& part : parts_of(correlation)) {
      std::vector<std::string> key;
      std::vector<std::optional<std::string>> values;
      bool absent = false;
      for (const Correlation::GroupField& field : correlation.group_by) {
        std::optional<std::string> value;
        if (field.aliases.empty()) {
          value = field_of(part, field.name);
        } else if (!field.aliases[part.position].empty()) {
          value = field_of(part, field.aliases[part.position]);
        }
        absent = absent || !value;
        key.emplace_back(value ? "=" : "");
        if (value) base::append_folded(*value, key.back());
        values.push_back(std::move(value));
      }
      if (absent && is_temporal(correlation.type)) continue;
      Group& group = out[key];
      if (group.parts.empty()) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          group.shown.emplace_back(correlation.group_by[i].name, std::move(values[i]));
        }
      }
      group.parts.push_back(std::move(part));
    }
    return out;
  }

  // What a window holds, kept up to date while it grows and shrinks.
  struct Window {
    std::map<RuleIndex, std::size_t> rules;
    std::map<std::string, std::size_t> values;
    std::size_t events = 0;
  };

  std::string value_key(const Correlation& correlation, const Part& part) const {
    std::string key;
    for (const std::string& field : correlation.fields) {
      const auto value = field_of(part, field);
      if (!value) return {};
      key += base::fold_case(*value) + '\0';
    }
    return key;
  }

  void put(const Correlation& correlation, const Part& part, Window& window) const {
    ++window.events;
    ++window.rules[correlation.rules[part.position]];
    if (correlation.type != CorrelationType::value_count) return;
    if (std::string key = value_key(correlation, part); !key.empty())
      ++window.values[std::move(key)];
  }

  void take(const Correlation& correlation, const Part& part, Window& window) const {
    --window.events;
    const auto rule = window.rules.find(correlation.rules[part.position]);
    if (--rule->second == 0) window.rules.erase(rule);
    if (correlation.type != CorrelationType::value_count) return;
    const auto value = window.values.find(value_key(correlation, part));
    if (value != window.values.end() && --value->second == 0) window.values.erase(value);
  }

  bool expression_holds(const Correlation& correlation, const Condition& tree, const Window& window,
                        Negations negations) const {
    const auto rule_hit = [&](const std::string& name) {
      for (const auto& [handle, position] : correlation.names) {
        if (base::equals_folded(handle, name))
          return window.rules.count(correlation.rules[position]) != 0;
      }
      return false;
    };
    const auto operand_holds = [&](const Condition& operand) {
      return expression_holds(correlation, operand, window, negations);
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
                   ? std::all_of(correlation.names.begin(), correlation.names.end(), chosen)
                   : std::any_of(correlation.names.begin(), correlation.names.end(), hit);
      }
    }
    return false;
  }

  static std::size_t distinct_rules(const Correlation& correlation) {
    return std::set<RuleIndex>(correlation.rules.begin(), correlation.rules.end()).size();
  }

  bool window_holds(const Correlation& correlation, const Window& window,
                    Negations negations) const {
    if (correlation.expression) {
      return expression_holds(correlation, *correlation.expression, window, negations);
    }
    if (correlation.type == CorrelationType::event_count) {
      return met(correlation.thresholds, static_cast<double>(window.events));
    }
    if (correlation.type == CorrelationType::value_count) {
      return met(correlation.thresholds, static_cast<double>(window.values.size()));
    }
    if (!correlation.thresholds.empty()) {
      return met(correlation.thresholds, static_cast<double>(window.rules.size()));
    }
    return window.rules.size() == distinct_rules(correlation);
  }

  bool aggregate_holds(const Correlation& correlation, std::span<const Part> parts) const {
    std::vector<double> numbers;
    for (const Part& part : parts) {
      const auto text = field_of(part, correlation.fields.front());
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

  void fire(const Correlation& correlation, const Group& group, std::span<const Part> parts,
            std::int64_t time, Certainty certainty, std::vector<Firing>& out) const {
    Firing firing;
    firing.rule = correlation.rule;
    firing.group = group.shown;
    for (const Part& part : parts) {
      firing.members.insert(firing.members.end(), part.hits.begin(), part.hits.end());
    }
    std::sort(firing.members.begin(), firing.members.end());
    firing.members.erase(std::unique(firing.members.begin(), firing.members.end()),
                         firing.members.end());
    firing.certainty = certainty;
    firing.time.ticks = time;
    out.push_back(std::move(firing));
  }

  // Surely inside the window that begins with `first`?
  static bool surely_inside(const Correlation& correlation, const Part& first, const Part& part) {
    return std::abs(part.time - first.time) + doubt(first, part) <= correlation.timespan;
  }

  void judge(const Correlation& correlation, const Group& group, std::vector<Firing>& out) const {
    // No window is narrower than it may be: clocks that differ widen it.
    std::int64_t widest = 0;
    for (const Part& part : group.parts) {
      if (doubt(group.parts.front(), part) > 0 || part.clock == kMixedClocks) {
        widest = std::max(widest, part.uncertainty);
      }
    }
    if (widest > 0) {
      for (const Part& part : group.parts) widest = std::max(widest, part.uncertainty);
    }
    const std::int64_t span = correlation.timespan + 2 * widest;

    if (correlation.type == CorrelationType::temporal_ordered) {
      judge_ordered(correlation, group, span, out);
      return;
    }
    const bool aggregate = correlation.type != CorrelationType::event_count &&
                           correlation.type != CorrelationType::value_count &&
                           !is_temporal(correlation.type);
    const bool slides = !aggregate && (correlation.expression || correlation.thresholds.empty() ||
                                       is_monotonic(correlation.thresholds));
    if (slides) {
      judge_sliding(correlation, group, span, out);
    } else {
      judge_once_per_window(correlation, group, span, out);
    }
  }

  // The window begins with each event in turn until what it must contain is there; then it is
  // judged and the search goes on behind it.
  void judge_sliding(const Correlation& correlation, const Group& group, std::int64_t span,
                     std::vector<Firing>& out) const {
    const std::vector<Part>& parts = group.parts;
    Window window;
    std::size_t end = 0;
    for (std::size_t first = 0; first < parts.size();) {
      std::optional<std::size_t> complete;
      if (window_holds(correlation, window, Negations::taken_as_true) && end > first)
        complete = end - 1;
      while (!complete && end < parts.size() && parts[end].time - parts[first].time <= span) {
        put(correlation, parts[end++], window);
        if (window_holds(correlation, window, Negations::taken_as_true)) complete = end - 1;
      }
      if (!complete) {
        take(correlation, parts[first++], window);
        continue;
      }
      while (end < parts.size() && parts[end].time - parts[first].time <= span) {
        put(correlation, parts[end++], window);
      }
      const auto inside = std::span(parts).subspan(first, end - first);
      if (correlation.expression) {
        judge_expression(correlation, group, inside, window, parts[*complete].time, out);
      } else {
        const auto needed = std::span(parts).subspan(first, *complete - first + 1);
        const bool sure = std::all_of(needed.begin(), needed.end(), [&](const Part& part) {
          return surely_inside(correlation, parts[first], part);
        });
        fire(correlation, group, inside, parts[*complete].time,
             sure ? Certainty::yes : Certainty::possible, out);
      }
      first = end;
      window = Window{};
    }
  }

  // With and without what may lie outside: a `not` can make either of them the true one.
  void judge_expression(const Correlation& correlation, const Group& group,
                        std::span<const Part> inside, const Window& wide, std::int64_t time,
                        std::vector<Firing>& out) const {
    Window sure;
    for (const Part& part : inside) {
      if (surely_inside(correlation, inside.front(), part)) put(correlation, part, sure);
    }
    const bool holds_wide = window_holds(correlation, wide, Negations::judged);
    const bool holds_sure = window_holds(correlation, sure, Negations::judged);
    if (!holds_wide && !holds_sure) return;
    fire(correlation, group, inside, time,
         holds_wide && holds_sure ? Certainty::yes : Certainty::possible, out);
  }

  void judge_once_per_window(const Correlation& correlation, const Group& group, std::int64_t span,
                             std::vector<Firing>& out) const {
    const std::vector<Part>& parts = group.parts;
    const auto holds = [&](std::span<const Part> inside) {
      if (correlation.type != CorrelationType::event_count &&
          correlation.type != CorrelationType::value_count && !is_temporal(correlation.type)) {
        return aggregate_holds(correlation, inside);
      }
      Window window;
      for (const Part& part : inside) put(correlation, part, window);
      return window_holds(correlation, window, Negations::judged);
    };
    for (std::size_t first = 0; first < parts.size();) {
      std::size_t end = first;
      while (end < parts.size() && parts[end].time - parts[first].time <= span) ++end;
      const auto inside = std::span(parts).subspan(first, end - first);
      std::vector<Part> sure;
      for (const Part& part : inside) {
        if (surely_inside(correlation, parts[first], part)) sure.push_back(part);
      }
      const bool holds_wide = holds(inside);
      const bool holds_sure = sure.size() == inside.size() ? holds_wide : holds(sure);
      if (holds_wide || holds_sure) {
        fire(correlation, group, inside, inside.back().time,
             holds_wide && holds_sure ? Certainty::yes : Certainty::possible, out);
      }
      first = end;
    }
  }

  // A chain of hits in list order; each is the earliest that fits, which leaves most room for the
  // rest. Hits of other clocks count as simultaneous within their uncertainty.
  void judge_ordered(const Correlation& correlation, const Group& group, std::int64_t span,
                     std::vector<Firing>& out) const {
    const std::vector<Part>& parts = group.parts;
    std::vector<std::vector<std::size_t>> by_position(correlation.rules.size());
    for (std::size_t i = 0; i < parts.size(); ++i) by_position[parts[i].position].push_back(i);
    const std::int64_t slack = (span - correlation.timespan) / 2 * 2;
    std::int64_t behind = std::numeric_limits<std::int64_t>::min();
    for (const std::size_t first : by_position.front()) {
      if (parts[first].time <= behind) continue;
      const auto chain = chain_from(correlation, parts, by_position, first, span, slack);
      if (!chain) continue;
      std::vector<Part> inside;
      for (const Part& part : parts) {
        if (part.time >= parts[first].time - slack && part.time - parts[first].time <= span)
          inside.push_back(part);
      }
      behind = parts[first].time + span;
      const bool sure = std::all_of(chain->begin(), chain->end(), [&](std::size_t i) {
        return surely_inside(correlation, parts[first], parts[i]);
      });
      std::int64_t time = parts[first].time;
      for (const std::size_t i : *chain) time = std::max(time, parts[i].time);
      if (correlation.expression) {
        Window window;
        for (const Part& part : inside) put(correlation, part, window);
        if (!window_holds(correlation, window, Negations::judged)) continue;
      }
      fire(correlation, group, inside, time, sure ? Certainty::yes : Certainty::possible, out);
    }
  }

  std::optional<std::vector<std::size_t>> chain_from(
      const Correlation& correlation, const std::vector<Part>& parts,
      const std::vector<std::vector<std::size_t>>& by_position, std::size_t first,
      std::int64_t span, std::int64_t slack) const {
    std::vector<std::size_t> chain = {first};
    // With a count in the condition, so many links suffice.
    std::size_t wanted = correlation.rules.size();
    if (!correlation.thresholds.empty()) {
      while (wanted > 1 && met(correlation.thresholds, static_cast<double>(wanted - 1))) --wanted;
      if (!met(correlation.thresholds, static_cast<double>(wanted))) return std::nullopt;
    }
    for (std::size_t position = 1; position < correlation.rules.size() && chain.size() < wanted;
         ++position) {
      const Part& last = parts[chain.back()];
      const auto& list = by_position[position];
      auto next =
          std::lower_bound(list.begin(), list.end(), last.time - slack,
                           [&](std::size_t i, std::int64_t time) { return parts[i].time < time; });
      const auto fits = [&](std::size_t i) {
        if (std::find(chain.begin(), chain.end(), i) != chain.end()) return false;
        return parts[i].time >= last.time - doubt(last, parts[i]);
      };
      while (next != list.end() && !fits(*next)) ++next;
      if (next == list.end() || parts[*next].time - parts[first].time > span) {
        if (correlation.thresholds.empty()) return std::nullopt;
        continue;
      }
      chain.push_back(*next);
    }
    if (chain.size() < wanted) return std::nullopt;
    return chain;
  }

  const CompiledRules& rules_;
  std::span<const Hit> hits_;
  std::vector<std::vector<std::size_t>> by_rule_;
  std::map<RuleIndex, std::vector<Firing>> firings_;
};
}  // namespace

std::vector<Firing> correlate(const CompiledRules& rules, std::span<const Hit> hits) {
  return Run(rules, hits).all();
}

}  // namespace rdptriage::rule
