// What the tests' event logs hold: typed values, elements, and the events that Windows writes.
// EvtxEvent covers what Windows writes; EvtxElement any document that BinXML can hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::test {

// A typed value as BinXML stores it.
struct EvtxValue {
  std::uint8_t type = 0;  // reader/evtx/value.hpp: ValueType
  std::string bytes;

  static EvtxValue null(std::size_t size = 0);
  static EvtxValue text(std::string_view utf8);
  static EvtxValue ansi(std::string_view bytes);
  static EvtxValue i8(std::int8_t), i16(std::int16_t), i32(std::int32_t), i64(std::int64_t);
  static EvtxValue u8(std::uint8_t), u16(std::uint16_t), u32(std::uint32_t), u64(std::uint64_t);
  static EvtxValue real32(float), real64(double), boolean(bool);
  static EvtxValue hex32(std::uint32_t), hex64(std::uint64_t), size_type(std::uint64_t);
  static EvtxValue binary(std::string_view bytes);
  static EvtxValue guid(std::string_view text);  // "{C76BAA63-AE81-421C-B425-340B4B24157F}"
  static EvtxValue sid(std::string_view text);   // "S-1-5-21-…"
  static EvtxValue file_time(std::int64_t ticks);
  static EvtxValue system_time(std::int64_t ticks);
  static EvtxValue text_array(const std::vector<std::string>& items);
  // Items of one type of a fixed size.
  static EvtxValue array(const std::vector<EvtxValue>& items);
};

struct EvtxElement;

// A piece of an element's or attribute's content.
struct EvtxPiece {
  enum class Kind : std::uint8_t {
    literal,  // text in the template
    value,    // a substitution; `optional`: a NULL leaves an attribute out
    typed,    // a literal that is no string
    cdata,
    character,    // a character reference
    entity,       // an entity reference: `text` is its name
    instruction,  // <?text text?>
    element,
    nested,  // a value that holds BinXML: `children`, as a template or not
  };
  Kind kind = Kind::literal;
  std::string text;
  EvtxValue value;
  bool optional = true;
  std::uint16_t unit = 0;             // character
  std::vector<EvtxElement> children;  // element: one; nested: the fragment's elements
  bool is_template = true;            // nested
  std::size_t trailing_zeros = 0;     // nested
};

struct EvtxAttribute {
  std::string name;
  std::vector<EvtxPiece> content;
};

struct EvtxElement {
  std::string name;
  std::vector<EvtxAttribute> attributes;
  std::vector<EvtxPiece> content;
  bool depends_on_value = false;  // dropped when the value that is its first piece is NULL
};

EvtxPiece literal(std::string_view text);
EvtxPiece substitution(EvtxValue value);
EvtxPiece child(EvtxElement element);

struct EvtxField {
  std::string name;  // EventData: empty for an unnamed <Data>; UserData: the element
  EvtxValue value;
};

struct EvtxEvent {
  std::string provider = "Microsoft-Windows-Test", channel = "Test", computer = "PC-17";
  std::string provider_guid, event_source_name;  // empty: absent
  std::uint16_t event_id = 1;
  std::optional<std::uint16_t> qualifiers;
  std::uint8_t version = 0, level = 4, opcode = 0;
  std::uint16_t task = 0;
  std::uint64_t keywords = 0x8000000000000000;
  std::int64_t time = 134'080'999'120'000'000;  // ticks; 2025-11-20T08:11:52Z
  std::optional<std::uint64_t> record_id;       // empty: the number in the log
  std::uint32_t process_id = 4, thread_id = 8;
  std::string activity_id, related_activity_id, user_sid;  // empty: absent
  std::vector<EvtxField> event_data;
  std::string user_data;  // the wrapper element; empty: no UserData
  std::string user_data_namespace;
  std::vector<EvtxField> user_fields;
};
// The document that Windows would make of it: System as optional substitutions, the rest a nested
// template.
EvtxElement document(const EvtxEvent& event, std::uint64_t record_number);

}  // namespace rdptriage::test
