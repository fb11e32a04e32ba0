// The <System> part of a Windows event: which element or attribute means what.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/arena.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::reader {

enum class SystemSlot : std::uint8_t {
  provider,
  provider_guid,
  event_source_name,
  event_id,
  qualifiers,
  version,
  level,
  task,
  opcode,
  keywords,
  time_created,
  record_id,
  activity_id,
  related_activity_id,
  process_id,
  thread_id,
  channel,
  computer,
  user_sid,
};
inline constexpr std::size_t kSystemSlots = 19;

// The slot of an element's text (`attribute` empty) or of one of its attributes.
std::optional<SystemSlot> find_system_slot(std::string_view element, std::string_view attribute);
bool is_guid_slot(SystemSlot slot);

// A GUID as EventView promises it: in braces, upper case. Other text stays as it is. The view
// points into `arena` or is `text`.
std::string_view normalized_guid(std::string_view text, base::Arena& arena);

// Digits, or "0x" and hexadecimal digits.
std::optional<std::uint64_t> parse_number(std::string_view text);

// <System> as text, one entry a slot; what the record lacks has no value.
using SystemText = std::array<std::optional<std::string_view>, kSystemSlots>;
void fill_key(const SystemText& text, EventKey& key);
void fill_system(const SystemText& text, SystemFields& fields);

}  // namespace rdptriage::reader
