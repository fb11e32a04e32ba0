#include "pipeline/kept_matches.hpp"

#include <optional>

#include "event/field_lookup.hpp"
#include "rule/correlation.hpp"

namespace rdptriage::pipeline {

namespace {
class Key {
 public:
  explicit Key(std::string& out) : out_(&out) { out.clear(); }
  void add(std::string_view text) {
    add(text.size());
    *out_ += text;
  }
  template <class Number>
  void add(Number number) {
    out_->append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  template <class Value>
  void add(const std::optional<Value>& value) {
    add(value.has_value());
    if (value) add(*value);
  }

 private:
  std::string* out_;
};

void describe(const event::Event& event, std::string& out) {
  Key key(out);
  const EventKey& known = event.key;
  for (const std::string_view text :
       {known.product, known.category, known.service, known.channel, known.provider}) {
    key.add(text);
  }
  key.add(known.event_id);
  key.add(known.time ? std::optional(known.time->ticks) : std::nullopt);
  key.add(known.time_quality);
  const SystemFields& system = event.system;
  key.add(system.record_id);
  for (const auto& number : {system.version, system.level, system.task, system.opcode,
                             system.qualifiers, system.process_id, system.thread_id}) {
    key.add(number);
  }
  key.add(system.keywords);
  for (const auto& text : {system.computer, system.provider_guid, system.event_source_name,
                           system.activity_id, system.related_activity_id, system.user_sid}) {
    key.add(text);
  }
  for (const Field& field : event.fields) {
    key.add(field.name);
    key.add(field.value);
    key.add(field.section);
    key.add(field.kind);
  }
}
}  // namespace

CorrelatedParts::CorrelatedParts(const rule::CompiledRules& rules) {
  for (const rule::Correlation& correlation : rules.correlations()) {
    for (const auto& group : correlation.group_by) {
      want(group.name);
      for (const std::string& alias : group.aliases) want(alias);
    }
    for (const std::string& field : correlation.fields) want(field);
  }
}

void CorrelatedParts::want(const std::string& name) {
  std::string wanted = event::without_blanks(name);
  if (const auto system = event::find_system_field(wanted)) {
    if (*system == event::SystemField::system_time) {
      wants_time_ = true;
    } else if (*system == event::SystemField::computer) {
      wants_computer_ = true;
    } else if (!event::is_key_field(*system)) {
      wants_system_ = true;
    }
  }
  names_.insert(std::move(wanted));
}

bool CorrelatedParts::is_wanted(const Field& field, std::string& buffer) const {
  return field.section == FieldSection::other ||
         names_.count(std::string(event::rule_name(field, buffer))) != 0 ||
         names_.count(std::string(event::full_path(field, buffer))) != 0;
}

event::Event CorrelatedParts::of(const EventView& view) const {
  event::Event out;
  out.key = view.key();
  if (!wants_time_) {
    out.key.time.reset();
    out.key.time_quality = TimeQuality::none;
  }
  if (wants_system_) {
    out.system = view.system();
  } else if (wants_computer_) {
    out.system.computer = view.system().computer;
  }
  std::string buffer;
  for (const Field& field : view.fields()) {
    if (is_wanted(field, buffer)) out.fields.push_back(field);
  }
  return out;
}

const event::Event* KeptMatches::keep(const event::Event& event) {
  describe(event, buffer_);
  if (const auto known = known_.find(buffer_); known != known_.end()) return known->second;
  if (store_.events().size() >= most_) return nullptr;
  return known_.emplace(buffer_, &store_.keep(event)).first->second;
}

void KeptMatches::clear() {
  if (known_.empty()) return;
  known_.clear();
  store_ = {};
}

}  // namespace rdptriage::pipeline
