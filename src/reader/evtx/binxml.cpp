#include "reader/evtx/binxml.hpp"

#include <algorithm>

#include "base/utf16.hpp"

namespace rdptriage::reader::evtx {

namespace {

using base::ByteCursor;

// A name is stored where it is first used and referred to by offset from then on.
std::optional<Utf16View> read_name(Bytes chunk, ByteCursor& in) {
  const auto offset = in.read<std::uint32_t>();
  if (in.failed()) return std::nullopt;
  const auto name = name_at(chunk, offset);
  if (name && offset == in.at()) in.skip(8 + 2 * name->count + 2);
  return name;
}

std::optional<Utf16View> read_counted_text(ByteCursor& in) {
  const std::size_t count = in.read<std::uint16_t>();
  const Bytes units = in.take(2 * count);
  if (in.failed()) return std::nullopt;
  return Utf16View{units.data(), count};
}

// The value of a ValueText token: strings are counted, other types have their own size.
std::optional<Value> read_literal(ByteCursor& in) {
  Value value;
  value.type = in.read<std::uint8_t>();
  std::size_t size = 0;
  switch (value.type) {
    case kUnicodeString:
      size = 2 * std::size_t{in.read<std::uint16_t>()};
      break;
    case kAnsiString:
    case kBinary:
      size = in.read<std::uint16_t>();
      break;
    case kInt8:
    case kUInt8:
      size = 1;
      break;
    case kInt16:
    case kUInt16:
      size = 2;
      break;
    case kInt32:
    case kUInt32:
    case kHexInt32:
    case kReal32:
    case kBool:
      size = 4;
      break;
    case kInt64:
    case kUInt64:
    case kHexInt64:
    case kReal64:
    case kFileTime:
      size = 8;
      break;
    case kGuid:
    case kSystemTime:
      size = 16;
      break;
    case kSid:  // its second byte counts the sub-authorities
      if (in.left() >= 2) size = 8 + 4 * std::to_integer<std::size_t>(in.peek(1));
      break;
    case kNull:
      break;
    default:
      return std::nullopt;
  }
  const Bytes bytes = in.take(size);
  if (in.failed() || size > 0xFFFF) return std::nullopt;
  value.data = bytes.data();
  value.size = static_cast<std::uint16_t>(size);
  return value;
}

// Walks tokens until the end of the stream, or of [begin, end): records and nested values may lack
// the end token, and nested values may have zeros behind it.
template <class Handler>
bool scan_tokens(Bytes chunk, std::size_t begin, std::size_t end, Place place, Handler& handler) {
  if (begin > end || end > chunk.size()) return false;
  ByteCursor in(chunk.first(end), begin);
  unsigned depth = 0;
  bool in_start_tag = false;
  while (!in.done()) {
    const auto raw = in.read<std::uint8_t>();
    const auto token = static_cast<std::uint8_t>(raw & ~kMoreFlag);
    switch (token) {
      case kEndOfStream:
        return depth == 0;
      case kFragmentHeader:
        in.skip(3);  // major and minor version, flags
        break;
      case kOpenStartElement: {
        if (in_start_tag || ++depth > kMaxElementDepth) return false;
        const std::uint16_t dependency =
            place == Place::template_definition ? in.read<std::uint16_t>() : kNoDependency;
        in.skip(4);  // the element's size: its end token says the same
        const auto name = read_name(chunk, in);
        if (!name) return false;
        if ((raw & kMoreFlag) != 0) in.skip(4);  // the attribute list's size
        handler.open(*name, dependency);
        in_start_tag = true;
        break;
      }
      case kAttribute: {
        if (!in_start_tag) return false;
        const auto name = read_name(chunk, in);
        if (!name) return false;
        handler.attribute(*name);
        break;
      }
      case kCloseStartElement:
        if (!in_start_tag) return false;
        in_start_tag = false;
        handler.end_attributes();
        break;
      case kCloseEmptyElement:
        if (!in_start_tag) return false;
        in_start_tag = false;
        handler.end_attributes();
        handler.close();
        --depth;
        break;
      case kEndElement:
        if (in_start_tag || depth == 0) return false;
        handler.close();
        --depth;
        break;
      case kValueText: {
        const auto value = read_literal(in);
        if (!value) return false;
        handler.literal(*value);
        break;
      }
      case kCdata: {
        const auto text = read_counted_text(in);
        if (!text) return false;
        handler.cdata(*text);
        break;
      }
      case kCharacterReference:
        handler.character(in.read<std::uint16_t>());
        break;
      case kEntityReference: {
        const auto name = read_name(chunk, in);
        if (!name) return false;
        handler.entity(*name);
        break;
      }
      case kInstructionTarget:
        if (!read_name(chunk, in)) return false;
        break;
      case kInstructionText:
        if (!read_counted_text(in)) return false;
        break;
      case kNormalSubstitution:
      case kOptionalSubstitution: {
        const auto index = in.read<std::uint16_t>();
        in.skip(1);  // the type: the instance's own table decides
        handler.substitution(index, token == kOptionalSubstitution);
        break;
      }
      case kTemplateInstance: {
        if (in_start_tag) return false;
        const auto instance = locate_instance(chunk, in.at(), end);
        if (!instance) return false;
        handler.instance(in.at());
        in.skip(instance->end - in.at());
        break;
      }
      default:
        return false;
    }
    if (in.failed()) return false;
  }
  return depth == 0;
}

class Builder {
 public:
  Builder(Program& program, base::Arena& text) : program_(program), text_(text) {}

  void open(Utf16View name, std::uint16_t dependency) {
    end_attribute();
    elements_.push_back(size());
    push(OpKind::open, text(name), dependency);
  }
  void attribute(Utf16View name) {
    end_attribute();
    attribute_ = size();
    push(OpKind::attribute, text(name), 0);
  }
  void end_attributes() { end_attribute(); }
  void close() {
    push(OpKind::close, {}, 0);
    program_.ops[elements_.back()].after = size();
    elements_.pop_back();
  }
  void literal(const Value& value) {
    bool damaged = false;
    append(value_text(value, text_, damaged));
  }
  void cdata(Utf16View units) { append(text(units)); }
  void character(std::uint16_t unit) {
    char* const out = text_.reserve(4);
    append(text_.commit(base::append_utf8(unit, out)));
  }
  void entity(Utf16View units) {
    const std::string_view name = text(units);
    struct Entity {
      std::string_view name, text;
    };
    static constexpr Entity kEntities[] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (const Entity& known : kEntities) {
      if (name == known.name) return append(known.text);
    }
    append("&");
    append(name);
    append(";");
  }
  void substitution(std::uint16_t index, bool optional) {
    push(OpKind::value, {}, index);
    program_.ops.back().optional = optional;
  }
  void instance(std::size_t offset) {
    push(OpKind::instance, {}, 0);
    program_.ops.back().after = static_cast<std::uint32_t>(offset);
    program_.has_instances = true;
  }
  // Closes what damage left open, so that whoever runs the program needs no special case.
  void finish() {
    end_attribute();
    while (!elements_.empty()) close();
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(program_.ops.size()); }
  void push(OpKind kind, std::string_view text, std::uint16_t index) {
    program_.ops.push_back({kind, false, index, 0, text});
  }
  void end_attribute() {
    if (attribute_ != kNone) program_.ops[attribute_].after = size();
    attribute_ = kNone;
  }
  std::string_view text(Utf16View name) {
    if (name.count == 0) return {};
    char* const out = text_.reserve(base::kMaxUtf8PerUnit * name.count + 16);
    return text_.commit(base::utf16le_to_utf8(name.units, name.count, out));
  }
  void append(std::string_view text) {
    if (!text.empty()) push(OpKind::text, text, 0);
  }

  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  Program& program_;
  base::Arena& text_;
  std::vector<std::uint32_t> elements_;
  std::uint32_t attribute_ = kNone;
};

// Multiplies and folds: not for adversaries, and need not be. Whoever can make two templates of one
// log collide could as well have written the wrong text into the log.
class Fingerprinter {
 public:
  void open(Utf16View name, std::uint16_t dependency) {
    add(kOpenStartElement | std::uint64_t{dependency} << 8, name);
  }
  void attribute(Utf16View name) { add(kAttribute, name); }
  void end_attributes() { add(kCloseStartElement); }
  void close() { add(kEndElement); }
  void literal(const Value& value) {
    add(kValueText | std::uint64_t{value.type} << 8, value.data, value.size);
  }
  void cdata(Utf16View units) { add(kCdata, units); }
  void character(std::uint16_t unit) { add(kCharacterReference | std::uint64_t{unit} << 8); }
  void entity(Utf16View units) { add(kEntityReference, units); }
  void substitution(std::uint16_t index, bool optional) {
    add((optional ? kOptionalSubstitution : kNormalSubstitution) | std::uint64_t{index} << 8);
  }
  // An instance inside a definition is not shared between chunks.
  void instance(std::size_t) { shared_ = false; }

  std::optional<std::uint64_t> result() const {
    return shared_ ? std::optional(hash_) : std::nullopt;
  }

 private:
  void add(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x9E3779B97F4A7C15U;
    hash_ ^= hash_ >> 29;
  }
  void add(std::uint64_t kind, Utf16View name) { add(kind, name.units, 2 * name.count); }
  // The last eight bytes may overlap those before them: with the size, the words still tell all.
  void add(std::uint64_t kind, const std::byte* bytes, std::size_t count) {
    add(kind | std::uint64_t{count} << 32);
    if (count >= 8) {
      for (std::size_t i = 0; i + 8 < count; i += 8) add(load_le<std::uint64_t>(bytes + i));
      return add(load_le<std::uint64_t>(bytes + count - 8));
    }
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
      word = word << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    }
    if (count != 0) add(word);
  }

  std::uint64_t hash_ = 0x243F6A8885A308D3U;
  bool shared_ = true;
};

}  // namespace

std::optional<Utf16View> name_at(Bytes chunk, std::size_t offset) {
  if (offset > chunk.size() || chunk.size() - offset < 8) return std::nullopt;
  const std::size_t count = load_le<std::uint16_t>(chunk.data() + offset + 6);
  if (chunk.size() - offset - 8 < 2 * count) return std::nullopt;
  return Utf16View{chunk.data() + offset + 8, count};
}

std::optional<Definition> locate_definition(Bytes chunk, std::size_t offset) {
  if (offset > chunk.size() || chunk.size() - offset < kTemplateHeaderBytes) return std::nullopt;
  const std::byte* const header = chunk.data() + offset;
  const std::size_t size = load_le<std::uint32_t>(header + 20);
  const std::size_t begin = offset + kTemplateHeaderBytes;
  if (size > chunk.size() - begin) return std::nullopt;
  return Definition{header + 4, static_cast<std::uint32_t>(begin),
                    static_cast<std::uint32_t>(begin + size)};
}

namespace {
// All but the end, which the sizes of the values tell.
std::optional<Instance> locate_head(Bytes chunk, std::size_t at, std::size_t end) {
  ByteCursor in(chunk.first(std::min(end, chunk.size())), at);
  in.skip(1 + 4);  // unknown, the definition's id
  Instance instance;
  instance.definition = in.read<std::uint32_t>();
  if (in.failed()) return std::nullopt;
  if (instance.definition == in.at()) {  // the first use in a chunk carries the definition
    const auto definition = locate_definition(chunk, instance.definition);
    if (!definition) return std::nullopt;
    in.skip(definition->end - in.at());
  }
  instance.count = in.read<std::uint32_t>();
  if (in.failed() || instance.count > in.left() / 4) return std::nullopt;
  instance.specs = static_cast<std::uint32_t>(in.at());
  instance.values = instance.specs + 4 * instance.count;
  return instance;
}
}  // namespace

std::optional<Instance> locate_instance(Bytes chunk, std::size_t at, std::size_t end) {
  auto instance = locate_head(chunk, at, end);
  if (!instance) return std::nullopt;
  std::size_t size = 0;
  const std::byte* const specs = chunk.data() + instance->specs;
  for (std::uint32_t i = 0; i < instance->count; ++i) size += load_le<std::uint16_t>(specs + 4 * i);
  if (size > std::min(end, chunk.size()) - instance->values) return std::nullopt;
  instance->end = static_cast<std::uint32_t>(instance->values + size);
  return instance;
}

std::optional<LoadedInstance> load_instance(Bytes chunk, std::size_t at, std::size_t end,
                                            std::vector<Value>& storage) {
  const auto located = locate_head(chunk, at, end);
  if (!located) return std::nullopt;
  LoadedInstance out{*located, {}};
  Instance& instance = out.instance;
  if (storage.size() < instance.count) storage.resize(instance.count);
  const std::byte* spec = chunk.data() + instance.specs;
  const std::byte* data = chunk.data() + instance.values;
  const std::byte* const data_end = chunk.data() + std::min(end, chunk.size());
  Value* value = storage.data();
  for (Value* const last = value + instance.count; value != last; ++value) {
    const auto word = load_le<std::uint32_t>(spec);
    spec += 4;
    value->data = data;
    value->size = static_cast<std::uint16_t>(word);
    value->type = static_cast<std::uint8_t>(word >> 16);
    if (data_end - data < value->size) return std::nullopt;
    data += value->size;
  }
  instance.end = static_cast<std::uint32_t>(data - chunk.data());
  out.values = {storage.data(), instance.count};
  return out;
}

bool build_program(Bytes chunk, std::size_t begin, std::size_t end, Place place, base::Arena& text,
                   Program& program) {
  Builder builder(program, text);
  const bool well_formed = scan_tokens(chunk, begin, end, place, builder);
  builder.finish();
  return well_formed;
}

std::optional<std::uint64_t> fingerprint(Bytes chunk, const Definition& definition) {
  Fingerprinter fingerprinter;
  if (!scan_tokens(chunk, definition.begin, definition.end, Place::template_definition,
                   fingerprinter)) {
    return std::nullopt;
  }
  return fingerprinter.result();
}

}  // namespace rdptriage::reader::evtx
