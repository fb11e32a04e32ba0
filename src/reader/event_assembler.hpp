// From the elements of one <Event>, in document order, to <System> and fields. Shared by everything
// that reads event XML, whether it is stored as text or as BinXML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "rdptriage/event.hpp"
#include "reader/event_system.hpp"

namespace rdptriage::reader {

// Text of one event, all fields together. Records are at most 64 KiB; what grows beyond this is
// built to grow (one value referred to thousands of times).
inline constexpr std::size_t kMaxEventText = std::size_t{4} << 20;

// Not thread-safe; reused from event to event. All results are views into the arena and live until
// it is reset.
class EventAssembler {
 public:
  explicit EventAssembler(base::Arena& arena) : arena_(arena) {}

  void begin();
  void open(std::string_view element);
  // REQUIRES: between open() and the element's first text() or child.
  void attribute(std::string_view name, std::string_view value);
  void text(std::string_view piece);
  void close();

  // An <Event> element was opened.
  bool is_event() const { return is_event_; }
  // The event's text reached kMaxEventText and was cut.
  bool overflowed() const { return overflowed_; }
  const SystemText& system() const { return system_; }
  std::vector<Field>& fields() { return fields_; }

 private:
  enum class Section : std::uint8_t { none, system, event_data, user_data, other };
  struct Level {
    std::string_view path;  // below the section: the field's name
    std::size_t text_start = 0;
    bool has_children = false;
    bool is_data = false;  // a <Data> or <ComplexData> of EventData: named by its attribute
  };

  std::string_view keep(std::string_view text);
  void emit(std::string_view name, std::string_view value);

  base::Arena& arena_;
  SystemText system_;
  std::vector<Field> fields_;
  std::vector<Level> levels_;
  std::string text_;  // of all open elements, one after the other
  std::string_view system_element_;
  Section section_ = Section::none;
  bool is_event_ = false;
  bool overflowed_ = false;
};

}  // namespace rdptriage::reader
