// What the tools that write events as JSON call the parts of a record.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace rdptriage::reader {

// Paths of members, dotted; "" where the tool does not say it. An object has the shape when it has
// both members of `signs`.
struct JsonShape {
  std::string_view signs[2];
  std::string_view event_id, time, channel, provider, computer, record_id, process_id, thread_id,
      user_sid, activity_id, message;
  std::string_view data;       // values: an object, a list, or the text of one
  std::string_view user_data;  // values below an element of the provider's own
};

// Null when the object has none of the known shapes.
const JsonShape* find_shape(const nlohmann::json& object);

// Whether a member is called as the time, id, channel, provider, computer or message of an event.
bool has_event_member(const nlohmann::json& object);

const nlohmann::json* member(const nlohmann::json& object, std::string_view name);
// "a.b": the member of this very name, else b of a. Null for "".
const nlohmann::json* member_at(const nlohmann::json& object, std::string_view path);

// The objects that `object` wraps, or itself.
std::vector<const nlohmann::json*> wrapped_events(const nlohmann::json& object);

// Splunk gives an event as the forwarder's text, and only some searches take it apart: the object
// with the members that stand in that text. Unset when it has none.
std::optional<nlohmann::json> with_raw_members(const nlohmann::json& object);

}  // namespace rdptriage::reader
