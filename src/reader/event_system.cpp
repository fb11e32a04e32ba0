#include "reader/event_system.hpp"

#include <limits>

#include "base/time.hpp"

namespace rdptriage::reader {

namespace {

struct SlotName {
  std::string_view element, attribute;
  SystemSlot slot;
};
constexpr SlotName kSlotNames[] = {
    {"Provider", "Name", SystemSlot::provider},
    {"Provider", "Guid", SystemSlot::provider_guid},
    {"Provider", "EventSourceName", SystemSlot::event_source_name},
    {"EventID", "", SystemSlot::event_id},
    {"EventID", "Qualifiers", SystemSlot::qualifiers},
    {"Version", "", SystemSlot::version},
    {"Level", "", SystemSlot::level},
    {"Task", "", SystemSlot::task},
    {"Opcode", "", SystemSlot::opcode},
    {"Keywords", "", SystemSlot::keywords},
    {"TimeCreated", "SystemTime", SystemSlot::time_created},
    {"EventRecordID", "", SystemSlot::record_id},
    {"Correlation", "ActivityID", SystemSlot::activity_id},
    {"Correlation", "RelatedActivityID", SystemSlot::related_activity_id},
    {"Execution", "ProcessID", SystemSlot::process_id},
    {"Execution", "ThreadID", SystemSlot::thread_id},
    {"Channel", "", SystemSlot::channel},
    {"Computer", "", SystemSlot::computer},
    {"Security", "UserID", SystemSlot::user_sid},
};

std::optional<std::string_view> text_of(const SystemText& text, SystemSlot slot) {
  const auto& value = text[static_cast<std::size_t>(slot)];
  return value && !value->empty() ? value : std::nullopt;
}

template <class Number>
std::optional<Number> number_of(const SystemText& text, SystemSlot slot) {
  const auto value = text_of(text, slot);
  if (!value) return std::nullopt;
  const auto number = parse_number(*value);
  if (!number || *number > std::numeric_limits<Number>::max()) return std::nullopt;
  return static_cast<Number>(*number);
}

bool is_bare_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

}  // namespace

std::optional<SystemSlot> find_system_slot(std::string_view element, std::string_view attribute) {
  for (const SlotName& known : kSlotNames) {
    if (known.element == element && known.attribute == attribute) return known.slot;
  }
  return std::nullopt;
}

bool is_guid_slot(SystemSlot slot) {
  return slot == SystemSlot::provider_guid || slot == SystemSlot::activity_id ||
         slot == SystemSlot::related_activity_id;
}

std::string_view normalized_guid(std::string_view text, base::Arena& arena) {
  std::string_view bare = text;
  if (bare.size() == 38 && bare.front() == '{' && bare.back() == '}') bare = bare.substr(1, 36);
  if (!is_bare_guid(bare)) return text;
  char* out = arena.reserve(38);
  *out++ = '{';
  for (const char c : bare) *out++ = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  *out++ = '}';
  return arena.commit(out);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  unsigned base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  }
  if (text.empty() || text.size() > 20) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    unsigned digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A') + 10;
    if (digit >= base || number > (~std::uint64_t{0} - digit) / base) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

void fill_key(const SystemText& text, EventKey& key) {
  key = EventKey{};
  key.channel = text_of(text, SystemSlot::channel).value_or("");
  key.provider = text_of(text, SystemSlot::provider).value_or("");
  key.event_id = number_of<std::uint32_t>(text, SystemSlot::event_id);
  if (const auto time = text_of(text, SystemSlot::time_created)) {
    // EvtxECmd writes UTC without saying so.
    if (const auto parsed = base::parse_iso8601(*time)) {
      key.time = Timestamp{parsed->ticks};
      key.time_quality = TimeQuality::utc;
    }
  }
}

void fill_system(const SystemText& text, SystemFields& fields) {
  fields.record_id = number_of<std::uint64_t>(text, SystemSlot::record_id);
  fields.version = number_of<std::uint32_t>(text, SystemSlot::version);
  fields.level = number_of<std::uint32_t>(text, SystemSlot::level);
  fields.task = number_of<std::uint32_t>(text, SystemSlot::task);
  fields.opcode = number_of<std::uint32_t>(text, SystemSlot::opcode);
  fields.qualifiers = number_of<std::uint32_t>(text, SystemSlot::qualifiers);
  fields.process_id = number_of<std::uint32_t>(text, SystemSlot::process_id);
  fields.thread_id = number_of<std::uint32_t>(text, SystemSlot::thread_id);
  fields.keywords = number_of<std::uint64_t>(text, SystemSlot::keywords);
  fields.computer = text_of(text, SystemSlot::computer);
  fields.provider_guid = text_of(text, SystemSlot::provider_guid);
  fields.event_source_name = text_of(text, SystemSlot::event_source_name);
  fields.activity_id = text_of(text, SystemSlot::activity_id);
  fields.related_activity_id = text_of(text, SystemSlot::related_activity_id);
  fields.user_sid = text_of(text, SystemSlot::user_sid);
}

}  // namespace rdptriage::reader
