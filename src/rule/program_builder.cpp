#include "rule/program_builder.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>

#include "base/case_fold.hpp"

namespace rdptriage::rule {

namespace {
// Relative cost of asking: conjunctions and disjunctions ask the cheap questions first.
unsigned cost_of(const Predicate& predicate, const MatchProgram& program) {
  constexpr unsigned kKeywordFactor = 20;
  unsigned cost = 4;
  switch (predicate.test.kind) {
    case TestKind::any:
    case TestKind::equals:
    case TestKind::number:
    case TestKind::is_null:
    case TestKind::exists:
    case TestKind::absent:
      cost = 2;
      break;
    case TestKind::starts_with:
    case TestKind::ends_with:
      cost = 3;
      break;
    case TestKind::contains:
    case TestKind::compare:
    case TestKind::cidr:
    case TestKind::field_ref:
      cost = 6;
      break;
    case TestKind::glob:
    case TestKind::time_part:
      cost = 12;
      break;
    case TestKind::regex:
      cost = 40;
      break;
  }
  if (predicate.field == kAnyField) return cost * kKeywordFactor;
  const auto& system = program.fields[predicate.field].system;
  return system && event::is_key_field(*system) ? cost - 1 : cost;
}

template <class T>
using Needed = std::optional<std::vector<T>>;  // nothing: no restriction

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// The values of a key field without one of which the condition cannot hold; `value_of` says what a
// predicate asks for, if it asks for exactly one.
template <class T, class ValueOf>
Needed<T> needed(const MatchProgram& program, Operand operand, const ValueOf& value_of) {
  if ((operand & kPredicateBit) != 0) {
    const auto value = value_of(program.predicates[operand & ~kPredicateBit]);
    if (!value) return std::nullopt;
    return std::vector<T>{*value};
  }
  const Node& node = program.nodes[operand];
  if (node.op == NodeOp::negation) return std::nullopt;
  Needed<T> out;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    auto below = needed<T>(program, program.operands[node.first + i], value_of);
    if (node.op == NodeOp::disjunction) {
      if (!below) return std::nullopt;
      if (!out) out.emplace();
      out->insert(out->end(), below->begin(), below->end());
      sort_unique(*out);
    } else if (below) {
      if (!out) {
        out = std::move(below);
        continue;
      }
      std::vector<T> common;
      std::set_intersection(out->begin(), out->end(), below->begin(), below->end(),
                            std::back_inserter(common));
      out = std::move(common);
    }
  }
  return out;
}

bool asks_for(const MatchProgram& program, const Predicate& predicate, event::SystemField field) {
  return predicate.field != kAnyField && program.fields[predicate.field].system == field;
}
}  // namespace

ProgramBuilder::ProgramBuilder(const LogSourceMap& sources, LogSourceUse use)
    : sources_(sources), use_(use), program_(std::make_shared<MatchProgram>()) {
  program_->use_log_sources = use == LogSourceUse::apply;
  program_->fields.push_back({});
  program_->class_variants_.emplace_back();
}

void ProgramBuilder::add(RuleIndex rule, const LogSource& source, const Detection& detection,
                         const std::vector<const Detection*>& filters) {
  const auto root_for = [&](const Renames& renames) {
    std::vector<Operand> all = {compile(detection, renames)};
    for (const Detection* filter : filters) all.push_back(compile(*filter, renames));
    return join(NodeOp::conjunction, std::move(all));
  };
  const Operand plain = root_for({});
  if (use_ == LogSourceUse::ignore) {
    add_variant(rule, LogSourceAlternative{}, plain);
    return;
  }
  const LogSource folded{base::fold_case(source.product), base::fold_case(source.category),
                         base::fold_case(source.service)};
  const std::string key = folded.product + '\0' + folded.category + '\0' + folded.service;
  auto resolved = resolved_.find(key);
  if (resolved == resolved_.end())
    resolved = resolved_.emplace(key, sources_.resolve(source)).first;
  for (const LogSourceAlternative& alternative : resolved->second) {
    std::vector<Operand> all;
    for (const Item& condition : alternative.conditions) all.push_back(compile(condition, {}));
    all.push_back(alternative.renames.empty() ? plain : root_for(alternative.renames));
    add_variant(rule, alternative, join(NodeOp::conjunction, std::move(all)));
  }
  // Events that name their own log source; reached through source_variants alone.
  Variant by_name;
  by_name.rule = rule;
  by_name.root = plain;
  program_->source_variants.push_back(
      {folded, static_cast<std::uint32_t>(program_->variants.size())});
  program_->variants.push_back(std::move(by_name));
}

void ProgramBuilder::add_variant(RuleIndex rule, const LogSourceAlternative& alternative,
                                 Operand root) {
  const auto id_of = [&](const Predicate& predicate) -> std::optional<std::uint32_t> {
    const bool exact =
        predicate.test.kind == TestKind::number || predicate.test.kind == TestKind::equals;
    if (!exact || !asks_for(*program_, predicate, event::SystemField::event_id))
      return std::nullopt;
    std::uint32_t id = 0;
    const std::string& text = predicate.test.text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
  };
  const auto channel_of = [&](const Predicate& predicate) -> std::optional<std::string> {
    if (predicate.test.kind != TestKind::equals ||
        !asks_for(*program_, predicate, event::SystemField::channel)) {
      return std::nullopt;
    }
    return base::fold_case(predicate.test.text);
  };
  Variant out;
  out.rule = rule;
  out.root = root;
  if (auto ids = needed<std::uint32_t>(*program_, root, id_of)) {
    out.any_id = false;
    out.event_ids = std::move(*ids);
  }
  out.any_channel = alternative.any_channel;
  std::vector<std::string> channels = alternative.channels;
  if (auto named = needed<std::string>(*program_, root, channel_of)) {
    if (out.any_channel) {
      channels = std::move(*named);
    } else {
      channels.erase(std::remove_if(channels.begin(), channels.end(),
                                    [&](const std::string& channel) {
                                      return !std::binary_search(named->begin(), named->end(),
                                                                 channel);
                                    }),
                     channels.end());
    }
    out.any_channel = false;
  }
  for (const std::string& channel : channels) out.channels.push_back(channel_class(channel));
  sort_unique(out.channels);
  program_->variants.push_back(std::move(out));
}

std::uint32_t ProgramBuilder::channel_class(const std::string& folded) {
  const auto next = static_cast<std::uint32_t>(program_->channel_classes_.size() + 1);
  return program_->channel_classes_.emplace(folded, next).first->second;
}

std::shared_ptr<const MatchProgram> ProgramBuilder::finish() {
  MatchProgram& program = *program_;
  program.class_variants_.resize(program.channel_classes_.size() + 1);
  std::vector<bool> by_name(program.variants.size());
  for (const auto& source : program.source_variants) by_name[source.variant] = true;
  for (std::uint32_t i = 0; i < program.variants.size(); ++i) {
    if (by_name[i]) continue;
    const Variant& variant = program.variants[i];
    if (variant.any_channel && variant.any_id) {
      program.common_variants_.push_back(i);
    } else if (variant.any_channel) {
      for (auto& list : program.class_variants_) list.push_back(i);
    } else {
      for (const std::uint32_t channel : variant.channels)
        program.class_variants_[channel].push_back(i);
    }
    program.known_ids_.insert(program.known_ids_.end(), variant.event_ids.begin(),
                              variant.event_ids.end());
  }
  constexpr std::size_t kWorthSharing = 64;  // fewer are looked at with the others of a bucket
  if (program.common_variants_.size() < kWorthSharing) {
    for (auto& list : program.class_variants_) {
      list.insert(list.end(), program.common_variants_.begin(), program.common_variants_.end());
    }
    program.common_variants_.clear();
  }
  sort_unique(program.known_ids_);
  program.index_names();
  return std::move(program_);
}

Operand ProgramBuilder::compile(const Detection& detection, const Renames& renames) {
  std::vector<Operand> any;
  for (const ConditionText& condition : detection.conditions) {
    any.push_back(compile(condition.tree, detection, renames));
  }
  return join(NodeOp::disjunction, std::move(any));
}

Operand ProgramBuilder::compile(const Condition& condition, const Detection& detection,
                                const Renames& renames) {
  std::vector<Operand> operands;
  switch (condition.op) {
    case ConditionOp::identifier:
    case ConditionOp::any_of:
    case ConditionOp::all_of:
      for (const Selection& selection : detection.selections) {
        const bool chosen = condition.op == ConditionOp::identifier
                                ? selection.name == condition.name
                                : selects(condition.name, selection.name);
        if (chosen) operands.push_back(compile(selection, renames));
      }
      return join(condition.op == ConditionOp::any_of ? NodeOp::disjunction : NodeOp::conjunction,
                  std::move(operands));
    case ConditionOp::negation:
      return join(NodeOp::negation, {compile(condition.operands.front(), detection, renames)});
    case ConditionOp::conjunction:
    case ConditionOp::disjunction:
      for (const Condition& operand : condition.operands) {
        operands.push_back(compile(operand, detection, renames));
      }
      break;
  }
  return join(condition.op == ConditionOp::conjunction ? NodeOp::conjunction : NodeOp::disjunction,
              std::move(operands));
}

Operand ProgramBuilder::compile(const Selection& selection, const Renames& renames) {
  std::vector<Operand> any;
  for (const std::vector<Item>& items : selection.alternatives) {
    std::vector<Operand> all;
    for (const Item& item : items) all.push_back(compile(item, renames));
    any.push_back(join(NodeOp::conjunction, std::move(all)));
  }
  return join(NodeOp::disjunction, std::move(any));
}

Operand ProgramBuilder::compile(const Item& item, const Renames& renames) {
  std::vector<Operand> values;
  for (const std::vector<ValueTest>& spellings : item.values) {
    std::vector<Operand> any;
    for (const ValueTest& test : spellings) any.push_back(predicate(item.field, test, renames));
    values.push_back(join(NodeOp::disjunction, std::move(any)));
  }
  const Operand all = join(item.combine == Combine::all ? NodeOp::conjunction : NodeOp::disjunction,
                           std::move(values));
  return item.sense == Sense::negated ? join(NodeOp::negation, {all}) : all;
}

FieldId ProgramBuilder::field_id(const std::string& name, const Renames& renames) {
  std::string actual = event::without_blanks(name);
  for (const auto& [from, to] : renames) {
    if (from == actual) actual = event::without_blanks(to);
  }
  const auto next = static_cast<FieldId>(program_->fields.size());
  const auto [known, added] = program_->field_ids_.emplace(actual, next);
  if (added) {
    program_->has_paths = program_->has_paths || actual.compare(0, 9, "UserData.") == 0 ||
                          actual.compare(0, 10, "EventData.") == 0;
    program_->fields.push_back({actual, event::find_system_field(actual)});
  }
  return known->second;
}

Operand ProgramBuilder::predicate(const std::string& field, const ValueTest& test,
                                  const Renames& renames) {
  const FieldId asked = field.empty() ? kAnyField : field_id(field, renames);
  const FieldId other = test.kind == TestKind::field_ref ? field_id(test.text, renames) : kAnyField;
  key_.clear();
  for (const FieldId id : {asked, other})
    key_.append(reinterpret_cast<const char*>(&id), sizeof id);
  test.append_key(key_);
  const auto known = predicate_ids_.find(key_);
  if (known != predicate_ids_.end()) return known->second | kPredicateBit;
  const auto next = static_cast<PredicateId>(program_->predicates.size());
  predicate_ids_.emplace(key_, next);
  program_->predicates.push_back({asked, other, test});
  return next | kPredicateBit;
}

unsigned ProgramBuilder::cost(Operand operand) const {
  if ((operand & kPredicateBit) != 0) {
    return cost_of(program_->predicates[operand & ~kPredicateBit], *program_);
  }
  return node_costs_[operand];
}

Operand ProgramBuilder::join(NodeOp op, std::vector<Operand> operands) {
  MatchProgram& program = *program_;
  if (op != NodeOp::negation) {
    // Members of an equal operator below are our own; repeated ones ask nothing new.
    std::vector<Operand> flat;
    for (const Operand operand : operands) {
      if ((operand & kPredicateBit) == 0 && program.nodes[operand].op == op) {
        const Node& below = program.nodes[operand];
        flat.insert(flat.end(), program.operands.begin() + below.first,
                    program.operands.begin() + below.first + below.count);
      } else {
        flat.push_back(operand);
      }
    }
    sort_unique(flat);
    if (flat.size() == 1) return flat.front();
    std::stable_sort(flat.begin(), flat.end(),
                     [&](Operand a, Operand b) { return cost(a) < cost(b); });
    operands = std::move(flat);
  } else if ((operands[0] & kPredicateBit) == 0 &&
             program.nodes[operands[0]].op == NodeOp::negation) {
    return program.operands[program.nodes[operands[0]].first];
  }
  std::string key(1, static_cast<char>('a' + static_cast<int>(op)));
  key.append(reinterpret_cast<const char*>(operands.data()), operands.size() * sizeof(Operand));
  const auto next = static_cast<Operand>(program.nodes.size());
  const auto [known, added] = node_ids_.emplace(std::move(key), next);
  if (!added) return known->second;
  constexpr std::uint64_t kMostCost = 1'000'000;
  const std::uint64_t total = std::accumulate(
      operands.begin(), operands.end(), std::uint64_t{1},
      [&](std::uint64_t sum, Operand operand) { return std::min(kMostCost, sum + cost(operand)); });
  node_costs_.push_back(static_cast<unsigned>(total));
  program.nodes.push_back({op, static_cast<std::uint32_t>(program.operands.size()),
                           static_cast<std::uint32_t>(operands.size())});
  program.operands.insert(program.operands.end(), operands.begin(), operands.end());
  return next;
}

}  // namespace rdptriage::rule
