#include "reader/evtx/walker.hpp"

namespace rdptriage::reader::evtx {

namespace {
// Values that hold BinXML that holds values …, sixteen of them, each a fragment and an instance;
// real records have two levels.
constexpr unsigned kMaxNesting = 32;
// Steps one record may take: nested values can refer to the same template again and again.
constexpr std::size_t kMaxSteps = 200'000;

// Elements in each other over all nested values: each is some frames of the stack, of which other
// platforms have little.
constexpr unsigned kMaxOpenElements = 256;

constexpr Value kNullValue{};

const Value& value_of(std::span<const Value> values, std::uint16_t index) {
  // A template that asks for more values than the record has: Windows shows nothing there.
  return index < values.size() ? values[index] : kNullValue;
}
}  // namespace

bool Walker::run(Bytes chunk, std::size_t begin, std::size_t end) {
  chunk_ = chunk;
  steps_ = 0;
  open_elements_ = 0;
  damaged_ = false;
  out_.begin();
  const bool read = fragment(begin, end, 0);
  return read && !damaged_ && !out_.overflowed();
}

bool Walker::spend() { return ++steps_ <= kMaxSteps; }

bool Walker::fragment(std::size_t begin, std::size_t end, unsigned depth) {
  if (depth > kMaxNesting) return false;
  base::Arena text;
  Program program;
  const bool well_formed = build_program(chunk_, begin, end, Place::fragment, text, program);
  return ops(program, 0, program.ops.size(), {}, depth) && well_formed;
}

bool Walker::instance(std::size_t at, std::size_t end, unsigned depth) {
  // A definition can hold an instance of itself.
  if (depth > kMaxNesting) return false;
  std::vector<Value> storage;
  const auto loaded = load_instance(chunk_, at, end, storage);
  if (!loaded) return false;
  const Template* const found = templates_.find(loaded->instance.definition);
  if (found == nullptr) return false;
  return ops(found->program, 0, found->program.ops.size(), loaded->values, depth) &&
         found->well_formed;
}

bool Walker::ops(const Program& program, std::size_t begin, std::size_t end, Values values,
                 unsigned depth) {
  for (std::size_t i = begin; i < end;) {
    if (!spend()) return false;
    const Op& op = program.ops[i];
    switch (op.kind) {
      case OpKind::open:
        if (!element(program, i, values, depth)) return false;
        i = op.after;
        continue;
      case OpKind::text:
        out_.text(op.text);
        break;
      case OpKind::value: {
        const Value& value = value_of(values, op.index);
        if (value.type == kBinXml) {
          const auto at = static_cast<std::size_t>(value.data - chunk_.data());
          if (!fragment(at, at + value.size, depth + 1)) return false;
        } else {
          out_.text(value_text(value, arena_, damaged_));
        }
        break;
      }
      case OpKind::instance:
        if (!instance(op.after, chunk_.size(), depth + 1)) return false;
        break;
      case OpKind::attribute:
      case OpKind::close:
        break;
    }
    ++i;
  }
  return true;
}

bool Walker::element(const Program& program, std::size_t open, Values values, unsigned depth) {
  const Op& op = program.ops[open];
  // The root of a template is never dropped: the Event of many providers depends on its EventData.
  const bool is_root = open == 0;
  if (op.index != kNoDependency && !is_root && value_of(values, op.index).is_null()) return true;
  // An array as the whole content repeats the element ([MS-EVEN6] 2.2.12, substitution of arrays).
  std::size_t body = open + 1;
  while (program.ops[body].kind == OpKind::attribute) body = program.ops[body].after;
  const Op& content = program.ops[body];
  if (content.kind == OpKind::value && body + 2 == op.after) {
    const Value& value = value_of(values, content.index);
    if (value.is_array()) {
      ArrayItems items(value);
      Value item;
      while (items.next(item)) {
        if (!spend() || !element_once(program, open, values, depth, &item)) return false;
      }
      return true;
    }
  }
  return element_once(program, open, values, depth, nullptr);
}

bool Walker::element_once(const Program& program, std::size_t open, Values values, unsigned depth,
                          const Value* item) {
  if (open_elements_ == kMaxOpenElements) return false;
  ++open_elements_;
  const Op& op = program.ops[open];
  out_.open(op.text);
  std::size_t body = open + 1;
  while (program.ops[body].kind == OpKind::attribute) {
    attributes(program, body, program.ops[body].after, values);
    body = program.ops[body].after;
  }
  bool read = true;
  if (item != nullptr) {
    out_.text(value_text(*item, arena_, damaged_));
  } else {
    read = ops(program, body, op.after - 1, values, depth);
  }
  out_.close();
  --open_elements_;
  return read;
}

void Walker::attributes(const Program& program, std::size_t begin, std::size_t end, Values values) {
  const std::string_view name = program.ops[begin].text;
  if (end - begin == 2 && program.ops[begin + 1].kind == OpKind::value &&
      program.ops[begin + 1].optional && value_of(values, program.ops[begin + 1].index).is_null()) {
    return;
  }
  attribute_.clear();
  for (std::size_t i = begin + 1; i < end && attribute_.size() < kMaxEventText; ++i) {
    const Op& op = program.ops[i];
    if (op.kind == OpKind::text) attribute_.append(op.text);
    if (op.kind == OpKind::value) {
      attribute_.append(value_text(value_of(values, op.index), arena_, damaged_));
    }
  }
  out_.attribute(name, attribute_);
}

}  // namespace rdptriage::reader::evtx
