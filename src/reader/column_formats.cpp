// Loads the documents with the keys `w3c` and `event_columns`.
#include "reader/column_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "base/problem.hpp"
#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
class ColumnLoader {
 public:
  ColumnLoader(const base::SourceText& source, ColumnFormats& out, base::KeyWords& key_words,
               std::vector<Problem>& problems)
      : source_(source), out_(out), key_words_(key_words), problems_(problems) {}

  void load(const base::YamlNode& document) {
    for (const base::YamlNode& key : document.keys) {
      const std::string_view known[] = {"w3c",         "event_columns", "event_labels",
                                        "utc_columns", "channel_names", "provider_names",
                                        "channels",    "event_values"};
      if (std::find(std::begin(known), std::end(known), key.text) == std::end(known)) {
        problem(key, fmt::format("unknown key `{}`", key.text));
      }
    }
    if (const base::YamlNode* kinds = document.find("w3c")) {
      if (!kinds->is_sequence()) problem(*kinds, "`w3c` is a list");
      for (const base::YamlNode& kind : kinds->items) add_kind(kind);
    }
    if (const base::YamlNode* columns = document.find("event_columns")) {
      add_words(*columns, {&out_.event_columns, &out_.event_labels});
    }
    if (const base::YamlNode* labels = document.find("event_labels"))
      add_words(*labels, {&out_.event_labels});
    if (const base::YamlNode* columns = document.find("utc_columns")) {
      for (const base::YamlNode& column : columns->items) out_.utc_columns.push_back(column.text);
    }
    if (const base::YamlNode* names = document.find("channel_names"))
      add_words(*names, {&out_.channel_names});
    if (const base::YamlNode* names = document.find("provider_names"))
      add_words(*names, {&out_.provider_names});
    if (const base::YamlNode* values = document.find("event_values"))
      load_event_values(*values, source_, out_.event_values, problems_);
    if (const base::YamlNode* channels = document.find("channels")) {
      for (std::size_t i = 0; i < channels->keys.size(); ++i) {
        out_.channels.emplace_back(channels->keys[i].text, channels->items[i].text);
      }
    }
  }

 private:
  void problem(const base::YamlNode& node, std::string message) {
    problems_.push_back(base::make_problem("P080", source_, node, std::move(message), {}, {}));
  }

  void add_words(const base::YamlNode& table, std::initializer_list<WordTable*> tables) {
    for (std::size_t i = 0; i < table.keys.size(); ++i) {
      for (const base::YamlNode& word : table.items[i].items) {
        for (WordTable* out : tables) out->add(table.keys[i].text, word.text);
        key_words_.add(word.text);
      }
    }
  }

  void add_kind(const base::YamlNode& node) {
    W3cKind kind;
    kind.name = node.text_of("name");
    kind.category = node.text_of("category");
    if (const base::YamlNode* columns = node.find("columns")) {
      for (const base::YamlNode& column : columns->items) kind.columns.push_back(column.text);
    }
    if (const base::YamlNode* fields = node.find("fields")) {
      for (std::size_t i = 0; i < fields->keys.size(); ++i) {
        kind.fields.emplace_back(fields->keys[i].text, fields->items[i].text);
      }
    }
    if (kind.name.empty() || kind.category.empty() || kind.columns.empty()) {
      return problem(node, "a kind of log needs `name`, `category` and `columns`");
    }
    out_.w3c.push_back(std::move(kind));
  }

  const base::SourceText source_;
  ColumnFormats& out_;
  base::KeyWords& key_words_;
  std::vector<Problem>& problems_;
};
}  // namespace

std::string_view full_channel(const ColumnFormats& formats, std::string_view name) {
  const std::string_view known = formats.channel_names.find(name);
  return known.empty() ? name : known;
}

std::string_view usual_channel(const ColumnFormats& formats, std::string_view provider) {
  const auto known = std::find_if(
      formats.channels.begin(), formats.channels.end(),
      [&](const auto& row) { return base::equals_ignoring_case(row.first, provider); });
  return known == formats.channels.end() ? std::string_view() : std::string_view(known->second);
}

void complete_event(const ColumnFormats& formats, EventKey& key, std::deque<std::string>& storage,
                    std::vector<Field>& fields) {
  if (!key.event_id) return;
  if (const auto name = formats.provider_names.find(key.provider); !name.empty())
    key.provider = name;
  if (key.provider.empty() && key.channel.empty()) {
    const auto message = std::find_if(fields.begin(), fields.end(),
                                      [](const Field& field) { return field.name == "Message"; });
    if (message != fields.end())
      key.provider = provider_of(formats.event_values, *key.event_id, message->value);
  }
  if (key.channel.empty()) key.channel = usual_channel(formats, key.provider);
  add_event_values(formats.event_values, formats.channels, key, storage, fields);
}

bool load_columns(const base::YamlNode& document, const base::SourceText& source,
                  ColumnFormats& out, base::KeyWords& key_words, std::vector<Problem>& problems) {
  if (document.find("w3c") == nullptr && document.find("event_columns") == nullptr &&
      document.find("event_values") == nullptr) {
    return false;
  }
  ColumnLoader(source, out, key_words, problems).load(document);
  return true;
}

}  // namespace rdptriage::reader
