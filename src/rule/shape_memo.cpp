#include "rule/shape_memo.hpp"

#include <algorithm>

#include "rule/prefilter.hpp"

namespace rdptriage::rule {

namespace {
constexpr std::size_t kEntries = 256;      // a power of two
constexpr std::size_t kLargestShape = 64;  // fields; larger ones are worth no memory

std::size_t hash_of(const VariantGroup& group, std::span<const FieldId> fields) {
  std::uint64_t hash = reinterpret_cast<std::uintptr_t>(&group) >> 4U;
  for (const FieldId field : fields) {
    hash = (hash ^ field) * 0x9E37'79B9'7F4A'7C15U;
    hash ^= hash >> 32U;
  }
  return static_cast<std::size_t>(hash);
}
}  // namespace

ShapeMemo::Truth ShapeMemo::truth_of(const Predicate& predicate) const {
  const auto is_absent = [this](FieldId field) {
    return field != kAnyField && !program_.fields[field].system && !is_in_shape_[field];
  };
  const auto known = [](bool answer) { return answer ? Truth::yes : Truth::no; };
  if (predicate.test.kind == TestKind::field_ref) {
    const bool void_of_values = is_absent(predicate.field) || is_absent(predicate.other);
    return void_of_values ? Truth::no : Truth::open;
  }
  if (!is_absent(predicate.field)) return Truth::open;
  return known(predicate.test.kind == TestKind::absent || predicate.test.kind == TestKind::is_null);
}

ShapeMemo::Truth ShapeMemo::truth_of(Operand operand) const {
  if ((operand & kPredicateBit) != 0) {
    return truth_of(program_.predicates[operand & ~kPredicateBit]);
  }
  const Node& node = program_.nodes[operand];
  if (node.op == NodeOp::negation) {
    const Truth below = truth_of(program_.operands[node.first]);
    return below == Truth::open ? below : below == Truth::yes ? Truth::no : Truth::yes;
  }
  const Truth decisive = node.op == NodeOp::disjunction ? Truth::yes : Truth::no;
  Truth out = node.op == NodeOp::disjunction ? Truth::no : Truth::yes;
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const Truth below = truth_of(program_.operands[node.first + i]);
    if (below == decisive) return decisive;
    if (below == Truth::open) out = Truth::open;
  }
  return out;
}

const ShapeMemo::Left& ShapeMemo::left(const VariantGroup& group, std::span<const FieldId> fields) {
  if (entries_.empty()) entries_.resize(kEntries);
  Entry& entry = entries_[hash_of(group, fields) % kEntries];
  if (entry.group == &group &&
      std::equal(fields.begin(), fields.end(), entry.fields.begin(), entry.fields.end())) {
    return entry.left;
  }
  entry.left.open.clear();
  entry.left.certain.clear();
  if (fields.size() > kLargestShape) {
    entry.group = nullptr;
    entry.left.open = group.prefilter->always();
    return entry.left;
  }
  entry.group = &group;
  entry.fields.assign(fields.begin(), fields.end());
  is_in_shape_.assign(program_.fields.size(), false);
  for (const FieldId field : fields) is_in_shape_[field] = true;
  for (const std::uint32_t position : group.prefilter->always()) {
    const Truth truth = truth_of(program_.variants[group.variants[position]].root);
    if (truth == Truth::no) continue;
    entry.left.open.push_back(position);
    if (truth == Truth::yes) entry.left.certain.push_back(position);
  }
  return entry.left;
}

}  // namespace rdptriage::rule
