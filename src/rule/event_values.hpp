// The values of one event by the fields that rules ask for; decoded, folded and written out only
// when somebody asks.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/field_lookup.hpp"
#include "rdptriage/event.hpp"
#include "rule/match_program.hpp"

namespace rdptriage::rule {

// What the field names of an event mean to a program, for the next event of its kind: nearly all
// have the same names in the same order.
class NameMemo {
 public:
  struct Meaning {
    const FieldId* field = nullptr;  // null: no rule asks for it
    const FieldId* path = nullptr;   // the same under its full path
  };
  // The meaning of the event's field number `i`, of EventData or UserData.
  Meaning of(std::size_t i, const Field& field, const MatchProgram& program, std::string& buffer);
  void forget() { known_.clear(); }

 private:
  struct Known {
    std::string name;
    FieldSection section = FieldSection::other;  // other: nothing known
    Meaning meaning;
  };
  static Meaning find(const Field& field, const MatchProgram& program, std::string& buffer);
  std::vector<Known> known_;  // by number; a bounded number of names of bounded length
};

class EventValues {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Value {
    std::string_view raw;
    ValueKind kind = ValueKind::text;
    std::uint32_t next = kNone;    // of the same field
    std::uint32_t framed = kNone;  // offset of start mark, folded text, end mark in folded_
    std::uint32_t length = 0;      // of the folded text
    std::uint32_t scan = 0;        // the last one that saw it: for prefilters
  };
  // Where the values of a field came from; a higher one hides the lower.
  enum Priority : std::uint8_t { kFromSystem, kFromUserData, kFromPath, kFromData, kReserved };
  struct Slot {
    std::uint32_t epoch = 0;
    Priority priority = kFromSystem;
    bool present = false;
    bool system_asked = false;
    std::uint32_t head = kNone, tail = kNone;  // of its values
  };

  explicit EventValues(const MatchProgram& program)
      : program_(program), slots_(program.fields.size()) {}

  // Turns to the next event; returns its epoch. Epochs count up; a 1 says that they start anew.
  std::uint32_t begin(const EventView& event, NameMemo& names);

  const EventView& event() const { return *event_; }
  Value& at(std::uint32_t value) { return values_[value]; }
  // Everything that the event says about the field.
  const Slot& ask(FieldId field);
  // All that keywords are looked for in.
  const std::vector<std::uint32_t>& keywords();
  // \x01, the folded value, \x02; and without the marks.
  std::string_view framed(Value& value);
  std::string_view folded(Value& value) { return framed(value).substr(1, value.length); }

  // --- for prefilters, after decode() ---
  void decode();
  const std::vector<FieldId>& touched() const { return touched_; }
  // Any other field that is none of <System> is absent.
  std::span<const FieldId> shape() const { return {touched_.data(), shape_}; }
  const Slot& slot_of(FieldId field) const { return slots_[field]; }
  std::size_t field_count() const { return field_values_.size(); }
  // Also of a field that no rule asks for by name.
  std::uint32_t value_of_field(std::size_t i);
  // Some number may equal one that is written differently.
  bool has_odd_numbers() const { return odd_numbers_; }

 private:
  Slot& slot(FieldId field);
  std::uint32_t add(std::string_view raw, ValueKind kind);
  // The position of the value, or none when it hides behind another one.
  std::uint32_t give(FieldId field, Priority priority, const event::FieldValue& value);
  std::uint32_t decode_named(std::size_t i, const Field& field);
  std::uint32_t decode_other(const Field& field);
  void ask_system(FieldId field, event::SystemField system);

  const MatchProgram& program_;
  const EventView* event_ = nullptr;
  NameMemo* names_ = nullptr;
  std::uint32_t epoch_ = 0;
  bool decoded_ = false, keywords_ready_ = false, odd_numbers_ = false;
  std::vector<Slot> slots_;  // by field
  std::vector<Value> values_;
  std::vector<std::uint32_t> field_values_;  // by field of the event: its value, or none
  std::vector<std::uint32_t> keywords_;      // positions of values
  std::vector<FieldId> touched_;             // with a slot of this epoch
  std::size_t shape_ = 0;                    // how many of them after decode()
  std::vector<FieldId> nested_;              // objects that members of nested JSON name
  std::string folded_;
  std::array<event::SystemText, event::kSystemFieldCount> system_texts_{}, keyword_texts_{};
  std::string name_buffer_;
};

}  // namespace rdptriage::rule
