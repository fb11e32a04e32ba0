// Loads the documents with the keys `w3c` and `event_columns`.
#include "reader/column_formats.hpp"

#include <fmt/format.h>

#include "base/problem.hpp"

namespace rdptriage::reader {

namespace {
class ColumnLoader {
 public:
  ColumnLoader(const base::SourceText& source, ColumnFormats& out, std::vector<Problem>& problems)
      : source_(source), out_(out), problems_(problems) {}

  void load(const base::YamlNode& document) {
    for (const base::YamlNode& key : document.keys) {
      if (key.text != "w3c" && key.text != "event_columns" && key.text != "channels") {
        problem(key, fmt::format("unknown key `{}`", key.text));
      }
    }
    if (const base::YamlNode* kinds = document.find("w3c")) {
      if (!kinds->is_sequence()) problem(*kinds, "`w3c` is a list");
      for (const base::YamlNode& kind : kinds->items) add_kind(kind);
    }
    if (const base::YamlNode* columns = document.find("event_columns")) {
      for (std::size_t i = 0; i < columns->keys.size(); ++i) {
        for (const base::YamlNode& heading : columns->items[i].items) {
          out_.event_columns.add(columns->keys[i].text, heading.text);
        }
      }
    }
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
  std::vector<Problem>& problems_;
};
}  // namespace

bool load_columns(const base::YamlNode& document, const base::SourceText& source,
                  ColumnFormats& out, std::vector<Problem>& problems) {
  if (document.find("w3c") == nullptr && document.find("event_columns") == nullptr) return false;
  ColumnLoader(source, out, problems).load(document);
  return true;
}

}  // namespace rdptriage::reader
