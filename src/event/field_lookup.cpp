#include "event/field_lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/time.hpp"

namespace rdptriage::event {

namespace {
struct SystemName {
  std::string_view name;
  SystemField field;
};
constexpr SystemName kSystemNames[] = {
    {"EventID", SystemField::event_id},
    {"Channel", SystemField::channel},
    {"Computer", SystemField::computer},
    {"Provider_Name", SystemField::provider_name},
    {"Provider_Guid", SystemField::provider_guid},
    {"Provider_EventSourceName", SystemField::event_source_name},
    {"EventID_Qualifiers", SystemField::qualifiers},
    {"Version", SystemField::version},
    {"Level", SystemField::level},
    {"Task", SystemField::task},
    {"Opcode", SystemField::opcode},
    {"Keywords", SystemField::keywords},
    {"TimeCreated_SystemTime", SystemField::system_time},
    {"EventRecordID", SystemField::record_id},
    {"Correlation_ActivityID", SystemField::activity_id},
    {"Correlation_RelatedActivityID", SystemField::related_activity_id},
    {"Execution_ProcessID", SystemField::process_id},
    {"Execution_ThreadID", SystemField::thread_id},
    {"Security_UserID", SystemField::user_id},
};

template <class T>
std::optional<FieldValue> number(const std::optional<T>& value, SystemText& buffer) {
  if (!value) return std::nullopt;
  const auto end = fmt::format_to_n(buffer.data(), buffer.size(), "{}", *value);
  return FieldValue{{buffer.data(), end.size}, ValueKind::number};
}

std::optional<FieldValue> text(const std::optional<std::string_view>& value) {
  if (!value) return std::nullopt;
  return FieldValue{*value, ValueKind::text};
}

std::optional<FieldValue> text(std::string_view value) {
  if (value.empty()) return std::nullopt;
  return FieldValue{value, ValueKind::text};
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

template <class Fields, class System>
Presence visit_values(const EventKey& key, const Fields& fields, const System& system,
                      std::string_view wanted, FunctionRef<void(const FieldValue&)> visit) {
  const std::string name = without_blanks(wanted);
  std::string buffer;
  const auto system_field = find_system_field(name);
  Presence found = Presence::absent;
  const auto give = [&](const Field& field) {
    visit({field.value, field.kind});
    found = Presence::present;
  };
  const auto give_system = [&] {
    if (found == Presence::present || !system_field) return;
    SystemText number_text;
    const auto value = is_key_field(*system_field)
                           ? system_value(key, SystemFields{}, *system_field, number_text)
                           : system_value(key, system(), *system_field, number_text);
    if (!value) return;
    visit(*value);
    found = Presence::present;
  };
  const bool always_system = system_field && is_always_system(*system_field);
  if (always_system) give_system();
  if (found == Presence::present) return found;
  for (const Field& field : fields()) {
    if (field.section == FieldSection::user_data) continue;
    // A flat event has no <System>: its own members speak.
    if (always_system && field.section != FieldSection::other) continue;
    if (rule_name(field, buffer) == name) give(field);
  }
  if (found == Presence::absent && name.find('.') != std::string::npos) {
    for (const Field& field : fields()) {
      if (field.section != FieldSection::other && full_path(field, buffer) == name) give(field);
    }
  }
  if (found == Presence::absent && !always_system) {
    for (const Field& field : fields()) {
      if (field.section == FieldSection::user_data && rule_name(field, buffer) == name) give(field);
    }
    give_system();
  }
  if (found == Presence::absent) {  // a nested object is there though it has no value of its own
    for (const Field& field : fields()) {
      if (field.section == FieldSection::other && field.name.size() > name.size() &&
          field.name[name.size()] == '.' && starts_with(field.name, name)) {
        return Presence::present;
      }
    }
  }
  return found;
}

template <class AnyEvent>
std::optional<std::string> first_of(const AnyEvent& event, std::string_view name) {
  std::optional<std::string> out;
  for_each_value(event, name, [&](const FieldValue& value) {
    if (!out && value.kind != ValueKind::null) out = std::string(value.text);
  });
  return out;
}
}  // namespace

Presence for_each_value(const EventView& event, std::string_view name,
                        FunctionRef<void(const FieldValue&)> visit) {
  return visit_values(
      event.key(), [&] { return event.fields(); },
      [&]() -> const SystemFields& { return event.system(); }, name, visit);
}

Presence for_each_value(const Event& event, std::string_view name,
                        FunctionRef<void(const FieldValue&)> visit) {
  return visit_values(
      event.key, [&] { return std::span<const Field>(event.fields); },
      [&]() -> const SystemFields& { return event.system; }, name, visit);
}

std::optional<std::string> first_value(const EventView& event, std::string_view name) {
  return first_of(event, name);
}
std::optional<std::string> first_value(const Event& event, std::string_view name) {
  return first_of(event, name);
}

std::optional<SystemField> find_system_field(std::string_view name) {
  const auto* row = std::find_if(std::begin(kSystemNames), std::end(kSystemNames),
                                 [&](const SystemName& known) { return known.name == name; });
  if (row == std::end(kSystemNames)) return std::nullopt;
  return row->field;
}

std::optional<FieldValue> system_value(const EventKey& key, const SystemFields& system,
                                       SystemField field, SystemText& buffer) {
  switch (field) {
    case SystemField::event_id:
      return number(key.event_id, buffer);
    case SystemField::channel:
      return text(key.channel);
    case SystemField::provider_name:
      return text(key.provider);
    case SystemField::computer:
      return text(system.computer);
    case SystemField::provider_guid:
      return text(system.provider_guid);
    case SystemField::event_source_name:
      return text(system.event_source_name);
    case SystemField::qualifiers:
      return number(system.qualifiers, buffer);
    case SystemField::version:
      return number(system.version, buffer);
    case SystemField::level:
      return number(system.level, buffer);
    case SystemField::task:
      return number(system.task, buffer);
    case SystemField::opcode:
      return number(system.opcode, buffer);
    case SystemField::keywords: {
      if (!system.keywords) return std::nullopt;
      const auto end = fmt::format_to_n(buffer.data(), buffer.size(), "0x{:x}", *system.keywords);
      return FieldValue{{buffer.data(), end.size}, ValueKind::text};
    }
    case SystemField::system_time: {
      if (!key.time || key.time_quality != TimeQuality::utc) return std::nullopt;
      const std::string time = base::format_rfc3339(key.time->ticks);
      const std::size_t size = std::min(time.size(), buffer.size());
      std::copy_n(time.data(), size, buffer.data());
      return FieldValue{{buffer.data(), size}, ValueKind::text};
    }
    case SystemField::record_id:
      return number(system.record_id, buffer);
    case SystemField::activity_id:
      return text(system.activity_id);
    case SystemField::related_activity_id:
      return text(system.related_activity_id);
    case SystemField::process_id:
      return number(system.process_id, buffer);
    case SystemField::thread_id:
      return number(system.thread_id, buffer);
    case SystemField::user_id:
      return text(system.user_sid);
  }
  return std::nullopt;
}

std::string_view rule_name(const Field& field, std::string& buffer) {
  std::string_view name = field.name;
  if (field.section == FieldSection::user_data) {
    const auto slash = name.rfind('/');
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  } else if (name.empty()) {
    return field.section == FieldSection::event_data ? "Data" : name;
  }
  const bool attribute =
      field.section == FieldSection::user_data && name.find('@') != std::string_view::npos;
  if (!attribute && name.find(' ') == std::string_view::npos) return name;
  buffer = without_blanks(name);
  if (attribute) std::replace(buffer.begin(), buffer.end(), '@', '_');
  return buffer;
}

std::string_view full_path(const Field& field, std::string& buffer) {
  buffer = field.section == FieldSection::user_data ? "UserData." : "EventData.";
  for (const char c : field.name.empty() ? std::string_view("Data") : field.name) {
    if (c == ' ') continue;
    buffer += field.section == FieldSection::user_data && (c == '/' || c == '@') ? '.' : c;
  }
  return buffer;
}

std::string without_blanks(std::string_view name) {
  std::string out(name);
  out.erase(std::remove(out.begin(), out.end(), ' '), out.end());
  return out;
}

}  // namespace rdptriage::event
