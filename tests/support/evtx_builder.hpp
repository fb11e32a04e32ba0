// Writes Windows event logs (.evtx) from scratch, for tests and samples; other readers accept them.
//
//   EvtxBuilder log;
//   EvtxEvent event;
//   event.provider = "Microsoft-Windows-TerminalServices-Gateway";
//   event.event_id = 302;
//   event.event_data = {{"Username", EvtxValue::text("CONTOSO\\ann")}};
//   log.add(event);
//   const std::vector<std::byte> bytes = log.finish();
//
// EvtxEvent covers what Windows writes; EvtxElement any document that BinXML can hold. Damage is
// done afterwards, to the finished bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

enum class EvtxStyle : std::uint8_t {
  templates,     // as Windows logs
  no_templates,  // as collectors write forwarded events
};

class EvtxBuilder {
 public:
  explicit EvtxBuilder(std::uint64_t first_record_number = 1);

  void add(const EvtxEvent& event, EvtxStyle style = EvtxStyle::templates);
  // REQUIRES: the record fits into a chunk.
  void add(const EvtxElement& document, std::int64_t time, EvtxStyle style = EvtxStyle::templates);
  // Later records go to a new chunk.
  void end_chunk();
  std::uint64_t next_record_number() const { return next_number_; }

  // The log, checksums right. The builder can go on afterwards.
  std::vector<std::byte> finish() const;

 private:
  struct Chunk {
    std::string bytes;  // what is used so far
    std::vector<std::pair<std::string, std::uint32_t>> names, templates;
    std::uint64_t first_number = 0, last_number = 0;
    std::uint32_t last_record = 0;
  };
  class Writer;

  std::vector<Chunk> chunks_;
  std::uint64_t next_number_;
  bool chunk_ended_ = true;
};

// Damage, for finished logs.
void flip_bit(std::vector<std::byte>& log, std::size_t offset, unsigned bit);
void zero_page(std::vector<std::byte>& log, std::size_t offset);  // 4096 bytes, clipped
void swap_chunks(std::vector<std::byte>& log, std::size_t a, std::size_t b);
// Offset of a chunk in a log.
std::size_t chunk_offset(std::size_t index);

}  // namespace rdptriage::test
