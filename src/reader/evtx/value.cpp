#include "reader/evtx/value.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "base/digits.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"
#include "base/utf16.hpp"
#include "reader/event_system.hpp"

namespace rdptriage::reader::evtx {

namespace {

using base::Arena;
using base::load_le;

constexpr char kUpperHex[] = "0123456789ABCDEF";

// Two upper-case digits for every byte.
constexpr auto kUpperHexPairs = [] {
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = kUpperHex[i >> 4];
    pairs[2 * i + 1] = kUpperHex[i & 15];
  }
  return pairs;
}();

char* write_byte(std::byte value, char* out) {
  std::memcpy(out, kUpperHexPairs.data() + 2 * std::to_integer<std::size_t>(value), 2);
  return out + 2;
}

char* write_guid(const std::byte* in, char* out) {
  static constexpr std::uint8_t kOrder[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  *out++ = '{';
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    out = write_byte(in[kOrder[i]], out);
  }
  *out++ = '}';
  return out;
}

// Revision, count of sub-authorities, 48-bit big-endian authority, sub-authorities.
char* write_sid(const std::byte* in, std::size_t sub_authorities, char* out) {
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < 8; ++i)
    authority = authority << 8 | std::to_integer<std::uint64_t>(in[i]);
  *out++ = 'S';
  *out++ = '-';
  out = base::write_decimal(std::to_integer<std::uint64_t>(in[0]), out);
  *out++ = '-';
  // As ConvertSidToStringSid does: decimal while it fits 32 bits.
  out =
      authority >> 32 == 0 ? base::write_decimal(authority, out) : base::write_hex(authority, out);
  for (std::size_t i = 0; i < sub_authorities; ++i) {
    *out++ = '-';
    out = base::write_decimal(load_le<std::uint32_t>(in + 8 + 4 * i), out);
  }
  return out;
}

std::size_t sid_bytes(const Value& value) {
  if (value.size < 8) return 0;
  const std::size_t size = 8 + 4 * std::to_integer<std::size_t>(value.data[1]);
  return size <= value.size ? size : 0;
}

std::optional<std::int64_t> system_time(const std::byte* in) {
  const auto member = [&](std::size_t i) { return load_le<std::uint16_t>(in + 2 * i); };
  base::CivilTime civil;
  civil.year = member(0);
  civil.month = member(1);
  civil.day = member(3);  // member 2 is the day of the week
  civil.hour = member(4);
  civil.minute = member(5);
  civil.second = member(6);
  if (member(7) > 999) return std::nullopt;
  civil.ticks = member(7) * 10'000U;
  return base::ticks_from_civil(civil);
}

std::string_view unicode_text(const std::byte* in, std::size_t bytes, Arena& arena) {
  std::size_t units = bytes / 2;
  // Sizes count the terminator with some producers and not with others.
  while (units != 0 && load_le<std::uint16_t>(in + 2 * (units - 1)) == 0) --units;
  if (units == 0) return {};
  char* const out = arena.reserve(base::kMaxUtf8PerUnit * units + 16);
  return arena.commit(base::utf16le_to_utf8(in, units, out));
}

// The code page of ANSI strings is not recorded: they are UTF-8 where they can be, else 1252.
std::string_view ansi_text(const std::byte* in, std::size_t bytes, Arena& arena) {
  while (bytes != 0 && in[bytes - 1] == std::byte{0}) --bytes;
  const std::string_view raw(reinterpret_cast<const char*>(in), bytes);
  if (base::is_valid_utf8(raw)) return arena.copy(raw);
  std::string text;
  base::find_code_page("cp1252")->append(raw, text);
  return arena.copy(text);
}

std::string_view binary_text(const std::byte* in, std::size_t bytes, Arena& arena) {
  if (bytes == 0) return {};
  char* out = arena.reserve(2 * bytes);
  for (std::size_t i = 0; i < bytes; ++i) out = write_byte(in[i], out);
  return arena.commit(out);
}

std::string_view array_text(const Value& array, Arena& arena, bool& damaged) {
  fmt::memory_buffer joined;
  ArrayItems items(array);
  Value item;
  bool first = true;
  while (items.next(item)) {
    if (!first) joined.append(std::string_view(", "));
    first = false;
    joined.append(value_text(item, arena, damaged));
  }
  return arena.copy({joined.data(), joined.size()});
}

// Bytes one value of a fixed-size type takes; 0 for the others.
constexpr auto kFixedBytes = [] {
  std::array<std::uint8_t, 256> bytes{};
  for (const std::uint8_t type : {kInt8, kUInt8}) bytes[type] = 1;
  for (const std::uint8_t type : {kInt16, kUInt16}) bytes[type] = 2;
  for (const std::uint8_t type : {kInt32, kUInt32, kReal32, kHexInt32, kBool}) bytes[type] = 4;
  for (const std::uint8_t type : {kInt64, kUInt64, kReal64, kFileTime, kHexInt64}) bytes[type] = 8;
  for (const std::uint8_t type : {kGuid, kSystemTime}) bytes[type] = 16;
  return bytes;
}();
std::size_t fixed_bytes(std::uint8_t type) { return kFixedBytes[type]; }

}  // namespace

std::string_view value_text(const Value& value, Arena& arena, bool& damaged) {
  if (value.is_array()) return array_text(value, arena, damaged);
  const std::byte* const in = value.data;
  // Types of a fixed size: more bytes than needed are tolerated, fewer are not.
  const std::size_t need = fixed_bytes(value.type);
  if (value.size < need && !(value.type == kBool && value.size != 0)) {
    damaged = damaged || value.size != 0;
    return {};
  }
  constexpr std::size_t kRoom = 48;
  switch (value.type) {
    case kNull:
      return {};
    case kUnicodeString:
    case kEventXml:
      return unicode_text(in, value.size, arena);
    case kAnsiString:
      return ansi_text(in, value.size, arena);
    case kInt8:
      return arena.commit(
          base::write_decimal_signed(load_le<std::int8_t>(in), arena.reserve(kRoom)));
    case kInt16:
      return arena.commit(
          base::write_decimal_signed(load_le<std::int16_t>(in), arena.reserve(kRoom)));
    case kInt32:
      return arena.commit(
          base::write_decimal_signed(load_le<std::int32_t>(in), arena.reserve(kRoom)));
    case kInt64:
      return arena.commit(
          base::write_decimal_signed(load_le<std::int64_t>(in), arena.reserve(kRoom)));
    case kUInt8:
      return arena.commit(base::write_decimal(load_le<std::uint8_t>(in), arena.reserve(kRoom)));
    case kUInt16:
      return arena.commit(base::write_decimal(load_le<std::uint16_t>(in), arena.reserve(kRoom)));
    case kUInt32:
      return arena.commit(base::write_decimal(load_le<std::uint32_t>(in), arena.reserve(kRoom)));
    case kUInt64:
      return arena.commit(base::write_decimal(load_le<std::uint64_t>(in), arena.reserve(kRoom)));
    case kHexInt32:
      return arena.commit(base::write_hex(load_le<std::uint32_t>(in), arena.reserve(kRoom)));
    case kHexInt64:
      return arena.commit(base::write_hex(load_le<std::uint64_t>(in), arena.reserve(kRoom)));
    case kReal32:
      return arena.copy(fmt::format("{}", load_le<float>(in)));
    case kReal64:
      return arena.copy(fmt::format("{}", load_le<double>(in)));
    case kBool: {
      // Group Policy writes other numbers than 0 and 1, and some producers one byte.
      bool is_true = false;
      for (std::size_t i = 0; i < value.size && i < 4; ++i) is_true |= in[i] != std::byte{0};
      return is_true ? std::string_view("true") : std::string_view("false");
    }
    case kBinary:
      return binary_text(in, value.size, arena);
    case kGuid:
      return arena.commit(write_guid(in, arena.reserve(kRoom)));
    case kSizeT:
    case kEventHandle: {
      std::uint64_t number = 0;
      std::memcpy(&number, in, value.size < 8 ? value.size : 8);
      return arena.commit(base::write_hex(number, arena.reserve(kRoom)));
    }
    case kFileTime:
      return arena.commit(base::write_rfc3339(load_le<std::int64_t>(in), arena.reserve(kRoom)));
    case kSystemTime: {
      const auto ticks = system_time(in);
      if (!ticks) {
        damaged = true;
        return {};
      }
      return arena.commit(base::write_rfc3339(*ticks, arena.reserve(kRoom)));
    }
    case kSid: {
      const std::size_t size = sid_bytes(value);
      if (size == 0) {
        damaged = damaged || value.size != 0;
        return {};
      }
      const std::size_t sub_authorities = (size - 8) / 4;
      return arena.commit(
          write_sid(in, sub_authorities, arena.reserve(kRoom + 11 * sub_authorities)));
    }
    default:
      // An unknown type: its bytes say more than nothing.
      return binary_text(in, value.size, arena);
  }
}

std::optional<std::uint64_t> value_number(const Value& value) {
  if (value.size < fixed_bytes(value.type)) return std::nullopt;
  switch (value.type) {
    case kInt8:
    case kUInt8:
      return load_le<std::uint8_t>(value.data);
    case kInt16:
    case kUInt16:
      return load_le<std::uint16_t>(value.data);
    case kInt32:
    case kUInt32:
    case kHexInt32:
    case kBool:
      return load_le<std::uint32_t>(value.data);
    case kInt64:
    case kUInt64:
    case kHexInt64:
      return load_le<std::uint64_t>(value.data);
    case kSizeT: {
      std::uint64_t number = 0;
      std::memcpy(&number, value.data, value.size < 8 ? value.size : 8);
      return number;
    }
    case kUnicodeString:
    case kAnsiString: {
      if (value.size > 64) return std::nullopt;
      Arena arena;
      bool damaged = false;
      return parse_number(value_text(value, arena, damaged));
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> value_time(const Value& value) {
  if (value.size < fixed_bytes(value.type)) return std::nullopt;
  if (value.type == kFileTime) {
    // The last moment that a year of four digits can tell; what is beyond is no time of a record,
    // and no program reads it back.
    constexpr std::int64_t kLast = 2'650'467'743'999'999'999;
    const auto ticks = load_le<std::int64_t>(value.data);
    return ticks >= 0 && ticks <= kLast ? std::optional(ticks) : std::nullopt;
  }
  if (value.type == kSystemTime) return system_time(value.data);
  if (value.type == kUnicodeString && value.size <= 80) {
    Arena arena;
    bool damaged = false;
    const auto parsed = base::parse_iso8601(value_text(value, arena, damaged));
    if (parsed) return parsed->ticks;
  }
  return std::nullopt;
}

bool ArrayItems::next(Value& item) {
  if (rest_.size == 0) return false;
  const auto type = static_cast<std::uint8_t>(rest_.type & ~kArrayFlag);
  std::size_t size = fixed_bytes(type);
  std::size_t step = size;
  if (type == kUnicodeString) {
    // Items end with a NUL; the last one may lack it.
    size = 0;
    while (size + 2 <= rest_.size && load_le<std::uint16_t>(rest_.data + size) != 0) size += 2;
    step = size + 2;
  } else if (type == kAnsiString) {
    size = 0;
    while (size < rest_.size && rest_.data[size] != std::byte{0}) ++size;
    step = size + 1;
  } else if (type == kSid) {
    step = size = sid_bytes(rest_);
  } else if (type == kSizeT) {
    // Its width is the producer's pointer size, which nothing records: eight where that divides.
    step = size = rest_.size % 8 == 0 ? 8 : 4;
  }
  if (size == 0 && step == 0) step = size = rest_.size;  // not divisible: one item
  if (size > rest_.size) size = rest_.size;
  if (step > rest_.size) step = rest_.size;
  item = Value{rest_.data, static_cast<std::uint16_t>(size), type};
  rest_.data += step;
  rest_.size = static_cast<std::uint16_t>(rest_.size - step);
  return true;
}

}  // namespace rdptriage::reader::evtx
