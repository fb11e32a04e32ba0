#include "support/evtx_record_writer.hpp"

#include <algorithm>
#include <string_view>

#include "base/utf16.hpp"
#include "reader/evtx/layout.hpp"
#include "reader/evtx/value.hpp"
#include "support/evtx_bytes.hpp"

namespace rdptriage::test {

namespace {

using namespace reader::evtx;

class Writer {
 public:
  explicit Writer(EvtxChunk& chunk) : chunk_(chunk), out_(chunk.bytes) {}

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

  EvtxChunk& chunk_;
  std::string& out_;
};

}  // namespace

void write_record(const EvtxElement& root, std::uint64_t number, std::int64_t time, EvtxStyle style,
                  EvtxChunk& chunk) {
  Writer(chunk).record(root, number, time, style);
}

}  // namespace rdptriage::test
