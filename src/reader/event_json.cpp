#include "reader/event_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "container/artifact.hpp"
#include "reader/json_splitter.hpp"
#include "reader/utf8_stream.hpp"

namespace rdptriage::reader {

namespace {
using nlohmann::json;

constexpr unsigned kMaxDepth = 64;

constexpr std::string_view kAttributes = "#attributes", kText = "#text";

// Owns the text of one event while it is visited.
class JsonEvent final : public EventDecoder {
 public:
  void make(const json& object) {
    const auto event = object.find("Event");
    if (event != object.end() && event->is_object() && event->contains("System")) {
      make_record(*event);
    } else if (object.contains("ProviderName") && object.contains("Id")) {
      make_get_winevent(object);
    } else {
      make_flat(object);
    }
  }

  void decode_system(SystemFields& out) override { out = system_; }
  void decode_fields(std::vector<Field>& out) override { out = fields_; }

  EventKey key;

 private:
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
  static const json* member(const json& object, std::string_view name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }
  static const json* attribute(const json& parent, std::string_view element,
                               std::string_view name) {
    const json* node = member(parent, element);
    const json* attributes = node == nullptr ? nullptr : member(*node, kAttributes);
    return attributes == nullptr ? nullptr : member(*attributes, name);
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
      if (name == kAttributes) continue;
      if (name == "Data") {
        add_data(value);
      } else {
        add_values(keep(name), value, FieldSection::event_data);
      }
    }
  }

  // <Data> elements: unnamed values, or objects that carry their name as an attribute.
  void add_data(const json& value) {
    if (value.is_array()) {
      for (const json& element : value) add_data(element);
    } else if (value.is_object()) {
      const json* attributes = member(value, kAttributes);
      const json* name = attributes == nullptr ? nullptr : member(*attributes, "Name");
      const json* inner = member(value, kText);
      add_values(name != nullptr && name->is_string() ? text_of(*name) : std::string_view(""),
                 inner == nullptr ? json("") : *inner, FieldSection::event_data);
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
      if (const json* inner = member(value, kText)) add_values(name, *inner, section);
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
    const auto parsed = base::parse_iso8601(text);
    if (!parsed) return;
    key.time = Timestamp{parsed->ticks};
    key.time_quality = parsed->zoned ? TimeQuality::utc : TimeQuality::local;
  }

  SystemFields system_;
  std::vector<Field> fields_;
  std::deque<std::string> texts_;
};
}  // namespace

bool visit_json_event(std::string_view text, const Locator& locator,
                      FunctionRef<void(EventView&)> visit) {
  const json object = json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object()) return false;
  JsonEvent event;
  event.make(object);
  std::vector<Field> storage;
  EventView view(event.key, locator, event, storage);
  visit(view);
  return true;
}

Sureness probe_event_json(std::span<const std::byte> head, std::string_view, const ReadContext&) {
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  std::string decoded;
  const base::TextStart start = base::detect_text_start(text);
  text.remove_prefix(start.bom_bytes);
  if (start.shape != base::TextShape::bytes) {
    base::append_utf16(
        text.substr(0, 256),
        start.shape == base::TextShape::utf16le ? base::ByteOrder::little : base::ByteOrder::big,
        decoded);
    text = decoded;
  }
  const auto next = [&text] {
    const auto at = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(at == std::string_view::npos ? text.size() : at);
    return text.empty() ? '\0' : text.front();
  };
  char c = next();
  if (c == '[') {
    text.remove_prefix(1);
    c = next();
  }
  if (c != '{') return Sureness::no;
  text.remove_prefix(1);
  c = next();
  return c == '"' || c == '}' ? Sureness::likely : Sureness::no;
}

ReadOutcome read_event_json(const container::Artifact& artifact, container::ByteSource& source,
                            const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  outcome.format = "event_json";
  outcome.encoding = "utf-8";
  std::vector<Field> storage;
  Utf8Stream stream(source);
  const auto lose = [&](std::string why, JsonPiece where) {
    // The splitter takes half a unit at the end of UTF-16 for a whole one.
    where.byte_length = std::min(where.byte_length, stream.bytes_read() - where.byte_offset);
    ++outcome.records_refused;
    outcome.bytes_lost += where.byte_length;
    outcome.damaged = true;
    Notice notice;
    notice.code = "JSON_DAMAGED";
    notice.text = fmt::format("{}: {}; {} bytes at {} are not used", artifact.path, why,
                              where.byte_length, where.byte_offset);
    notice.artifact = artifact.index;
    notice.byte_offset = where.byte_offset;
    notice.bytes_lost = where.byte_length;
    sink.notice(std::move(notice));
  };
  const auto on_object = [&](std::string_view text, const JsonPiece& where) {
    Flow flow = Flow::go_on;
    Locator locator;
    locator.artifact = artifact.index;
    locator.line = where.line;
    locator.byte_offset = where.byte_offset;
    locator.byte_length = where.byte_length;
    const bool read =
        visit_json_event(text, locator, [&](EventView& view) { flow = sink.event(view); });
    if (read) {
      ++outcome.records_read;
    } else {
      lose("an object is not valid JSON", where);
    }
    return flow;
  };
  JsonSplitter splitter(static_cast<std::size_t>(context.limits.max_line_bytes), on_object, lose);

  bool is_more = true;
  for (bool is_first = true; is_more; is_first = false) {
    is_more = stream.more();
    if (is_first) {
      outcome.encoding = stream.encoding();
      const bool is_utf8 = outcome.encoding == "utf-8";
      splitter.start_at(stream.offset(), is_utf8 ? SourceText::utf8 : SourceText::utf16);
    }
    if (splitter.feed(stream.text()) == Flow::stop) return outcome;
    stream.skip(0, stream.text().size());
    stream.drop_used(stream.text().size());
  }
  splitter.finish();
  if (splitter.is_list_open() && !outcome.damaged) {
    outcome.damaged = true;
    Notice notice;
    notice.code = "JSON_DAMAGED";
    notice.text =
        artifact.path + ": the list of events is not closed; what followed the last one is missing";
    notice.artifact = artifact.index;
    notice.byte_offset = stream.bytes_read();
    sink.notice(std::move(notice));
  }
  if (stream.error()) lose(stream.error()->message, {stream.offset(), 0, 0});
  return outcome;
}

}  // namespace rdptriage::reader
