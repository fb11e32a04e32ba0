#include "support/evtx_builder.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstring>

#include "base/time.hpp"
#include "base/utf16.hpp"
#include "reader/evtx/layout.hpp"
#include "reader/evtx/value.hpp"

namespace rdptriage::test {

namespace {

using namespace reader::evtx;

template <class T>
std::string bytes_of(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

template <class T>
EvtxValue fixed(ValueType type, T value) {
  return {type, bytes_of(value)};
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t crc = 0) {
  crc = ~crc;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xEDB88320U & (0U - (crc & 1)));
  }
  return ~crc;
}

std::uint64_t parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

template <class T>
void put_at(std::string& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class T>
T get_at(const std::string& bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
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

EvtxPiece literal(std::string_view text) {
  EvtxPiece piece;
  piece.text = text;
  return piece;
}

EvtxPiece substitution(EvtxValue value) {
  EvtxPiece piece;
  piece.kind = EvtxPiece::Kind::value;
  piece.value = std::move(value);
  return piece;
}

EvtxPiece child(EvtxElement element) {
  EvtxPiece piece;
  piece.kind = EvtxPiece::Kind::element;
  piece.children.push_back(std::move(element));
  return piece;
}

EvtxElement document(const EvtxEvent& event, std::uint64_t record_number) {
  const auto leaf = [](std::string name, EvtxValue value) {
    return child({std::move(name), {}, {substitution(std::move(value))}, true});
  };
  const auto optional_text = [](const std::string& text) {
    return substitution(text.empty() ? EvtxValue::null() : EvtxValue::text(text));
  };
  const auto optional_guid = [](const std::string& text) {
    return substitution(text.empty() ? EvtxValue::null() : EvtxValue::guid(text));
  };
  EvtxElement provider{"Provider", {{"Name", {literal(event.provider)}}}, {}, false};
  if (!event.provider_guid.empty()) {
    provider.attributes.push_back({"Guid", {literal(event.provider_guid)}});
  }
  if (!event.event_source_name.empty()) {
    provider.attributes.push_back({"EventSourceName", {optional_text(event.event_source_name)}});
  }
  EvtxElement event_id{
      "EventID",
      {{"Qualifiers",
        {substitution(event.qualifiers ? EvtxValue::u16(*event.qualifiers) : EvtxValue::null())}}},
      {substitution(EvtxValue::u16(event.event_id))},
      true};
  EvtxElement system{"System", {}, {}, false};
  system.content = {
      child(provider),
      child(event_id),
      leaf("Version", EvtxValue::u8(event.version)),
      leaf("Level", EvtxValue::u8(event.level)),
      leaf("Task", EvtxValue::u16(event.task)),
      leaf("Opcode", EvtxValue::u8(event.opcode)),
      leaf("Keywords", EvtxValue::hex64(event.keywords)),
      child({"TimeCreated",
             {{"SystemTime", {substitution(EvtxValue::file_time(event.time))}}},
             {},
             false}),
      leaf("EventRecordID", EvtxValue::u64(event.record_id.value_or(record_number))),
      child({"Correlation",
             {{"ActivityID", {optional_guid(event.activity_id)}},
              {"RelatedActivityID", {optional_guid(event.related_activity_id)}}},
             {},
             false}),
      child({"Execution",
             {{"ProcessID", {substitution(EvtxValue::u32(event.process_id))}},
              {"ThreadID", {substitution(EvtxValue::u32(event.thread_id))}}},
             {},
             false}),
      child({"Channel", {}, {literal(event.channel)}, false}),
      child({"Computer", {}, {literal(event.computer)}, false}),
      child({"Security",
             {{"UserID",
               {substitution(event.user_sid.empty() ? EvtxValue::null()
                                                    : EvtxValue::sid(event.user_sid))}}},
             {},
             false}),
  };
  EvtxElement root{"Event",
                   {{"xmlns", {literal("http://schemas.microsoft.com/win/2004/08/events/event")}}},
                   {child(system)},
                   false};
  EvtxPiece nested;
  nested.kind = EvtxPiece::Kind::nested;
  if (!event.event_data.empty()) {
    EvtxElement data{"EventData", {}, {}, false};
    for (const EvtxField& field : event.event_data) {
      EvtxElement one{"Data", {}, {substitution(field.value)}, false};
      if (!field.name.empty()) one.attributes.push_back({"Name", {literal(field.name)}});
      data.content.push_back(child(std::move(one)));
    }
    nested.children.push_back(std::move(data));
  } else if (!event.user_data.empty()) {
    EvtxElement wrapper{event.user_data, {}, {}, false};
    if (!event.user_data_namespace.empty()) {
      wrapper.attributes.push_back({"xmlns", {literal(event.user_data_namespace)}});
    }
    for (const EvtxField& field : event.user_fields) {
      wrapper.content.push_back(child({field.name, {}, {substitution(field.value)}, false}));
    }
    nested.children.push_back({"UserData", {}, {child(std::move(wrapper))}, false});
  }
  if (!nested.children.empty()) root.content.push_back(std::move(nested));
  return root;
}

// Writes one record into a copy of a chunk.
class EvtxBuilder::Writer {
 public:
  explicit Writer(Chunk& chunk) : chunk_(chunk), out_(chunk.bytes) {}

  void record(const EvtxElement& root, std::uint64_t number, std::int64_t time, EvtxStyle style) {
    const std::size_t start = out_.size();
    put(kRecordMagic);
    put<std::uint32_t>(0);
    put(number);
    put(time);
    fragment({root}, style == EvtxStyle::templates);
    put<std::uint8_t>(kEndOfStream);
    while ((out_.size() + 4 - start) % 8 != 0) put<std::uint8_t>(0);
    const auto size = static_cast<std::uint32_t>(out_.size() + 4 - start);
    put(size);
    put_at(out_, start + 4, size);
    if (chunk_.last_record == 0) chunk_.first_number = number;
    chunk_.last_number = number;
    chunk_.last_record = static_cast<std::uint32_t>(start);
  }

 private:
  using Values = std::vector<EvtxPiece>;  // of kinds value and nested

  template <class T>
  void put(T value) {
    out_ += bytes_of(value);
  }
  std::uint32_t here() const { return static_cast<std::uint32_t>(out_.size()); }

  void fragment(const std::vector<EvtxElement>& elements, bool is_template) {
    fragment_header();
    if (is_template) return instance(elements);
    for (const EvtxElement& one : elements) element(one, nullptr);
  }
  void fragment_header() {
    for (const int byte : {0x0F, 1, 1, 0}) put(static_cast<std::uint8_t>(byte));
  }

  void instance(const std::vector<EvtxElement>& elements) {
    Values values;
    for (const EvtxElement& one : elements) collect(one, values);
    const std::string key = structure(elements);
    put<std::uint8_t>(kTemplateInstance);
    put<std::uint8_t>(1);
    // A template's id is the first part of its GUID; here both come from its content.
    const std::uint32_t id = crc32(key);
    put(id);
    const auto known = std::find_if(chunk_.templates.begin(), chunk_.templates.end(),
                                    [&](const auto& t) { return t.first == key; });
    if (known != chunk_.templates.end()) {
      put(known->second);
    } else {
      definition(elements, key, id);
    }
    put(static_cast<std::uint32_t>(values.size()));
    const std::size_t specs = out_.size();
    out_.append(4 * values.size(), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t begin = out_.size();
      std::uint8_t type = values[i].value.type;
      if (values[i].kind == EvtxPiece::Kind::nested) {
        type = kBinXml;
        fragment(values[i].children, values[i].is_template);
        out_.append(values[i].trailing_zeros, '\0');
      } else {
        out_ += values[i].value.bytes;
      }
      put_at(out_, specs + 4 * i, static_cast<std::uint16_t>(out_.size() - begin));
      put_at(out_, specs + 4 * i + 2, type);
    }
  }

  void definition(const std::vector<EvtxElement>& elements, const std::string& key,
                  std::uint32_t id) {
    put(here() + 4);  // it follows at once
    const std::uint32_t at = here();
    chunk_.templates.emplace_back(key, at);
    const std::size_t bucket = 384 + 4 * (id % 32);
    put(get_at<std::uint32_t>(out_, bucket));
    put_at(out_, bucket, at);
    put(id);
    put(crc32(key, id));
    put(crc32(key, ~id));
    put(crc32(key, 1));
    put<std::uint32_t>(0);
    const std::size_t begin = out_.size();
    fragment_header();
    std::uint16_t next_value = 0;
    for (const EvtxElement& one : elements) element(one, &next_value);
    put<std::uint8_t>(kEndOfStream);
    put_at(out_, begin - 4, static_cast<std::uint32_t>(out_.size() - begin));
  }

  // In the order in which element() numbers them.
  static void collect(const EvtxElement& element, Values& values) {
    for (const EvtxAttribute& attribute : element.attributes) collect(attribute.content, values);
    collect(element.content, values);
  }
  static void collect(const std::vector<EvtxPiece>& content, Values& values) {
    for (const EvtxPiece& piece : content) {
      if (piece.kind == EvtxPiece::Kind::value || piece.kind == EvtxPiece::Kind::nested) {
        values.push_back(piece);
      } else if (piece.kind == EvtxPiece::Kind::element) {
        collect(piece.children.front(), values);
      }
    }
  }

  // All that goes into the definition, as a key.
  static std::string structure(const std::vector<EvtxElement>& elements) {
    std::string key;
    for (const EvtxElement& one : elements) {
      key += "<" + one.name + (one.depends_on_value ? "!" : "");
      for (const EvtxAttribute& attribute : one.attributes) {
        key += " " + attribute.name + "=" + structure(attribute.content);
      }
      key += ">" + structure(one.content) + "</>";
    }
    return key;
  }
  static std::string structure(const std::vector<EvtxPiece>& content) {
    std::string key;
    for (const EvtxPiece& piece : content) {
      key += '\x01';
      key += static_cast<char>('a' + static_cast<int>(piece.kind));
      if (piece.kind == EvtxPiece::Kind::element) {
        key += structure(piece.children);
      } else if (piece.kind == EvtxPiece::Kind::value || piece.kind == EvtxPiece::Kind::nested) {
        key += piece.optional ? "?" : "";
        key += static_cast<char>(piece.value.type);
      } else {
        key += piece.text + static_cast<char>(piece.unit) + static_cast<char>(piece.unit >> 8) +
               static_cast<char>(piece.value.type) + piece.value.bytes;
      }
    }
    return key;
  }

  // `next_value` is null outside of template definitions: there values are written as literals.
  void element(const EvtxElement& one, std::uint16_t* next_value) {
    const bool has_attributes = has_any_attribute(one, next_value);
    put(static_cast<std::uint8_t>(kOpenStartElement | (has_attributes ? kMoreFlag : 0)));
    const std::size_t dependency = out_.size();
    if (next_value != nullptr) put(kNoDependency);
    const std::size_t size = out_.size();
    put<std::uint32_t>(0);
    name(one.name);
    if (has_attributes) attributes(one, next_value);
    if (one.content.empty()) {
      put<std::uint8_t>(kCloseEmptyElement);
    } else {
      if (one.depends_on_value && next_value != nullptr) put_at(out_, dependency, *next_value);
      put<std::uint8_t>(kCloseStartElement);
      for (const EvtxPiece& piece : one.content) content(piece, next_value);
      put<std::uint8_t>(kEndElement);
    }
    put_at(out_, size, static_cast<std::uint32_t>(out_.size() - size - 4));
  }

  // Forwarded events lack the attributes that have no value.
  static bool is_left_out(const EvtxAttribute& attribute, const std::uint16_t* next_value) {
    return next_value == nullptr && attribute.content.size() == 1 &&
           attribute.content[0].kind == EvtxPiece::Kind::value &&
           attribute.content[0].value.type == kNull;
  }
  static bool has_any_attribute(const EvtxElement& one, const std::uint16_t* next_value) {
    return std::any_of(one.attributes.begin(), one.attributes.end(),
                       [&](const EvtxAttribute& a) { return !is_left_out(a, next_value); });
  }

  void attributes(const EvtxElement& one, std::uint16_t* next_value) {
    const std::size_t size = out_.size();
    put<std::uint32_t>(0);
    std::vector<const EvtxAttribute*> written;
    for (const EvtxAttribute& attribute : one.attributes) {
      if (!is_left_out(attribute, next_value)) written.push_back(&attribute);
    }
    for (const EvtxAttribute* attribute : written) {
      put(static_cast<std::uint8_t>(kAttribute | (attribute != written.back() ? kMoreFlag : 0)));
      name(attribute->name);
      for (const EvtxPiece& piece : attribute->content) content(piece, next_value);
    }
    put_at(out_, size, static_cast<std::uint32_t>(out_.size() - size - 4));
  }

  void content(const EvtxPiece& piece, std::uint16_t* next_value) {
    switch (piece.kind) {
      case EvtxPiece::Kind::literal:
        typed_literal(EvtxValue::text(piece.text));
        break;
      case EvtxPiece::Kind::typed:
        typed_literal(piece.value);
        break;
      case EvtxPiece::Kind::value:
        if (next_value == nullptr) {
          if (piece.value.type != kNull) typed_literal(piece.value);
          break;
        }
        put(static_cast<std::uint8_t>(piece.optional ? kOptionalSubstitution
                                                     : kNormalSubstitution));
        put((*next_value)++);
        put(piece.value.type);
        break;
      case EvtxPiece::Kind::nested:
        if (next_value == nullptr) {
          for (const EvtxElement& one : piece.children) element(one, nullptr);
          break;
        }
        put<std::uint8_t>(kOptionalSubstitution);
        put((*next_value)++);
        put<std::uint8_t>(kBinXml);
        break;
      case EvtxPiece::Kind::cdata:
        put<std::uint8_t>(kCdata);
        counted(piece.text);
        break;
      case EvtxPiece::Kind::character:
        put<std::uint8_t>(kCharacterReference);
        put(piece.unit);
        break;
      case EvtxPiece::Kind::entity:
        put<std::uint8_t>(kEntityReference);
        name(piece.text);
        break;
      case EvtxPiece::Kind::instruction:
        put<std::uint8_t>(kInstructionTarget);
        name(piece.text);
        put<std::uint8_t>(kInstructionText);
        counted(piece.text);
        break;
      case EvtxPiece::Kind::element:
        element(piece.children.front(), next_value);
        break;
    }
  }

  void typed_literal(const EvtxValue& value) {
    put<std::uint8_t>(kValueText);
    put(value.type);
    const auto size = static_cast<std::uint16_t>(value.bytes.size());
    if (value.type == kUnicodeString) put(static_cast<std::uint16_t>(size / 2));
    if (value.type == kAnsiString || value.type == kBinary) put(size);
    out_ += value.bytes;
  }
  void counted(std::string_view text) {
    const std::string units = base::utf8_to_utf16le(text);
    put(static_cast<std::uint16_t>(units.size() / 2));
    out_ += units;
  }

  void name(const std::string& text) {
    const auto known = std::find_if(chunk_.names.begin(), chunk_.names.end(),
                                    [&](const auto& n) { return n.first == text; });
    if (known != chunk_.names.end()) return put(known->second);
    put(here() + 4);
    const std::uint32_t at = here();
    chunk_.names.emplace_back(text, at);
    const std::string units = base::utf8_to_utf16le(text);
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i < units.size(); i += 2)
      hash = hash * 65599 + get_at<std::uint16_t>(units, i);
    const std::size_t bucket = 128 + 4 * ((hash & 0xFFFF) % 64);
    put(get_at<std::uint32_t>(out_, bucket));
    put_at(out_, bucket, at);
    put(static_cast<std::uint16_t>(hash));
    put(static_cast<std::uint16_t>(units.size() / 2));
    out_ += units;
    put<std::uint16_t>(0);
  }

  Chunk& chunk_;
  std::string& out_;
};

EvtxBuilder::EvtxBuilder(std::uint64_t first_record_number) : next_number_(first_record_number) {}

void EvtxBuilder::end_chunk() { chunk_ended_ = true; }

void EvtxBuilder::add(const EvtxEvent& event, EvtxStyle style) {
  add(document(event, next_number_), event.time, style);
}

void EvtxBuilder::add(const EvtxElement& root, std::int64_t time, EvtxStyle style) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (chunk_ended_) {
      Chunk fresh;
      fresh.bytes.assign(kChunkHeaderBytes, '\0');
      chunks_.push_back(std::move(fresh));
      chunk_ended_ = false;
    }
    Chunk chunk = chunks_.back();
    Writer(chunk).record(root, next_number_, time, style);
    if (chunk.bytes.size() <= kChunkBytes) {
      chunks_.back() = std::move(chunk);
      ++next_number_;
      return;
    }
    chunk_ended_ = true;
  }
  chunks_.pop_back();
  assert(false && "the record does not fit into a chunk");
}

std::vector<std::byte> EvtxBuilder::finish() const {
  std::string log(kFileHeaderBytes, '\0');
  std::memcpy(log.data(), kFileMagic.data(), kFileMagic.size());
  put_at<std::uint64_t>(log, 16, chunks_.empty() ? 0 : chunks_.size() - 1);
  put_at(log, 24, next_number_);
  put_at<std::uint32_t>(log, 32, 128);
  put_at<std::uint16_t>(log, 36, 1);  // minor version
  put_at<std::uint16_t>(log, 38, 3);  // major version
  put_at<std::uint16_t>(log, 40, kFileHeaderBytes);
  put_at(log, 42, static_cast<std::uint16_t>(chunks_.size()));
  put_at(log, 124, crc32(std::string_view(log).substr(0, 120)));
  for (const Chunk& built : chunks_) {
    std::string chunk = built.bytes;
    const auto free_space = static_cast<std::uint32_t>(chunk.size());
    chunk.resize(kChunkBytes, '\0');
    std::memcpy(chunk.data(), kChunkMagic.data(), kChunkMagic.size());
    put_at(chunk, 8, built.first_number);
    put_at(chunk, 16, built.last_number);
    put_at(chunk, 24, built.first_number);
    put_at(chunk, 32, built.last_number);
    put_at<std::uint32_t>(chunk, 40, 128);
    put_at(chunk, kChunkLastRecord, built.last_record);
    put_at(chunk, kChunkFreeSpace, free_space);
    const std::string_view all = chunk;
    put_at(chunk, 52, crc32(all.substr(kChunkHeaderBytes, free_space - kChunkHeaderBytes)));
    put_at(chunk, 124, crc32(all.substr(128, kChunkHeaderBytes - 128), crc32(all.substr(0, 120))));
    log += chunk;
  }
  const auto* const data = reinterpret_cast<const std::byte*>(log.data());
  return {data, data + log.size()};
}

void flip_bit(std::vector<std::byte>& log, std::size_t offset, unsigned bit) {
  log[offset] ^= static_cast<std::byte>(1U << bit);
}

void zero_page(std::vector<std::byte>& log, std::size_t offset) {
  const std::size_t end = std::min(log.size(), offset + 4096);
  for (; offset < end; ++offset) log[offset] = std::byte{0};
}

void swap_chunks(std::vector<std::byte>& log, std::size_t a, std::size_t b) {
  const auto begin = log.begin();
  std::swap_ranges(begin + static_cast<std::ptrdiff_t>(chunk_offset(a)),
                   begin + static_cast<std::ptrdiff_t>(chunk_offset(a + 1)),
                   begin + static_cast<std::ptrdiff_t>(chunk_offset(b)));
}

std::size_t chunk_offset(std::size_t index) { return kFileHeaderBytes + index * kChunkBytes; }

}  // namespace rdptriage::test
