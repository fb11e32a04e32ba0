#include "rule/matcher.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>

#include "base/case_fold.hpp"
#include "event/field_lookup.hpp"
#include "rule/event_values.hpp"
#include "rule/literal_needs.hpp"
#include "rule/prefilter.hpp"
#include "rule/shape_memo.hpp"
#include "rule/value_memo.hpp"

namespace rdptriage::rule {

namespace {
using event::SystemField;

constexpr std::uint32_t kNone = EventValues::kNone;

// System values that are text of the event itself; the others are numbers and times, written out
// when they are asked for.
constexpr SystemField kTextFields[] = {
    SystemField::channel,           SystemField::provider_name, SystemField::computer,
    SystemField::provider_guid,     SystemField::activity_id,   SystemField::related_activity_id,
    SystemField::event_source_name, SystemField::user_id};
struct NumberField {
  SystemField field;
  NumberStyle style = NumberStyle::decimal;
};
constexpr NumberField kNumberFields[] = {{SystemField::event_id},
                                         {SystemField::qualifiers},
                                         {SystemField::version},
                                         {SystemField::level},
                                         {SystemField::task},
                                         {SystemField::opcode},
                                         {SystemField::keywords, NumberStyle::hexadecimal},
                                         {SystemField::system_time, NumberStyle::time},
                                         {SystemField::record_id},
                                         {SystemField::process_id},
                                         {SystemField::thread_id}};
static_assert(std::size(kTextFields) + std::size(kNumberFields) == event::kSystemFieldCount);
}  // namespace

struct Matcher::State {
  explicit State(const CompiledRules& compiled)
      : rules(compiled),
        program(compiled.program()),
        values(program),
        shapes(program),
        answers(program.predicates.size()) {}

  CompiledRules rules;  // keeps `program` alive
  const MatchProgram& program;

  EventValues values;  // of the current event
  ShapeMemo shapes;
  std::uint32_t epoch = 0;             // of it
  std::vector<std::uint32_t> answers;  // by predicate: epoch * 2 + answer

  std::uint32_t scans = 0;  // of this event, one for each prefilter
  std::vector<std::uint32_t> found, candidates;
  ValueMemo<std::vector<std::uint32_t>> scanned;  // by prefilter and field
  ValueMemo<bool> searched;                       // by predicate: regular expressions

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
  struct Kind {
    std::string product, category, service, channel;
    std::optional<std::uint32_t> event_id;
    const Bucket* bucket = nullptr;
    NameMemo names;
  };
  std::array<Kind, 64> kinds;

  Kind& kind_of(const EventKey& key) {
    const std::size_t at = (key.event_id.value_or(0) + key.channel.size() * 7 +
                            key.service.size() * 3 + key.category.size()) %
                           kinds.size();
    Kind& kind = kinds[at];
    if (kind.bucket != nullptr && kind.event_id == key.event_id && kind.channel == key.channel &&
        kind.product == key.product && kind.category == key.category &&
        kind.service == key.service) {
      return kind;
    }
    kind.product = key.product;
    kind.category = key.category;
    kind.service = key.service;
    kind.channel = key.channel;
    kind.event_id = key.event_id;
    kind.bucket = &program.bucket_for(key);
    return kind;
  }

  void begin(const EventView& next, NameMemo& names) {
    epoch = values.begin(next, names);
    if (epoch == 1) std::fill(answers.begin(), answers.end(), 0);
    scans = 0;
  }

  bool value_holds(PredicateId predicate, std::uint32_t at) {
    const ValueTest& test = program.predicates[predicate].test;
    EventValues::Value& value = values.at(at);
    if (value.kind == ValueKind::null) return false;
    if (test.kind == TestKind::regex && value.raw.size() <= searched.kLongestValue) {
      auto& entry = searched.find(predicate, value.raw);
      if (!entry.known) entry.answer = holds_for(test, value.raw, {}, value.kind);
      return entry.answer;
    }
    std::string_view text;
    const bool needs_folded = test.kind >= TestKind::equals && test.kind <= TestKind::glob &&
                              test.case_mode == CaseMode::folded;
    if (needs_folded) text = values.folded(value);
    return holds_for(test, value.raw, text, value.kind);
  }

  bool refers(const Predicate& predicate) {
    const bool exact = predicate.test.case_mode == CaseMode::exact;
    const std::uint32_t left_head = values.ask(predicate.field).head;
    const std::uint32_t right_head = values.ask(predicate.other).head;
    for (std::uint32_t left = left_head; left != kNone; left = values.at(left).next) {
      if (values.at(left).kind == ValueKind::null) continue;
      for (std::uint32_t right = right_head; right != kNone; right = values.at(right).next) {
        if (values.at(right).kind == ValueKind::null) continue;
        values.framed(values.at(left));  // both, before a view is taken
        values.framed(values.at(right));
        const auto text = [&](std::uint32_t at) {
          return exact ? values.at(at).raw : values.folded(values.at(at));
        };
        if (holds_between(predicate.test.relation, text(left), text(right))) return true;
      }
    }
    return false;
  }

  bool ask_predicate(PredicateId id) {
    const Predicate& predicate = program.predicates[id];
    if (predicate.field == kAnyField) {
      for (const std::uint32_t at : values.keywords()) {
        if (value_holds(id, at)) return true;
      }
      return false;
    }
    if (predicate.test.kind == TestKind::field_ref) return refers(predicate);
    const EventValues::Slot& slot = values.ask(predicate.field);
    switch (predicate.test.kind) {
      case TestKind::exists:
        return slot.present;
      case TestKind::absent:
        return !slot.present;
      case TestKind::is_null:
        if (!slot.present) return true;
        for (std::uint32_t at = slot.head; at != kNone; at = values.at(at).next) {
          if (values.at(at).kind == ValueKind::null) return true;
        }
        return false;
      default:
        for (std::uint32_t at = slot.head; at != kNone; at = values.at(at).next) {
          if (value_holds(id, at)) return true;
        }
        return false;
    }
  }

  bool holds(Operand operand) {
    if ((operand & kPredicateBit) != 0) {
      const PredicateId id = operand & ~kPredicateBit;
      std::uint32_t& answer = answers[id];
      if (answer >> 1U != epoch) {
        const bool truth = ask_predicate(id);
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
    EventValues::Value& value = values.at(at);
    if (value.kind == ValueKind::null || value.scan == scans) return;
    value.scan = scans;
    if (value.raw.size() > scanned.kLongestValue) {
      prefilter.scan(values.framed(value), field, found);
      return;
    }
    const std::uint64_t question = std::uint64_t{prefilter.number()} << 32U | field;
    auto& entry = scanned.find(question, value.raw);
    if (!entry.known) {
      entry.answer.clear();
      prefilter.scan(values.framed(value), field, entry.answer);
    }
    found.insert(found.end(), entry.answer.begin(), entry.answer.end());
  }

  // Activity ids differ from event to event. No keyword can be in one when none is made of such
  // characters; readers of text may put any other text in their place.
  static bool is_identifier_nobody_wants(const Prefilter& prefilter, SystemField field,
                                         std::string_view text) {
    const bool guid = field == SystemField::provider_guid || field == SystemField::activity_id ||
                      field == SystemField::related_activity_id;
    if (!guid || prefilter.wants_numbers(NumberStyle::guid)) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
             c == '-' || c == '{' || c == '}';
    });
  }

  void scan_system(const Prefilter& prefilter, SystemField field) {
    ScannedText& known =
        scanned_texts[prefilter.number() % kPrefiltersRemembered][static_cast<std::size_t>(field)];
    event::SystemText buffer;
    const EventView& event = values.event();
    const auto value = event::system_value(event.key(), event.system(), field, buffer);
    if (!value) return;
    if (known.prefilter != &prefilter || known.text != value->text) {
      known.prefilter = &prefilter;
      known.text = value->text;
      known.found.clear();
      if (is_identifier_nobody_wants(prefilter, field, value->text)) return;
      scan_buffer.assign(1, kValueStart);
      base::append_folded(value->text, scan_buffer);
      scan_buffer += kValueEnd;
      prefilter.scan(scan_buffer, kAnyField, known.found);
    }
    found.insert(found.end(), known.found.begin(), known.found.end());
  }

  // Finds the positions in group.variants that neither the prefilter nor the fields of the event
  // rule out; returns those of them that need no look.
  std::span<const std::uint32_t> choose(const VariantGroup& group, const Prefilter& prefilter) {
    found.clear();
    candidates.clear();
    ++scans;
    values.decode();
    const bool keywords_too = prefilter.wants(kAnyField);
    for (const FieldId field : values.touched()) {
      if (!keywords_too && !prefilter.wants(field)) continue;
      for (std::uint32_t at = values.slot_of(field).head; at != kNone; at = values.at(at).next) {
        scan(prefilter, at, field);
      }
    }
    if (keywords_too) {
      for (std::size_t i = 0; i < values.field_count(); ++i) {
        scan(prefilter, values.value_of_field(i), kAnyField);
      }
      for (const SystemField field : kTextFields) scan_system(prefilter, field);
      for (const NumberField& number : kNumberFields) {
        if (prefilter.wants_numbers(number.style)) scan_system(prefilter, number.field);
      }
    }
    if (values.has_odd_numbers()) {
      candidates.resize(group.variants.size());
      std::iota(candidates.begin(), candidates.end(), std::uint32_t{0});
      return {};
    }
    const ShapeMemo::Left& left = shapes.left(group, values.shape());
    if (found.empty()) {
      candidates = left.open;
      return left.certain;
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::set_union(found.begin(), found.end(), left.open.begin(), left.open.end(),
                   std::back_inserter(candidates));
    return left.certain;
  }

  enum class Answer : std::uint8_t { open, certain };

  // Appends the rules of the group that match.
  void match(const VariantGroup& group, std::vector<RuleIndex>& hits) {
    const std::size_t before = hits.size();
    const auto try_variant = [&](std::uint32_t at, Answer answer) {
      const Variant& variant = program.variants[at];
      if (hits.size() > before && hits.back() == variant.rule) return;  // another alternative did
      if (answer == Answer::certain || holds(variant.root)) hits.push_back(variant.rule);
    };
    if (group.prefilter == nullptr) {
      for (const std::uint32_t at : group.variants) try_variant(at, Answer::open);
      return;
    }
    auto certain = choose(group, *group.prefilter);
    for (const std::uint32_t position : candidates) {
      const bool is_certain = !certain.empty() && certain.front() == position;
      if (is_certain) certain = certain.subspan(1);
      try_variant(group.variants[position], is_certain ? Answer::certain : Answer::open);
    }
  }
};

Matcher::Matcher(const CompiledRules& rules) : state_(std::make_unique<State>(rules)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

bool Matcher::ignores(const EventKey& key) { return state_->kind_of(key).bucket->empty(); }

void Matcher::match(const EventView& event, std::vector<RuleIndex>& hits) {
  hits.clear();
  State::Kind& kind = state_->kind_of(event.key());
  const Bucket& bucket = *kind.bucket;
  if (bucket.empty()) return;
  state_->begin(event, kind.names);
  if (bucket.common != nullptr) state_->match(*bucket.common, hits);
  const std::size_t of_common = hits.size();
  state_->match(bucket.own, hits);
  if (of_common == 0 || hits.size() == of_common) return;
  std::sort(hits.begin(), hits.end());
  hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
}

}  // namespace rdptriage::rule
