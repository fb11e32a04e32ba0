#include <algorithm>
#include <cassert>
#include <charconv>

#include "base/time.hpp"
#include "base/utf16.hpp"
#include "reader/evtx/value.hpp"
#include "support/evtx_bytes.hpp"
#include "support/evtx_model.hpp"

namespace rdptriage::test {

using namespace reader::evtx;

namespace {

template <class T>
EvtxValue fixed(ValueType type, T value) {
  return {type, bytes_of(value)};
}

std::uint64_t parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

}  // namespace

EvtxValue EvtxValue::null(std::size_t size) { return {kNull, std::string(size, '\x5A')}; }
EvtxValue EvtxValue::text(std::string_view utf8) {
  return {kUnicodeString, base::utf8_to_utf16le(utf8)};
}
EvtxValue EvtxValue::ansi(std::string_view bytes) { return {kAnsiString, std::string(bytes)}; }
EvtxValue EvtxValue::i8(std::int8_t v) { return fixed(kInt8, v); }
EvtxValue EvtxValue::i16(std::int16_t v) { return fixed(kInt16, v); }
EvtxValue EvtxValue::i32(std::int32_t v) { return fixed(kInt32, v); }
EvtxValue EvtxValue::i64(std::int64_t v) { return fixed(kInt64, v); }
EvtxValue EvtxValue::u8(std::uint8_t v) { return fixed(kUInt8, v); }
EvtxValue EvtxValue::u16(std::uint16_t v) { return fixed(kUInt16, v); }
EvtxValue EvtxValue::u32(std::uint32_t v) { return fixed(kUInt32, v); }
EvtxValue EvtxValue::u64(std::uint64_t v) { return fixed(kUInt64, v); }
EvtxValue EvtxValue::real32(float v) { return fixed(kReal32, v); }
EvtxValue EvtxValue::real64(double v) { return fixed(kReal64, v); }
EvtxValue EvtxValue::boolean(bool v) { return fixed<std::uint32_t>(kBool, v ? 1 : 0); }
EvtxValue EvtxValue::hex32(std::uint32_t v) { return fixed(kHexInt32, v); }
EvtxValue EvtxValue::hex64(std::uint64_t v) { return fixed(kHexInt64, v); }
EvtxValue EvtxValue::size_type(std::uint64_t v) { return fixed(kSizeT, v); }
EvtxValue EvtxValue::binary(std::string_view bytes) { return {kBinary, std::string(bytes)}; }
EvtxValue EvtxValue::file_time(std::int64_t ticks) { return fixed(kFileTime, ticks); }

EvtxValue EvtxValue::guid(std::string_view text) {
  assert(text.size() == 38);
  EvtxValue out{kGuid, {}};
  out.bytes += bytes_of(static_cast<std::uint32_t>(parse_hex(text.substr(1, 8))));
  out.bytes += bytes_of(static_cast<std::uint16_t>(parse_hex(text.substr(10, 4))));
  out.bytes += bytes_of(static_cast<std::uint16_t>(parse_hex(text.substr(15, 4))));
  for (const std::size_t at : {20U, 22U, 25U, 27U, 29U, 31U, 33U, 35U}) {
    out.bytes += static_cast<char>(parse_hex(text.substr(at, 2)));
  }
  return out;
}

EvtxValue EvtxValue::sid(std::string_view text) {
  std::vector<std::uint64_t> parts;
  for (std::size_t at = 2; at <= text.size();) {
    const std::size_t dash = std::min(text.find('-', at), text.size());
    std::uint64_t part = 0;
    std::from_chars(text.data() + at, text.data() + dash, part);
    parts.push_back(part);
    at = dash + 1;
  }
  assert(parts.size() >= 2);
  EvtxValue out{kSid, {}};
  out.bytes += static_cast<char>(parts[0]);
  out.bytes += static_cast<char>(parts.size() - 2);
  for (int shift = 40; shift >= 0; shift -= 8) out.bytes += static_cast<char>(parts[1] >> shift);
  for (std::size_t i = 2; i < parts.size(); ++i)
    out.bytes += bytes_of(static_cast<std::uint32_t>(parts[i]));
  return out;
}

EvtxValue EvtxValue::system_time(std::int64_t ticks) {
  const base::CivilTime t = base::civil_from_ticks(ticks);
  EvtxValue out{kSystemTime, {}};
  for (const unsigned member : {static_cast<unsigned>(t.year), t.month, 0U, t.day, t.hour, t.minute,
                                t.second, t.ticks / 10'000U}) {
    out.bytes += bytes_of(static_cast<std::uint16_t>(member));
  }
  return out;
}

EvtxValue EvtxValue::text_array(const std::vector<std::string>& items) {
  EvtxValue out{kUnicodeString | kArrayFlag, {}};
  for (const std::string& item : items)
    out.bytes += base::utf8_to_utf16le(item) + std::string(2, '\0');
  return out;
}

EvtxValue EvtxValue::array(const std::vector<EvtxValue>& items) {
  EvtxValue out{static_cast<std::uint8_t>(items.front().type | kArrayFlag), {}};
  for (const EvtxValue& item : items) out.bytes += item.bytes;
  return out;
}

}  // namespace rdptriage::test
