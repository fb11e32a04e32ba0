// A template compiled for speed: where System's members and the fields come from, as flat lists.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "rdptriage/event.hpp"
#include "reader/event_system.hpp"
#include "reader/evtx/binxml.hpp"

namespace rdptriage::reader::evtx {

// Where a text comes from.
struct Source {
  enum class Kind : std::uint8_t { absent, literal, value };
  Kind kind = Kind::absent;
  bool optional = false;                     // a NULL value leaves the attribute out
  std::uint16_t index = 0;                   // of the value
  std::uint16_t dependency = kNoDependency;  // a NULL value of this index drops the element
  std::string_view literal;
};

struct FieldPlan {
  enum class Kind : std::uint8_t {
    element,  // an array value repeats it
    bound,    // an element with attributes of its own: repeating it needs the general way
    attribute,
    nested,  // a value that holds EventData or UserData as BinXML of its own
  };
  Kind kind = Kind::element;
  FieldSection section = FieldSection::event_data;
  std::string_view name;
  Source source;
};

// Templates that need more than this (text and values mixed, elements of unknown shape) have no
// plan; their records take the general way through EventAssembler, which is slower and gives the
// same events.
struct EventPlan {
  enum class Root : std::uint8_t {
    event,
    section,       // the EventData or UserData of one
    user_element,  // what stands inside UserData
  };
  Root root = Root::event;
  std::array<Source, kSystemSlots> system;
  std::vector<FieldPlan> fields;
};

// Views in the plan point into `program`'s text and into `text`.
std::optional<EventPlan> plan_event(const Program& program, base::Arena& text);

}  // namespace rdptriage::reader::evtx
