// One JSON object as an event.
#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "reader/column_formats.hpp"
#include "reader/event_json.hpp"
#include "reader/exported_time.hpp"
#include "reader/json_shape.hpp"

namespace rdptriage::reader {

namespace {
using nlohmann::json;

constexpr unsigned kMaxDepth = 64;

constexpr std::string_view kAttributes = "#attributes", kText = "#text";

// Owns the text of one event while it is visited.
class JsonEvent final : public EventDecoder {
 public:
  // Null: nothing is known of names of values and of channels.
  explicit JsonEvent(const ColumnFormats* formats) : formats_(formats) {}

  // False: nothing in the object is what events have; it is a flat event nevertheless.
  bool make(const json& object) {
    const bool is_event = take(object);
    if (formats_ == nullptr) return is_event;
    if (key.product == "windows") complete_event(*formats_, key, texts_, fields_);
    return is_event;
  }
  // Only the values, from the text of a JSON object; `storage` keeps what they are views into.
  void take_payload(std::string_view payload, std::deque<std::string>& storage,
                    std::vector<Field>& out) {
    take_payload_text(payload);
    out.insert(out.end(), fields_.begin(), fields_.end());
    storage = std::move(texts_);
  }

  void decode_system(SystemFields& out) override { out = system_; }
  void decode_fields(std::vector<Field>& out) override { out = fields_; }

  EventKey key;

 private:
  bool take(const json& object) {
    const json* const event = member(object, "Event");
    if (event != nullptr && member(*event, "System") != nullptr) {
      make_record(*event);
      return true;
    }
    if (is_get_winevent(object)) {
      make_get_winevent(object);
      return true;
    }
    make_flat(object);
    if (const JsonShape* const shape = find_shape(object)) take_shape(*shape, object);
    return key.event_id || !key.channel.empty() || has_event_member(object);
  }

  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  // The text of a scalar as rules see it.
  std::string_view text_of(const json& value) {
    if (value.is_string()) return keep(value.get_ref<const std::string&>());
    if (value.is_null()) return "";
    return keep(value.dump());
  }
  static ValueKind kind_of(const json& value) {
    return value.is_null()      ? ValueKind::null
           : value.is_boolean() ? ValueKind::boolean
           : value.is_number()  ? ValueKind::number
                                : ValueKind::text;
  }

  void add(std::string_view name, const json& value, FieldSection section) {
    fields_.push_back({name, text_of(value), section, kind_of(value)});
  }

  // --- records as evtx_dump writes them --------------------------------------------------------
  static const json* attribute(const json& parent, std::string_view element,
                               std::string_view name) {
    const json* node = member(parent, element);
    // `evtx_dump --separate-json-attributes` has them beside the element, other tools in it.
    const json* beside = member(parent, std::string(element) + "_attributes");
    const json* attributes = node == nullptr ? nullptr : member(*node, kAttributes);
    if (attributes == nullptr) attributes = beside;
    if (attributes != nullptr) return member(*attributes, name);
    return node == nullptr ? nullptr : member(*node, "@" + std::string(name));
  }
  // An element's content, with or without attributes beside it.
  static const json* content(const json& parent, std::string_view element) {
    const json* node = member(parent, element);
    if (node == nullptr || !node->is_object()) return node;
    return member(*node, kText);
  }

  template <class T>
  static std::optional<T> number(const json* value, int base = 10) {
    if (value == nullptr) return std::nullopt;
    if (sizeof(T) == sizeof(std::int64_t) && value->is_number_integer()) {
      return static_cast<T>(value->get<std::int64_t>());  // .NET has keywords signed
    }
    if (value->is_number_unsigned()) {
      const auto wide = value->get<std::uint64_t>();
      const T narrow = static_cast<T>(wide);
      return narrow == wide ? std::optional<T>(narrow) : std::nullopt;
    }
    if (!value->is_string()) return std::nullopt;
    std::string_view text = value->get_ref<const std::string&>();
    if (text.substr(0, 2) == "0x") {
      text.remove_prefix(2);
      base = 16;
    }
    T out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
      return std::nullopt;
    return out;
  }

  std::optional<std::string_view> text(const json* value) {
    if (value == nullptr || value->is_null() || value->is_structured()) return std::nullopt;
    return text_of(*value);
  }

  void make_record(const json& event) {
    const json& system = event["System"];
    key.product = "windows";
    key.channel = text(content(system, "Channel")).value_or("");
    key.provider = text(attribute(system, "Provider", "Name")).value_or("");
    key.event_id = number<std::uint32_t>(content(system, "EventID"));
    if (const auto time = text(attribute(system, "TimeCreated", "SystemTime"))) set_time(*time);
    system_.provider_guid = text(attribute(system, "Provider", "Guid"));
    system_.event_source_name = text(attribute(system, "Provider", "EventSourceName"));
    system_.qualifiers = number<std::uint32_t>(attribute(system, "EventID", "Qualifiers"));
    system_.version = number<std::uint32_t>(content(system, "Version"));
    system_.level = number<std::uint32_t>(content(system, "Level"));
    system_.task = number<std::uint32_t>(content(system, "Task"));
    system_.opcode = number<std::uint32_t>(content(system, "Opcode"));
    system_.keywords = number<std::uint64_t>(content(system, "Keywords"));
    system_.record_id = number<std::uint64_t>(content(system, "EventRecordID"));
    system_.activity_id = text(attribute(system, "Correlation", "ActivityID"));
    system_.related_activity_id = text(attribute(system, "Correlation", "RelatedActivityID"));
    system_.process_id = number<std::uint32_t>(attribute(system, "Execution", "ProcessID"));
    system_.thread_id = number<std::uint32_t>(attribute(system, "Execution", "ThreadID"));
    system_.computer = text(content(system, "Computer"));
    system_.user_sid = text(attribute(system, "Security", "UserID"));
    if (const json* data = member(event, "EventData")) add_event_data(*data);
    if (const json* data = member(event, "UserData")) add_user_data(*data, "", 0);
  }

  void add_event_data(const json& data) {
    if (!data.is_object()) return;
    for (const auto& [name, value] : data.items()) {
      if (name == kAttributes || name.starts_with('@')) continue;
      if (name == "Data") {
        add_data(value);
      } else {
        add_values(keep(name), value, FieldSection::event_data);
      }
    }
  }

  // <Data> elements: unnamed values, or objects that carry their name as an attribute.
  void add_data(const json& value, unsigned depth = 0) {
    if (depth > kMaxDepth) return;
    if (value.is_array()) {
      for (const json& element : value) add_data(element, depth + 1);
    } else if (value.is_object()) {
      const json* attributes = member(value, kAttributes);
      const json* name =
          attributes == nullptr ? member(value, "@Name") : member(*attributes, "Name");
      static const json kEmpty("");
      const json* inner = member(value, kText);
      add_values(name != nullptr && name->is_string() ? text_of(*name) : std::string_view(""),
                 inner == nullptr ? kEmpty : *inner, FieldSection::event_data);
    } else {
      add("", value, FieldSection::event_data);
    }
  }

  void add_values(std::string_view name, const json& value, FieldSection section) {
    if (value.is_array()) {
      for (const json& element : value) {
        if (!element.is_structured()) add(name, element, section);
      }
    } else if (value.is_object()) {
      const json* const inner = member(value, kText);
      if (inner != nullptr && !inner->is_object()) add_values(name, *inner, section);
    } else {
      add(name, value, section);
    }
  }

  void add_user_data(const json& node, const std::string& path, unsigned depth) {
    if (depth > kMaxDepth) return;
    if (node.is_array()) {
      for (const json& element : node) add_user_data(element, path, depth + 1);
      return;
    }
    if (!node.is_object()) {
      if (!path.empty()) add(keep(path), node, FieldSection::user_data);
      return;
    }
    for (const auto& [name, value] : node.items()) {
      if (name == kAttributes) {
        if (!value.is_object()) continue;
        for (const auto& [attribute_name, text] : value.items()) {
          if (attribute_name == "xmlns" || attribute_name.compare(0, 6, "xmlns:") == 0) continue;
          add_values(keep(path + "@" + attribute_name), text, FieldSection::user_data);
        }
      } else if (name == kText) {
        add_values(keep(path), value, FieldSection::user_data);
      } else {
        add_user_data(value, path.empty() ? name : path + "/" + name, depth + 1);
      }
    }
  }

  // --- Get-WinEvent | ConvertTo-Json -------------------------------------------------------------

  // The members of .NET's EventLogRecord. Values of the event have no names there: they are the
  // list Properties, each an object with the member Value.
  static bool is_get_winevent(const json& object) {
    const auto has = [&](const char* name) { return object.contains(name); };
    if (!has("Id")) return false;
    // Select-Object leaves what was asked for.
    return has("ProviderName") || has("LogName") || has("LevelDisplayName") ||
           (has("TimeCreated") && has("Message"));
  }

  void make_get_winevent(const json& record) {
    key.product = "windows";
    key.channel = text(net_member(record, "LogName")).value_or("");
    key.provider = text(net_member(record, "ProviderName")).value_or("");
    key.event_id = number<std::uint32_t>(net_member(record, "Id"));
    if (const json* time = net_member(record, "TimeCreated")) set_net_time(*time);
    system_.provider_guid = text(net_member(record, "ProviderId"));
    system_.qualifiers = number<std::uint32_t>(net_member(record, "Qualifiers"));
    system_.version = number<std::uint32_t>(net_member(record, "Version"));
    system_.level = number<std::uint32_t>(net_member(record, "Level"));
    system_.task = number<std::uint32_t>(net_member(record, "Task"));
    system_.opcode = number<std::uint32_t>(net_member(record, "Opcode"));
    system_.keywords = number<std::uint64_t>(net_member(record, "Keywords"));
    system_.record_id = number<std::uint64_t>(net_member(record, "RecordId"));
    system_.process_id = number<std::uint32_t>(net_member(record, "ProcessId"));
    system_.thread_id = number<std::uint32_t>(net_member(record, "ThreadId"));
    system_.computer = text(net_member(record, "MachineName"));
    system_.activity_id = text(net_member(record, "ActivityId"));
    system_.related_activity_id = text(net_member(record, "RelatedActivityId"));
    system_.user_sid = text(net_member(record, "UserId"));
    if (const json* properties = member(record, "Properties")) add_properties(*properties);
    if (const json* message = member(record, "Message"); message != nullptr && message->is_string())
      add("Message", *message, FieldSection::other);
  }

  // What ConvertTo-Json makes of a .NET object with a value: Windows PowerShell 5 nests it. Of an
  // enumeration that came from another machine, "Value" is the number and "value" the word.
  static const json* value_of(const json* node) {
    for (const char* name : {"Value", "value"}) {
      if (const json* inner = node == nullptr ? nullptr : member(*node, name)) return inner;
    }
    return node;
  }

  static const json* net_member(const json& record, std::string_view name) {
    return value_of(member(record, name));
  }

  void add_properties(const json& properties) {
    // PowerShell 5: {"value": [...], "Count": n} where a list was looked at before.
    const json* const list = value_of(&properties);
    if (!list->is_array()) return;
    for (const json& property : *list) {
      if (!property.is_object()) continue;  // -Depth 1 leaves the names of their classes
      const json* const value = value_of(value_of(&property));
      if (!value->is_structured()) add("", *value, FieldSection::event_data);
    }
  }

  // ISO 8601 (PowerShell 7), "/Date(milliseconds)/" (5), or an object that holds one of them.
  void set_net_time(const json& node) {
    constexpr std::int64_t kUnixEpoch = 116'444'736'000'000'000, kTicksPerMillisecond = 10'000;
    constexpr std::int64_t kMostMilliseconds = 1'000'000'000'000'000;
    if (!node.is_string()) return;
    const std::string_view text = node.get_ref<const std::string&>();
    constexpr std::string_view kDate = "/Date(";
    if (!text.starts_with(kDate)) return set_time(text);
    std::int64_t milliseconds = 0;
    const auto [end, error] =
        std::from_chars(text.data() + kDate.size(), text.data() + text.size(), milliseconds);
    if (error != std::errc{} || end == text.data() + text.size()) return;
    if (milliseconds < 0 || milliseconds > kMostMilliseconds) return;
    key.time = Timestamp{kUnixEpoch + milliseconds * kTicksPerMillisecond};
    key.time_quality = TimeQuality::utc;
  }

  // --- flat events -------------------------------------------------------------------------------
  void make_flat(const json& object) {
    key.product = "";
    for (const auto& [name, value] : object.items()) {
      if (name == "logsource" && value.is_object()) {
        key.product = text(member(value, "product")).value_or("");
        key.category = text(member(value, "category")).value_or("");
        key.service = text(member(value, "service")).value_or("");
        continue;
      }
      add_flat(object, name, value, 0);
    }
    // What the index of rules reads; a member of an unusual form stays a field alone.
    if (const json* channel = member(object, "Channel");
        channel != nullptr && channel->is_string()) {
      key.channel = text_of(*channel);
      if (key.product.empty()) key.product = "windows";
    }
    if (const json* provider = member(object, "Provider_Name");
        provider != nullptr && provider->is_string()) {
      key.provider = text_of(*provider);
    }
    if (const json* computer = member(object, "Computer");
        computer != nullptr && computer->is_string()) {
      system_.computer = text_of(*computer);
    }
    if (const json* record = member(object, "EventRecordID")) {
      system_.record_id = number<std::uint64_t>(record);
    }
    if (const json* id = member(object, "EventID")) {
      key.event_id = number<std::uint32_t>(id);
      if (key.event_id && text_of(*id) != fmt::format("{}", *key.event_id)) key.event_id.reset();
    }
    for (const char* name : {"timestamp", "TimeCreated_SystemTime"}) {
      const json* time = member(object, name);
      if (time != nullptr && time->is_string() && !key.time)
        set_time(time->get_ref<const std::string&>());
    }
  }

  // What a tool calls the parts of a record. Its other members stay fields under their own names.
  void take_shape(const JsonShape& shape, const json& object) {
    const auto at = [&](std::string_view path) { return member_at(object, path); };
    const auto fill = [&](auto& to, const json* value) {
      if (const auto found = text(value); found && !found->empty()) to = *found;
    };
    key.product = "windows";
    if (!key.event_id) key.event_id = number<std::uint32_t>(at(shape.event_id));
    fill(key.channel, at(shape.channel));
    if (formats_ != nullptr) key.channel = full_channel(*formats_, key.channel);
    fill(key.provider, at(shape.provider));
    fill(system_.computer, at(shape.computer));
    fill(system_.user_sid, at(shape.user_sid));
    if (!system_.record_id) system_.record_id = number<std::uint64_t>(at(shape.record_id));
    system_.process_id = number<std::uint32_t>(at(shape.process_id));
    system_.thread_id = number<std::uint32_t>(at(shape.thread_id));
    fill(system_.activity_id, at(shape.activity_id));
    if (const json* time = at(shape.time)) set_net_time(*value_of(time));
    const json* const message = at(shape.message);
    if (shape.message != "Message" && message != nullptr && message->is_string())
      add("Message", *message, FieldSection::other);
    take_values(at(shape.data));
    const json* const user_data = at(shape.user_data);
    if (user_data == nullptr || !user_data->is_object()) return;
    json values = *user_data;
    std::string path;
    if (const json* element = member(values, "xml_name")) {
      path = text(element).value_or("");
      values.erase("xml_name");
    }
    add_user_data(values, path, 0);
  }

  // The values of a record: an object, a list of them without names, or one of these as text.
  void take_values(const json* data) {
    if (data == nullptr) return;
    if (data->is_array()) return add_data(*data);
    if (data->is_object()) return add_event_data(*data);
    if (data->is_string()) take_payload_text(data->get_ref<const std::string&>());
  }

  void take_payload_text(std::string_view payload) {
    const json inner = json::parse(payload.begin(), payload.end(), nullptr, false);
    if (const json* values = member(inner, "EventData")) add_event_data(*values);
    if (const json* values = member(inner, "UserData")) add_user_data(*values, "", 0);
  }

  void add_flat(const json& root, const std::string& path, const json& value, unsigned depth) {
    if (depth > kMaxDepth) return;
    if (value.is_object() && !value.empty()) {
      for (const auto& [name, inner] : value.items()) {
        std::string below = path + "." + name;
        // A member of the very name goes before the path through nested ones.
        if (root.contains(below)) continue;
        add_flat(root, below, inner, depth + 1);
      }
    } else if (value.is_array() && !value.empty()) {
      for (const json& element : value) add_flat(root, path, element, depth + 1);
    } else if (value.is_structured()) {
      fields_.push_back({keep(path), "", FieldSection::other, ValueKind::null});
    } else {
      add(keep(path), value, FieldSection::other);
    }
  }

  void set_time(std::string_view text) {
    const auto parsed = parse_exported_time(text);
    if (!parsed) return;
    key.time = Timestamp{parsed->ticks};
    key.time_quality = parsed->zoned ? TimeQuality::utc : TimeQuality::local;
  }

  const ColumnFormats* formats_;
  SystemFields system_;
  std::vector<Field> fields_;
  std::deque<std::string> texts_;
};
}  // namespace

JsonObject visit_json_object(std::string_view text, const Locator& locator,
                             const ColumnFormats* formats,
                             FunctionRef<void(EventView&, JsonObject)> visit) {
  const json parsed = json::parse(text.begin(), text.end(), nullptr, false);
  if (!parsed.is_object()) return JsonObject::damaged;
  JsonObject found = JsonObject::other;
  std::vector<Field> storage;
  for (const json* object : wrapped_events(parsed)) {
    const std::optional<json> whole = with_raw_members(*object);
    JsonEvent event(formats);
    const JsonObject kind =
        event.make(whole ? *whole : *object) ? JsonObject::event : JsonObject::other;
    if (kind == JsonObject::event) found = kind;
    EventView view(event.key, locator, event, storage);
    visit(view, kind);
  }
  return found;
}

void add_json_values(std::string_view text, std::deque<std::string>& storage,
                     std::vector<Field>& out) {
  JsonEvent(nullptr).take_payload(text, storage, out);
}

bool visit_json_event(std::string_view text, const Locator& locator,
                      FunctionRef<void(EventView&)> visit) {
  return visit_json_object(text, locator, nullptr, [&](EventView& view, JsonObject) {
           visit(view);
         }) != JsonObject::damaged;
}

}  // namespace rdptriage::reader
