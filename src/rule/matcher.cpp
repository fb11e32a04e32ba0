#include "rule/matcher.hpp"

#include <algorithm>
#include <array>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/prefilter.hpp"

namespace rdptriage::rule {

namespace {
using event::FieldValue;
using event::SystemField;

constexpr std::uint32_t kNone = ~std::uint32_t{0};
constexpr char kValueStart = '\x01', kValueEnd = '\x02';

// System values that are text of the event itself; the others are numbers and times, written out
// when they are asked for.
constexpr SystemField kTextFields[] = {
    SystemField::channel,           SystemField::provider_name, SystemField::computer,
    SystemField::provider_guid,     SystemField::activity_id,   SystemField::related_activity_id,
    SystemField::event_source_name, SystemField::user_id};
constexpr bool is_text_field(SystemField field) {
  for (const SystemField known : kTextFields) {
    if (known == field) return true;
  }
  return false;
}

struct Value {
  std::string_view raw;
  ValueKind kind = ValueKind::text;
  std::uint32_t next = kNone;    // of the same field
  std::uint32_t framed = kNone;  // offset of start mark, folded text, end mark in the fold buffer
  std::uint32_t length = 0;      // of the folded text
  bool scanned = false;          // by the prefilter
};

// Where the values of a field came from; a higher one hides the lower.
enum Priority : std::uint8_t { kFromSystem, kFromUserData, kFromPath, kFromData, kReserved };

struct Slot {
  std::uint32_t epoch = 0;
  Priority priority = kFromSystem;
  bool present = false;
  bool system_asked = false;
  std::uint32_t head = kNone, tail = kNone;
};

// An integer as it is written in only one way.
bool is_plain_integer(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || text.size() > 20 || (text.front() == '0' && text.size() > 1)) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}
}  // namespace

struct Matcher::State {
  explicit State(const CompiledRules& compiled)
      : rules(compiled),
        program(compiled.program()),
        slots(program.fields.size()),
        answers(program.predicates.size()) {}

  CompiledRules rules;  // keeps `program` alive
  const MatchProgram& program;

  // Of the current event.
  const EventView* current = nullptr;
  std::uint32_t epoch = 0;
  bool fields_ready = false, keywords_ready = false;
  std::vector<Slot> slots;
  std::vector<Value> values;
  std::vector<std::uint32_t> field_values;  // by field of the event: position in `values`, or none
  std::vector<std::uint32_t> keywords;      // positions in `values`
  std::vector<FieldId> touched;             // with a slot of this epoch
  std::vector<std::uint32_t> answers;       // by predicate: epoch * 2 + answer
  std::string folded;
  std::array<event::SystemText, event::kSystemFieldCount> system_texts{};
  std::string name_buffer;
  bool odd_numbers = false;  // some number may equal one that is written differently

  std::vector<std::uint32_t> found, candidates;

  // Channel, provider and machine are the same in event after event: what a prefilter found in each
  // of them the last time.
  static constexpr std::size_t kPrefiltersRemembered = 32;
  struct ScannedText {
    const Prefilter* prefilter = nullptr;
    std::string text;
    std::vector<std::uint32_t> found;
  };
  std::array<std::array<ScannedText, event::kSystemFieldCount>, kPrefiltersRemembered>
      scanned_texts;
  std::string scan_buffer;

  // Events come in runs of few kinds; the bucket of each kind is remembered.
  struct Remembered {
    std::string product, category, service, channel;
    std::optional<std::uint32_t> event_id;
    const Bucket* bucket = nullptr;
  };
  std::array<Remembered, 64> remembered;

  const Bucket& bucket(const EventKey& key) {
    const std::size_t at = (key.event_id.value_or(0) + key.channel.size() * 7 +
                            key.service.size() * 3 + key.category.size()) %
                           remembered.size();
    Remembered& entry = remembered[at];
    if (entry.bucket != nullptr && entry.event_id == key.event_id && entry.channel == key.channel &&
        entry.product == key.product && entry.category == key.category &&
        entry.service == key.service) {
      return *entry.bucket;
    }
    entry.product = key.product;
    entry.category = key.category;
    entry.service = key.service;
    entry.channel = key.channel;
    entry.event_id = key.event_id;
    entry.bucket = &program.bucket_for(key);
    return *entry.bucket;
  }

  void begin(const EventView& next) {
    constexpr std::uint32_t kLastEpoch = 0x7FFF'FFFE;
    current = &next;
    if (++epoch > kLastEpoch) {
      epoch = 1;
      std::fill(answers.begin(), answers.end(), 0);
      for (Slot& slot : slots) slot.epoch = 0;
    }
    fields_ready = keywords_ready = odd_numbers = false;
    values.clear();
    field_values.clear();
    keywords.clear();
    touched.clear();
    folded.clear();
  }

  Slot& slot(FieldId field) {
    Slot& out = slots[field];
    if (out.epoch != epoch) {
      out = Slot{};
      out.epoch = epoch;
      touched.push_back(field);
    }
    return out;
  }

  std::uint32_t add_value(std::string_view raw, ValueKind kind) {
    values.push_back({raw, kind, kNone, kNone, 0, false});
    if (kind == ValueKind::number && !is_plain_integer(raw)) {
      odd_numbers = odd_numbers || parse_decimal(raw, Exponent::allowed).has_value();
    }
    return static_cast<std::uint32_t>(values.size() - 1);
  }

  // The position of the value, or none when it hides behind another one.
  std::uint32_t give(FieldId field, Priority priority, const FieldValue& value) {
    Slot& to = slot(field);
    if (to.present && to.priority > priority) return kNone;
    if (!to.present || to.priority < priority) {
      to.head = to.tail = kNone;
      to.priority = priority;
      to.present = true;
    }
    const std::uint32_t at = add_value(value.text, value.kind);
    if (to.head == kNone) {
      to.head = at;
    } else {
      values[to.tail].next = at;
    }
    to.tail = at;
    return at;
  }

  void ready_fields() {
    if (fields_ready) return;
    fields_ready = true;
    for (const Field& field : current->fields()) {
      const FieldValue value{field.value, field.kind};
      std::uint32_t& at = field_values.emplace_back(kNone);
      const std::string_view name = event::rule_name(field, name_buffer);
      if (const FieldId* id = program.find_field(name)) {
        const auto& system = program.fields[*id].system;
        const bool reserved =
            system && is_always_system(*system) && field.section != FieldSection::other;
        if (!reserved)
          at = give(*id, field.section == FieldSection::user_data ? kFromUserData : kFromData,
                    value);
      }
      if (field.section == FieldSection::other) {
        for (auto dot = field.name.find('.'); dot != std::string_view::npos;
             dot = field.name.find('.', dot + 1)) {
          if (const FieldId* id = program.find_field(field.name.substr(0, dot)))
            nested.push_back(*id);
        }
      } else if (program.has_paths) {
        if (const FieldId* id = program.find_field(event::full_path(field, name_buffer))) {
          give(*id, kFromPath, value);
        }
      }
    }
    // An object of nested JSON is there, though only its members have values.
    for (const FieldId object : nested) slot(object).present = true;
    nested.clear();
  }
  std::vector<FieldId> nested;

  // The slot with everything that the event says about the field.
  const Slot& ask(FieldId field) {
    const auto& system = program.fields[field].system;
    Slot& out = slot(field);
    if (system && !out.system_asked && (is_always_system(*system) || fields_ready)) {
      // The four reserved names are answered without decoding the fields.
      out.system_asked = true;
      if (!out.present || is_always_system(*system)) ask_system(field, *system);
    }
    if (out.present && system && is_always_system(*system)) return out;
    if (!fields_ready) {
      ready_fields();
      return ask(field);
    }
    return out;
  }

  void ask_system(FieldId field, SystemField system) {
    static const SystemFields kNoSystem{};
    auto& buffer = system_texts[static_cast<std::size_t>(system)];
    const auto value = event::system_value(
        current->key(), is_key_field(system) ? kNoSystem : current->system(), system, buffer);
    if (value) give(field, is_always_system(system) ? kReserved : kFromSystem, *value);
  }

  // Also of a field that no rule asks for by name.
  std::uint32_t value_of_field(std::size_t i) {
    if (field_values[i] == kNone) {
      const Field& field = current->fields()[i];
      field_values[i] = add_value(field.value, field.kind);
    }
    return field_values[i];
  }

  void ready_keywords() {
    if (keywords_ready) return;
    keywords_ready = true;
    ready_fields();
    for (std::size_t i = 0; i < field_values.size(); ++i) {
      const std::uint32_t at = value_of_field(i);
      if (values[at].kind != ValueKind::null) keywords.push_back(at);
    }
    keyword_texts.resize(event::kSystemFieldCount);
    for (std::size_t i = 0; i < event::kSystemFieldCount; ++i) {
      const auto value = event::system_value(current->key(), current->system(),
                                             static_cast<SystemField>(i), keyword_texts[i]);
      if (value) keywords.push_back(add_value(value->text, value->kind));
    }
  }
  std::vector<event::SystemText> keyword_texts;

  std::string_view framed(Value& value) {
    if (value.framed == kNone) {
      value.framed = static_cast<std::uint32_t>(folded.size());
      folded += kValueStart;
      base::append_folded(value.raw, folded);
      folded += kValueEnd;
      value.length = static_cast<std::uint32_t>(folded.size() - value.framed - 2);
    }
    return {folded.data() + value.framed, value.length + std::size_t{2}};
  }

  bool value_holds(const Predicate& predicate, std::uint32_t at) {
    const ValueTest& test = predicate.test;
    Value& value = values[at];
    if (value.kind == ValueKind::null) return false;
    std::string_view text;
    const bool needs_folded = test.kind >= TestKind::equals && test.kind <= TestKind::glob &&
                              test.case_mode == CaseMode::folded;
    if (needs_folded) text = framed(value).substr(1, value.length);
    return holds_for(test, value.raw, text, value.kind);
  }

  bool refers(const Predicate& predicate) {
    const bool exact = predicate.test.case_mode == CaseMode::exact;
    const std::uint32_t left_head = ask(predicate.field).head;
    const std::uint32_t right_head = ask(predicate.other).head;
    for (std::uint32_t left = left_head; left != kNone; left = values[left].next) {
      if (values[left].kind == ValueKind::null) continue;
      for (std::uint32_t right = right_head; right != kNone; right = values[right].next) {
        if (values[right].kind == ValueKind::null) continue;
        framed(values[left]);
        framed(values[right]);
        const auto text = [&](std::uint32_t at) {
          return exact ? values[at].raw : framed(values[at]).substr(1, values[at].length);
        };
        if (holds_between(predicate.test.relation, text(left), text(right))) return true;
      }
    }
    return false;
  }

  bool ask_predicate(const Predicate& predicate) {
    if (predicate.field == kAnyField) {
      ready_keywords();
      for (const std::uint32_t at : keywords) {
        if (value_holds(predicate, at)) return true;
      }
      return false;
    }
    if (predicate.test.kind == TestKind::field_ref) return refers(predicate);
    const Slot& values_of = ask(predicate.field);
    switch (predicate.test.kind) {
      case TestKind::exists:
        return values_of.present;
      case TestKind::absent:
        return !values_of.present;
      case TestKind::is_null:
        if (!values_of.present) return true;
        for (std::uint32_t at = values_of.head; at != kNone; at = values[at].next) {
          if (values[at].kind == ValueKind::null) return true;
        }
        return false;
      default:
        for (std::uint32_t at = values_of.head; at != kNone; at = values[at].next) {
          if (value_holds(predicate, at)) return true;
        }
        return false;
    }
  }

  bool holds(Operand operand) {
    if ((operand & kPredicateBit) != 0) {
      const PredicateId id = operand & ~kPredicateBit;
      std::uint32_t& answer = answers[id];
      if (answer >> 1U != epoch) {
        const bool truth = ask_predicate(program.predicates[id]);
        answer = epoch << 1U | (truth ? 1U : 0U);
      }
      return (answer & 1U) != 0;
    }
    const Node& node = program.nodes[operand];
    if (node.op == NodeOp::negation) return !holds(program.operands[node.first]);
    const bool stops_at = node.op == NodeOp::disjunction;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      if (holds(program.operands[node.first + i]) == stops_at) return stops_at;
    }
    return !stops_at;
  }

  void scan(const Prefilter& prefilter, std::uint32_t at, FieldId field) {
    Value& value = values[at];
    if (value.kind == ValueKind::null || value.scanned) return;
    value.scanned = true;
    prefilter.scan(framed(value), field, found);
  }

  void scan_system(const Prefilter& prefilter, SystemField field) {
    ScannedText& known =
        scanned_texts[prefilter.number() % kPrefiltersRemembered][static_cast<std::size_t>(field)];
    event::SystemText buffer;
    const auto value = event::system_value(current->key(), current->system(), field, buffer);
    if (!value) return;
    if (known.prefilter != &prefilter || known.text != value->text) {
      known.prefilter = &prefilter;
      known.text = value->text;
      known.found.clear();
      scan_buffer.assign(1, kValueStart);
      base::append_folded(value->text, scan_buffer);
      scan_buffer += kValueEnd;
      prefilter.scan(scan_buffer, kAnyField, known.found);
    }
    found.insert(found.end(), known.found.begin(), known.found.end());
  }

  // Positions in bucket.variants that the prefilter cannot rule out.
  void choose(const Bucket& bucket, const Prefilter& prefilter) {
    found.clear();
    ready_fields();
    const bool keywords_too = prefilter.wants(kAnyField);
    for (const FieldId field : touched) {
      if (!keywords_too && !prefilter.wants(field)) continue;
      for (std::uint32_t at = slots[field].head; at != kNone; at = values[at].next) {
        scan(prefilter, at, field);
      }
    }
    if (keywords_too) {
      for (std::size_t i = 0; i < field_values.size(); ++i) {
        scan(prefilter, value_of_field(i), kAnyField);
      }
      for (std::size_t i = 0; i < event::kSystemFieldCount; ++i) {
        const auto field = static_cast<SystemField>(i);
        if (is_text_field(field) || prefilter.wants_numbers()) scan_system(prefilter, field);
      }
    }
    candidates.clear();
    if (odd_numbers) {
      candidates.resize(bucket.variants.size());
      for (std::uint32_t i = 0; i < candidates.size(); ++i) candidates[i] = i;
      return;
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::set_union(found.begin(), found.end(), prefilter.always().begin(), prefilter.always().end(),
                   std::back_inserter(candidates));
  }
};

Matcher::Matcher(const CompiledRules& rules) : state_(std::make_unique<State>(rules)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

bool Matcher::ignores(const EventKey& key) { return state_->bucket(key).variants.empty(); }

void Matcher::match(const EventView& event, std::vector<RuleIndex>& hits) {
  hits.clear();
  State& state = *state_;
  const Bucket& bucket = state.bucket(event.key());
  if (bucket.variants.empty()) return;
  state.begin(event);
  const auto try_variant = [&](std::uint32_t at) {
    const Variant& variant = state.program.variants[at];
    if (!hits.empty() && hits.back() == variant.rule) return;  // another alternative did
    if (state.holds(variant.root)) hits.push_back(variant.rule);
  };
  if (bucket.prefilter == nullptr) {
    for (const std::uint32_t at : bucket.variants) try_variant(at);
    return;
  }
  state.choose(bucket, *bucket.prefilter);
  for (const std::uint32_t position : state.candidates) try_variant(bucket.variants[position]);
}

}  // namespace rdptriage::rule
