// All detections as one program over events: distinct predicates exist once, every rule is a tree
// of them, and an index from channel and event id leads to the few trees that can match an event.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/field_lookup.hpp"
#include "rdptriage/event.hpp"
#include "rule/rule.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

class LiteralTable;
class Prefilter;

using FieldId = std::uint32_t;
inline constexpr FieldId kAnyField = 0;  // keywords: every value of the event

using PredicateId = std::uint32_t;
struct Predicate {
  FieldId field = kAnyField;
  FieldId other = kAnyField;  // field_ref
  ValueTest test;
};

// Operands: the high bit tells a predicate from a node.
using Operand = std::uint32_t;
inline constexpr Operand kPredicateBit = 0x8000'0000U;

enum class NodeOp : std::uint8_t { conjunction, disjunction, negation };
struct Node {
  NodeOp op = NodeOp::conjunction;
  std::uint32_t first = 0, count = 0;  // in MatchProgram::operands
};

// One rule under one alternative of its log source.
struct Variant {
  RuleIndex rule = 0;
  Operand root = 0;
  bool any_channel = true;
  std::vector<std::uint32_t> channels;  // classes; used unless any_channel
  bool any_id = true;
  std::vector<std::uint32_t> event_ids;  // without one of them the rule cannot match
};

// Variants that are looked at together.
struct VariantGroup {
  std::vector<std::uint32_t> variants;         // ascending by rule
  std::shared_ptr<const Prefilter> prefilter;  // null: evaluate all of them
};

// Variants that may match the events of one channel and event id.
struct Bucket {
  const VariantGroup* common = nullptr;  // those that ask for neither, shared by all buckets
  VariantGroup own;
  bool empty() const { return common == nullptr && own.variants.empty(); }
};

// Immutable but for the cache of buckets, which is guarded; safe to share between threads.
class MatchProgram {
 public:
  MatchProgram();
  ~MatchProgram();

  std::vector<Predicate> predicates;
  std::vector<Node> nodes;
  std::vector<Operand> operands;
  std::vector<Variant> variants;

  // Rules that cover events by product, category and service: non-Windows events and captures.
  struct SourceVariant {
    LogSource source;  // folded
    std::uint32_t variant = 0;
  };
  std::vector<SourceVariant> source_variants;
  bool use_log_sources = false;

  struct FieldInfo {
    std::string name;  // without blanks
    std::optional<event::SystemField> system;
  };
  std::vector<FieldInfo> fields;  // by FieldId; [0] is kAnyField
  bool has_paths = false;         // some field is named by its full path

  // Null when no rule asks for a field of this name.
  const FieldId* find_field(std::string_view name) const;

  // The bucket of an event, made on first use.
  const Bucket& bucket_for(const EventKey& key) const;

 private:
  friend class ProgramBuilder;
  std::uint32_t channel_class(std::string_view channel) const;
  const Bucket& record_bucket(std::uint32_t channel, std::optional<std::uint32_t> event_id) const;
  const Bucket& source_bucket(const EventKey& key) const;
  enum class Common : std::uint8_t { with, without };
  std::unique_ptr<Bucket> make_bucket(Common common, std::vector<std::uint32_t> own) const;
  VariantGroup make_group(std::vector<std::uint32_t> chosen) const;

  // Field names, by their first and last bytes: looked up for every field of every decoded event.
  struct NameSlot {
    FieldId field = kAnyField;  // kAnyField: free
  };
  static std::size_t name_hash(std::string_view name);
  void index_names();

  std::unordered_map<std::string, FieldId> field_ids_;
  std::vector<NameSlot> name_slots_;  // open addressing, a power of two
  std::unordered_map<std::string, std::uint32_t> channel_classes_;
  std::vector<std::vector<std::uint32_t>> class_variants_;  // by class; [0]: channels nobody names
  std::vector<std::uint32_t> common_variants_;              // in none of these
  std::vector<std::uint32_t> known_ids_;                    // sorted

  mutable std::mutex mutex_;
  mutable std::unique_ptr<LiteralTable> literals_;
  mutable std::unique_ptr<VariantGroup> common_;
  mutable std::unordered_map<std::uint64_t, std::unique_ptr<Bucket>> record_buckets_;
  mutable std::unordered_map<std::string, std::unique_ptr<Bucket>> source_buckets_;
};

}  // namespace rdptriage::rule
