// What a field name in a rule means for an event (docs/rule-format.md).
//
// EventID, Channel, Computer and Provider_Name are always the record's own <System> values. Any
// other name is looked up in EventData (by Name), then among the leaf elements of UserData by their
// own name (an attribute as Element_attribute), then in <System> (Execution_ProcessID …). Names are
// compared with case and without blanks. An event without <System> (JSON lines, text) answers the
// four names with its own fields. A name may stand for several values: repeated or unnamed Data,
// JSON arrays. A dotted name is a member of that very name, else a path: "a.b" of nested JSON,
// "UserData.CertGetCertificateChain.Certificate.subjectName" of nested XML.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "event/event_store.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/function_ref.hpp"

namespace rdptriage::event {

struct FieldValue {
  std::string_view text;
  ValueKind kind = ValueKind::text;
};

enum class Presence : std::uint8_t { absent, present };

// Calls `visit` for every value of the field; the views live for that call.
Presence for_each_value(const EventView& event, std::string_view name,
                        FunctionRef<void(const FieldValue&)> visit);
Presence for_each_value(const Event& event, std::string_view name,
                        FunctionRef<void(const FieldValue&)> visit);

// The first value that is not null.
std::optional<std::string> first_value(const EventView& event, std::string_view name);
std::optional<std::string> first_value(const Event& event, std::string_view name);

// --- for engines that look many names up at once -------------------------------------------------

enum class SystemField : std::uint8_t {
  event_id,
  channel,
  computer,
  provider_name,  // always from <System>
  provider_guid,
  event_source_name,
  qualifiers,
  version,
  level,
  task,
  opcode,
  keywords,
  system_time,
  record_id,
  activity_id,
  related_activity_id,
  process_id,
  thread_id,
  user_id,
};
inline constexpr std::size_t kSystemFieldCount = 19;

std::optional<SystemField> find_system_field(std::string_view name);
constexpr bool is_always_system(SystemField field) { return field <= SystemField::provider_name; }

using SystemText = std::array<char, 40>;  // room for any number or time
// The value as text, in `buffer` unless it is text of the event itself; nothing when absent.
std::optional<FieldValue> system_value(const EventKey& key, const SystemFields& system,
                                       SystemField field, SystemText& buffer);
// True for the fields that EventKey alone answers.
constexpr bool is_key_field(SystemField field) {
  return field == SystemField::event_id || field == SystemField::channel ||
         field == SystemField::provider_name || field == SystemField::system_time;
}

// The name under which rules find a field: "Data" for an unnamed one, the leaf of a UserData path,
// blanks dropped. The view is into `field` or `buffer`.
std::string_view rule_name(const Field& field, std::string& buffer);
// The full path under which rules may also find a field of EventData or UserData:
// "UserData.EventXML.Param1".
std::string_view full_path(const Field& field, std::string& buffer);
std::string without_blanks(std::string_view name);

}  // namespace rdptriage::event
