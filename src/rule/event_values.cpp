#include "rule/event_values.hpp"

#include <algorithm>

#include "base/case_fold.hpp"
#include "rule/decimal.hpp"
#include "rule/literal_needs.hpp"

namespace rdptriage::rule {

namespace {
using event::FieldValue;
using event::SystemField;

// An integer as it is written in only one way.
bool is_plain_integer(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || text.size() > 20 || (text.front() == '0' && text.size() > 1)) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}
}  // namespace

NameMemo::Meaning NameMemo::find(const Field& field, const MatchProgram& program,
                                 std::string& buffer) {
  Meaning out;
  out.field = program.find_field(event::rule_name(field, buffer));
  if (out.field != nullptr) {
    const auto& system = program.fields[*out.field].system;
    if (system && is_always_system(*system)) out.field = nullptr;  // a reserved name
  }
  if (program.has_paths) out.path = program.find_field(event::full_path(field, buffer));
  return out;
}

NameMemo::Meaning NameMemo::of(std::size_t i, const Field& field, const MatchProgram& program,
                               std::string& buffer) {
  constexpr std::size_t kMostNames = 64, kLongestName = 64;
  if (i >= kMostNames || field.name.size() > kLongestName) return find(field, program, buffer);
  if (i >= known_.size()) known_.resize(i + 1);
  Known& known = known_[i];
  if (known.section != field.section || known.name != field.name) {
    known.name = field.name;
    known.section = field.section;
    known.meaning = find(field, program, buffer);
  }
  return known.meaning;
}

std::uint32_t EventValues::begin(const EventView& event, NameMemo& names) {
  constexpr std::uint32_t kLastEpoch = 0x7FFF'FFFE;
  event_ = &event;
  names_ = &names;
  if (++epoch_ > kLastEpoch) {
    epoch_ = 1;
    for (Slot& slot : slots_) slot.epoch = 0;
  }
  decoded_ = keywords_ready_ = odd_numbers_ = false;
  values_.clear();
  field_values_.clear();
  keywords_.clear();
  touched_.clear();
  folded_.clear();
  return epoch_;
}

EventValues::Slot& EventValues::slot(FieldId field) {
  Slot& out = slots_[field];
  if (out.epoch != epoch_) {
    out = Slot{};
    out.epoch = epoch_;
    touched_.push_back(field);
  }
  return out;
}

std::uint32_t EventValues::add(std::string_view raw, ValueKind kind) {
  values_.push_back({raw, kind, kNone, kNone, 0, 0});
  if (kind == ValueKind::number && !is_plain_integer(raw)) {
    odd_numbers_ = odd_numbers_ || parse_decimal(raw, Exponent::allowed).has_value();
  }
  return static_cast<std::uint32_t>(values_.size() - 1);
}

std::uint32_t EventValues::give(FieldId field, Priority priority, const FieldValue& value) {
  Slot& to = slot(field);
  if (to.present && to.priority > priority) return kNone;
  if (!to.present || to.priority < priority) {
    to.head = to.tail = kNone;
    to.priority = priority;
    to.present = true;
  }
  const std::uint32_t at = add(value.text, value.kind);
  if (to.head == kNone) {
    to.head = at;
  } else {
    values_[to.tail].next = at;
  }
  to.tail = at;
  return at;
}

std::uint32_t EventValues::decode_named(std::size_t i, const Field& field) {
  const FieldValue value{field.value, field.kind};
  const NameMemo::Meaning meaning = names_->of(i, field, program_, name_buffer_);
  std::uint32_t at = kNone;
  if (meaning.field != nullptr) {
    at = give(*meaning.field, field.section == FieldSection::user_data ? kFromUserData : kFromData,
              value);
  }
  if (meaning.path != nullptr) give(*meaning.path, kFromPath, value);
  return at;
}

std::uint32_t EventValues::decode_other(const Field& field) {
  std::uint32_t at = kNone;
  if (const FieldId* id = program_.find_field(event::rule_name(field, name_buffer_))) {
    at = give(*id, kFromData, {field.value, field.kind});
  }
  for (auto dot = field.name.find('.'); dot != std::string_view::npos;
       dot = field.name.find('.', dot + 1)) {
    if (const FieldId* id = program_.find_field(field.name.substr(0, dot))) nested_.push_back(*id);
  }
  return at;
}

void EventValues::decode() {
  if (decoded_) return;
  decoded_ = true;
  for (const Field& field : event_->fields()) {
    const std::uint32_t at = field.section == FieldSection::other
                                 ? decode_other(field)
                                 : decode_named(field_values_.size(), field);
    field_values_.push_back(at);
  }
  // An object of nested JSON is there, though only its members have values.
  for (const FieldId object : nested_) slot(object).present = true;
  nested_.clear();
  shape_ = touched_.size();
}

const EventValues::Slot& EventValues::ask(FieldId field) {
  const auto& system = program_.fields[field].system;
  Slot& out = slot(field);
  if (system && !out.system_asked && (is_always_system(*system) || decoded_)) {
    // The four reserved names are answered without decoding the fields.
    out.system_asked = true;
    if (!out.present || is_always_system(*system)) ask_system(field, *system);
  }
  if (out.present && system && is_always_system(*system)) return out;
  if (!decoded_) {
    decode();
    return ask(field);
  }
  return out;
}

void EventValues::ask_system(FieldId field, SystemField system) {
  static const SystemFields kNoSystem{};
  auto& buffer = system_texts_[static_cast<std::size_t>(system)];
  const auto value = event::system_value(
      event_->key(), is_key_field(system) ? kNoSystem : event_->system(), system, buffer);
  if (value) give(field, is_always_system(system) ? kReserved : kFromSystem, *value);
}

std::uint32_t EventValues::value_of_field(std::size_t i) {
  if (field_values_[i] == kNone) {
    const Field& field = event_->fields()[i];
    field_values_[i] = add(field.value, field.kind);
  }
  return field_values_[i];
}

const std::vector<std::uint32_t>& EventValues::keywords() {
  if (keywords_ready_) return keywords_;
  keywords_ready_ = true;
  decode();
  for (std::size_t i = 0; i < field_values_.size(); ++i) {
    const std::uint32_t value = value_of_field(i);
    if (values_[value].kind != ValueKind::null) keywords_.push_back(value);
  }
  for (std::size_t i = 0; i < event::kSystemFieldCount; ++i) {
    const auto value = event::system_value(event_->key(), event_->system(),
                                           static_cast<SystemField>(i), keyword_texts_[i]);
    if (value) keywords_.push_back(add(value->text, value->kind));
  }
  return keywords_;
}

std::string_view EventValues::framed(Value& value) {
  if (value.framed == kNone) {
    value.framed = static_cast<std::uint32_t>(folded_.size());
    folded_ += kValueStart;
    base::append_folded(value.raw, folded_);
    folded_ += kValueEnd;
    value.length = static_cast<std::uint32_t>(folded_.size() - value.framed - 2);
  }
  return {folded_.data() + value.framed, value.length + std::size_t{2}};
}

}  // namespace rdptriage::rule
