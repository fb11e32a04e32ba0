#include "reader/evtx/record_decoder.hpp"

#include <limits>

namespace rdptriage::reader::evtx {

namespace {

// Items of arrays that are referred to again and again; a record's own bytes make 30,000 at most.
constexpr std::size_t kMaxFields = 65'536;

const Source& source_of(const EventPlan& plan, SystemSlot slot) {
  return plan.system[static_cast<std::size_t>(slot)];
}

bool is_dropped(const Source& source, std::span<const Value> values) {
  return source.dependency != kNoDependency &&
         (source.dependency >= values.size() || values[source.dependency].is_null());
}

// The offset behind the fragment header at `at`, which nested values may lack.
std::size_t skip_fragment_header(Bytes chunk, std::size_t at, std::size_t end) {
  return end - at >= 4 && chunk[at] == std::byte{kFragmentHeader} ? at + 4 : at;
}

}  // namespace

void RecordDecoder::enter_chunk(Bytes chunk) {
  chunk_ = chunk;
  templates_.enter_chunk(chunk);
}

bool RecordDecoder::begin(std::size_t begin, std::size_t end) {
  arena_.reset();
  templates_.begin_record();
  begin_ = begin;
  end_ = end;
  damaged_ = false;
  plan_ = nullptr;
  if (route_ == Route::planned_where_possible) {
    const std::size_t at = skip_fragment_header(chunk_, begin, end);
    if (at < end && chunk_[at] == std::byte{kTemplateInstance} && begin_planned(at + 1, end)) {
      return true;
    }
  }
  return begin_general(begin, end);
}

bool RecordDecoder::begin_planned(std::size_t at, std::size_t end) {
  const auto loaded = load_instance(chunk_, at, end, value_storage_);
  if (!loaded) return false;
  const Template* const found = templates_.find(loaded->instance.definition);
  if (found == nullptr || !found->plan || found->plan->root != EventPlan::Root::event) return false;
  plan_ = &*found->plan;
  values_ = loaded->values;
  key_.channel = text_of(SystemSlot::channel).value_or(std::string_view());
  key_.provider = text_of(SystemSlot::provider).value_or(std::string_view());
  key_.event_id = number_of<std::uint32_t>(SystemSlot::event_id);
  key_.time = std::nullopt;
  const Source& time = source_of(*plan_, SystemSlot::time_created);
  if (const Value* value = value_of(time)) {
    if (const auto ticks = value_time(*value)) key_.time = Timestamp{*ticks};
  }
  key_.time_quality = key_.time ? TimeQuality::utc : TimeQuality::none;
  return true;
}

bool RecordDecoder::begin_general(std::size_t begin, std::size_t end) {
  plan_ = nullptr;
  arena_.reset();
  if (!walker_.run(chunk_, begin, end)) damaged_ = true;
  if (!assembler_.is_event()) return false;
  fill_key(assembler_.system(), key_);
  return true;
}

const Value* RecordDecoder::value_of(const Source& source) const {
  if (source.kind != Source::Kind::value || source.index >= values_.size()) return nullptr;
  const Value& value = values_[source.index];
  return value.is_null() || is_dropped(source, values_) ? nullptr : &value;
}

std::optional<std::string_view> RecordDecoder::text_of(SystemSlot slot) {
  const Source& source = source_of(*plan_, slot);
  if (source.kind == Source::Kind::literal) {
    if (source.literal.empty() || is_dropped(source, values_)) return std::nullopt;
    return source.literal;
  }
  const Value* const value = value_of(source);
  if (value == nullptr) return std::nullopt;
  std::string_view text = value_text(*value, arena_, damaged_);
  if (value->type != kGuid && is_guid_slot(slot)) text = normalized_guid(text, arena_);
  return text.empty() ? std::nullopt : std::optional(text);
}

template <class Number>
std::optional<Number> RecordDecoder::number_of(SystemSlot slot) const {
  const Source& source = source_of(*plan_, slot);
  std::optional<std::uint64_t> number;
  if (source.kind == Source::Kind::literal) {
    if (!is_dropped(source, values_)) number = parse_number(source.literal);
  } else if (const Value* value = value_of(source)) {
    number = value_number(*value);
  }
  if (!number || *number > std::numeric_limits<Number>::max()) return std::nullopt;
  return static_cast<Number>(*number);
}

void RecordDecoder::decode_system(SystemFields& out) {
  if (plan_ == nullptr) return fill_system(assembler_.system(), out);
  out.record_id = number_of<std::uint64_t>(SystemSlot::record_id);
  out.version = number_of<std::uint32_t>(SystemSlot::version);
  out.level = number_of<std::uint32_t>(SystemSlot::level);
  out.task = number_of<std::uint32_t>(SystemSlot::task);
  out.opcode = number_of<std::uint32_t>(SystemSlot::opcode);
  out.qualifiers = number_of<std::uint32_t>(SystemSlot::qualifiers);
  out.process_id = number_of<std::uint32_t>(SystemSlot::process_id);
  out.thread_id = number_of<std::uint32_t>(SystemSlot::thread_id);
  out.keywords = number_of<std::uint64_t>(SystemSlot::keywords);
  out.computer = text_of(SystemSlot::computer);
  out.provider_guid = text_of(SystemSlot::provider_guid);
  out.event_source_name = text_of(SystemSlot::event_source_name);
  out.activity_id = text_of(SystemSlot::activity_id);
  out.related_activity_id = text_of(SystemSlot::related_activity_id);
  out.user_sid = text_of(SystemSlot::user_sid);
}

void RecordDecoder::decode_fields(std::vector<Field>& out) {
  if (plan_ != nullptr && planned_fields(*plan_, values_, false, out)) return;
  if (plan_ != nullptr) {
    // Something that only the general way reads. The arena stays: views of the key and of System
    // that were given out before must live on.
    out.clear();
    if (!walker_.run(chunk_, begin_, end_)) damaged_ = true;
  }
  out = assembler_.fields();
}

bool RecordDecoder::planned_fields(const EventPlan& plan, std::span<const Value> values,
                                   bool nested, std::vector<Field>& out) {
  for (const FieldPlan& field : plan.fields) {
    const Source& source = field.source;
    if (is_dropped(source, values)) {
      // An element of UserData that loses all its children is a leaf; the plan does not know it.
      if (field.section == FieldSection::user_data) return false;
      continue;
    }
    if (source.kind == Source::Kind::literal) {
      out.push_back({field.name, source.literal, field.section, ValueKind::text});
      continue;
    }
    static constexpr Value kNullValue{};
    const Value& value = source.index < values.size() ? values[source.index] : kNullValue;
    if (field.kind == FieldPlan::Kind::nested) {
      if (value.is_null()) continue;
      const auto root = field.section == FieldSection::user_data ? EventPlan::Root::user_element
                                                                 : EventPlan::Root::section;
      if (nested || value.type != kBinXml || !nested_fields(value, root, out)) return false;
      continue;
    }
    if (value.type == kBinXml) return false;
    if (field.kind == FieldPlan::Kind::attribute && source.optional && value.is_null()) continue;
    if (arena_.used() > kMaxEventText || out.size() > kMaxFields) {
      damaged_ = true;
      return true;
    }
    if (value.is_array() && field.kind != FieldPlan::Kind::attribute) {
      if (field.kind == FieldPlan::Kind::bound) return false;
      ArrayItems items(value);
      Value item;
      while (items.next(item) && out.size() <= kMaxFields) {
        out.push_back(
            {field.name, value_text(item, arena_, damaged_), field.section, ValueKind::text});
      }
      continue;
    }
    out.push_back(
        {field.name, value_text(value, arena_, damaged_), field.section, ValueKind::text});
  }
  return true;
}

bool RecordDecoder::nested_fields(const Value& value, EventPlan::Root root,
                                  std::vector<Field>& out) {
  const auto begin = static_cast<std::size_t>(value.data - chunk_.data());
  const std::size_t end = begin + value.size;
  const std::size_t at = skip_fragment_header(chunk_, begin, end);
  if (at >= end || chunk_[at] != std::byte{kTemplateInstance}) return false;
  const auto loaded = load_instance(chunk_, at + 1, end, nested_storage_);
  if (!loaded) return false;
  const Template* const found = templates_.find(loaded->instance.definition);
  if (found == nullptr || !found->plan || found->plan->root != root) return false;
  // Zeros may follow, another instance would be something else.
  const std::uint32_t behind = loaded->instance.end;
  if (behind < end && chunk_[behind] != std::byte{kEndOfStream}) return false;
  return planned_fields(*found->plan, loaded->values, true, out);
}

}  // namespace rdptriage::reader::evtx
