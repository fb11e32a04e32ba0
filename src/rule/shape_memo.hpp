// What is left of rules for events that have certain fields and no others.
//
// A test of an absent field has one answer whatever the event holds. So most rules that no literal
// could rule out are decided by the names of an event's fields, and events come in few shapes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rule/match_program.hpp"

namespace rdptriage::rule {

class ShapeMemo {
 public:
  explicit ShapeMemo(const MatchProgram& program) : program_(program) {}

  // Positions in VariantGroup::variants, ascending.
  struct Left {
    std::vector<std::uint32_t> open;     // may match
    std::vector<std::uint32_t> certain;  // those of them that match whatever the values are
  };
  // Of the group's variants that no literal rules out, for events with these fields. Lives until
  // the next call.
  const Left& left(const VariantGroup& group, std::span<const FieldId> fields);

 private:
  enum class Truth : std::uint8_t { no, yes, open };
  Truth truth_of(Operand operand) const;
  Truth truth_of(const Predicate& predicate) const;

  struct Entry {
    const VariantGroup* group = nullptr;
    std::vector<FieldId> fields;
    Left left;
  };
  const MatchProgram& program_;
  std::vector<Entry> entries_;     // by hash; a new shape takes the place of an old
  std::vector<bool> is_in_shape_;  // by field, of the shape that is being worked out
};

}  // namespace rdptriage::rule
