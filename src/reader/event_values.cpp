#include "reader/event_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
constexpr std::size_t kMostGroups = 12;

// Lists that leave the provider out are of one channel, as their file's name says.
bool is_of(const EventValues& row, const ProviderChannels& channels, const EventKey& key) {
  if (std::find(row.ids.begin(), row.ids.end(), *key.event_id) == row.ids.end()) return false;
  if (!key.provider.empty()) return base::equals_ignoring_case(row.provider, key.provider);
  return std::any_of(channels.begin(), channels.end(), [&](const auto& known) {
    return known.first == row.provider && known.second == key.channel;
  });
}

bool has(const std::vector<Field>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return field.name == name; });
}

bool is_unnamed(const Field& field) {
  return field.section == FieldSection::event_data && field.name.empty();
}

// .NET gives such a value as a number of 32 bits, with or without sign.
std::optional<std::string> as_hex(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return fmt::format("{:#x}", static_cast<std::uint32_t>(number));
}

void name_values(const EventValues& row, std::deque<std::string>& storage,
                 std::vector<Field>& fields) {
  const auto unnamed = std::count_if(fields.begin(), fields.end(), is_unnamed);
  if (static_cast<std::size_t>(unnamed) < row.names.size()) return;
  auto name = row.names.begin();
  for (Field& field : fields) {
    if (name == row.names.end()) return;
    if (!is_unnamed(field)) continue;
    field.name = *name++;
    if (std::find(row.hex.begin(), row.hex.end(), field.name) == row.hex.end()) continue;
    if (auto hex = as_hex(field.value)) field.value = storage.emplace_back(std::move(*hex));
  }
}

void add_from_message(const EventValues& row, std::string_view message,
                      std::vector<Field>& fields) {
  for (const base::Pattern& pattern : row.messages) {
    std::array<std::string_view, kMostGroups> captures;
    if (!pattern.match(message, base::Anchor::nowhere, captures)) continue;
    for (const auto& [name, index] : pattern.named_groups()) {
      if (index >= captures.size() || captures[index].data() == nullptr || has(fields, name))
        continue;
      fields.push_back({name, captures[index], FieldSection::event_data, ValueKind::text});
    }
  }
}
}  // namespace

void load_event_values(const base::YamlNode& list, const base::SourceText& source,
                       std::vector<EventValues>& out, std::vector<Problem>& problems) {
  const auto problem = [&](const base::YamlNode& node, std::string message) {
    problems.push_back(base::make_problem("P080", source, node, std::move(message), {}, {}));
  };
  for (const base::YamlNode& item : list.items) {
    EventValues row;
    row.provider = item.text_of("provider");
    if (const base::YamlNode* ids = item.find("ids")) {
      for (const base::YamlNode& id : ids->items)
        row.ids.push_back(static_cast<std::uint32_t>(id.integer().value_or(0)));
    }
    if (const base::YamlNode* names = item.find("names")) {
      for (const base::YamlNode& name : names->items) row.names.push_back(name.text);
    }
    if (const base::YamlNode* hex = item.find("hex")) {
      for (const base::YamlNode& name : hex->items) row.hex.push_back(name.text);
    }
    if (const base::YamlNode* messages = item.find("messages")) {
      for (const base::YamlNode& message : messages->items) {
        auto pattern = base::Pattern::compile(message.text);
        if (!pattern) {
          problem(message, "the expression is refused: " + pattern.error().message);
        } else if (pattern->named_groups().empty()) {
          problem(message, "the expression names no value");
        } else {
          row.messages.push_back(std::move(*pattern));
        }
      }
    }
    if (row.provider.empty() || row.ids.empty() || (row.names.empty() && row.messages.empty())) {
      problem(item, "values of events need `provider`, `ids`, and `names` or `messages`");
      continue;
    }
    out.push_back(std::move(row));
  }
}

void add_event_values(const std::vector<EventValues>& table, const ProviderChannels& channels,
                      const EventKey& key, std::deque<std::string>& storage,
                      std::vector<Field>& fields) {
  if (!key.event_id) return;
  for (const EventValues& row : table) {
    if (!is_of(row, channels, key)) continue;
    name_values(row, storage, fields);
    const auto message = std::find_if(fields.begin(), fields.end(),
                                      [](const Field& field) { return field.name == "Message"; });
    if (message == fields.end()) continue;
    const std::string_view text = message->value;
    // A table on a screen cuts messages, maybe within a number.
    if (text.ends_with("...") || text.ends_with("\xE2\x80\xA6")) continue;
    add_from_message(row, text, fields);
  }
}

}  // namespace rdptriage::reader
