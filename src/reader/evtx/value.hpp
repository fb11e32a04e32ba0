// BinXML values: typed bytes of a record, and the text that Windows shows for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/arena.hpp"
#include "base/byte_cursor.hpp"

namespace rdptriage::reader::evtx {

enum ValueType : std::uint8_t {
  kNull = 0x00,
  kUnicodeString = 0x01,
  kAnsiString = 0x02,
  kInt8 = 0x03,
  kUInt8 = 0x04,
  kInt16 = 0x05,
  kUInt16 = 0x06,
  kInt32 = 0x07,
  kUInt32 = 0x08,
  kInt64 = 0x09,
  kUInt64 = 0x0A,
  kReal32 = 0x0B,
  kReal64 = 0x0C,
  kBool = 0x0D,
  kBinary = 0x0E,
  kGuid = 0x0F,
  kSizeT = 0x10,
  kFileTime = 0x11,
  kSystemTime = 0x12,
  kSid = 0x13,
  kHexInt32 = 0x14,
  kHexInt64 = 0x15,
  kEventHandle = 0x20,
  kBinXml = 0x21,
  kEventXml = 0x23,
  kArrayFlag = 0x80,
};

// A view into a record.
struct Value {
  const std::byte* data = nullptr;
  std::uint16_t size = 0;
  std::uint8_t type = kNull;

  // NULL whatever its size: some producers leave room for the value they do not have.
  bool is_null() const { return type == kNull; }
  bool is_array() const { return (type & kArrayFlag) != 0; }
};

// The value's text; the view points into `arena` or to a constant. A value whose size does not fit
// its type gives "" and sets `damaged`. Arrays are joined by ", "; readers that repeat the element
// instead use ArrayItems.
std::string_view value_text(const Value& value, base::Arena& arena, bool& damaged);

// Numbers of System: the integer types as they are, strings by their digits ("0x…" too).
std::optional<std::uint64_t> value_number(const Value& value);
// FILETIME and SYSTEMTIME as ticks.
std::optional<std::int64_t> value_time(const Value& value);

// Splits an array value into its items, in order.
class ArrayItems {
 public:
  explicit ArrayItems(const Value& array) : rest_(array) {}
  // False at the end.
  bool next(Value& item);

 private:
  Value rest_;
};

}  // namespace rdptriage::reader::evtx
