#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "base/problem.hpp"
#include "base/text.hpp"
#include "reader/capture_format.hpp"

namespace rdptriage::reader {

namespace {
bool is_ascii(char c) { return static_cast<signed char>(c) >= 0; }

// The ASCII part of a word; what survives every wrong code page.
std::string skeleton_of(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (is_ascii(c) && c != '?') out.push_back(c);
  }
  return base::to_lower_ascii(out);
}

class CaptureLoader {
 public:
  CaptureLoader(const base::SourceText& source, CaptureSet& out, std::vector<Problem>& problems)
      : source_(source), out_(out), problems_(problems) {}

  void load(const base::YamlNode& document) {
    check_keys(document,
               {"capture",    "title",         "category",     "begin",     "lead",    "end",
                "lines",      "required",      "required_any", "constants", "labels",  "values",
                "dates",      "summary",       "row_lines",    "max_lines", "samples", "words",
                "host_roles", "machine_roles", "collectors"});
    if (const base::YamlNode* tables = mapping(document, "words")) {
      for (std::size_t i = 0; i < tables->keys.size(); ++i) {
        add_words(tables->items[i], out_.words[tables->keys[i].text]);
      }
    }
    if (const base::YamlNode* roles = mapping(document, "host_roles"))
      add_words(*roles, out_.roles);
    if (const base::YamlNode* names = mapping(document, "machine_roles"))
      add_words(*names, out_.machine_roles);
    for_each(document, "collectors", [&](const auto& node) {
      add_pattern(node, out_.collectors);
      if (!out_.collectors.empty() && !out_.collectors.back().group("machine"))
        problem(node, "the name of a collector's folder has a group `machine`");
    });
    if (document.find("capture") != nullptr) load_format(document);
  }

 private:
  void problem(const base::YamlNode& node, std::string message, std::string help = {}) {
    problems_.push_back(
        base::make_problem("P080", source_, node, std::move(message), {}, std::move(help)));
  }

  void check_keys(const base::YamlNode& node, const std::vector<std::string_view>& known) {
    for (const base::YamlNode& key : node.keys) {
      if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
      const auto near = base::nearest_word(key.text, known);
      problem(key, fmt::format("unknown key `{}`", key.text),
              near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    }
  }

  const base::YamlNode* mapping(const base::YamlNode& node, std::string_view key) {
    const base::YamlNode* found = node.find(key);
    if (found == nullptr || found->is_mapping()) return found;
    problem(*found, fmt::format("`{}` is a mapping", key));
    return nullptr;
  }

  template <class Each>
  void for_each(const base::YamlNode& node, std::string_view key, Each each) {
    const base::YamlNode* list = node.find(key);
    if (list == nullptr) return;
    if (!list->is_sequence()) return problem(*list, fmt::format("`{}` is a list", key));
    for (const base::YamlNode& item : list->items) each(item);
  }

  // {canonical: [word, …]}
  void add_words(const base::YamlNode& table, WordTable& out) {
    if (!table.is_mapping()) return problem(table, "a table is a mapping of word to its names");
    for (std::size_t i = 0; i < table.keys.size(); ++i) {
      const std::string& canonical = table.keys[i].text;
      for_each(table, canonical, [&](const base::YamlNode& word) {
        out.add(canonical, word.text);
        out_.key_words.add(word.text);
      });
    }
  }

  void add_pattern(const base::YamlNode& node, std::vector<base::Pattern>& out) {
    if (auto pattern = compile(node)) out.push_back(std::move(*pattern));
  }

  std::optional<base::Pattern> compile(const base::YamlNode& node) {
    auto pattern = base::Pattern::compile(node.text);
    if (pattern && pattern->group_count() < 12) return std::move(*pattern);
    problem(node,
            "the expression is refused: " +
                (pattern ? std::string("more than 11 groups") : pattern.error().message),
            "RE2 syntax: no look-around, no back-references");
    return std::nullopt;
  }

  void add_constants(const base::YamlNode& node, std::string_view key, CaptureConstants& out) {
    const base::YamlNode* found = mapping(node, key);
    if (found == nullptr) return;
    for (std::size_t i = 0; i < found->keys.size(); ++i) {
      out.emplace_back(found->keys[i].text, found->items[i].text);
    }
  }

  void add_line(const base::YamlNode& node, CaptureFormat& format) {
    const base::YamlNode* expression = node.is_scalar() ? &node : node.find("expr");
    if (node.is_mapping()) check_keys(node, {"expr", "set", "row", "once"});
    if (expression == nullptr) return problem(node, "a line needs `expr`");
    auto pattern = compile(*expression);
    if (!pattern) return;
    CapturePattern line{std::move(*pattern), {}, std::string(node.text_of("row")), false};
    if (node.is_mapping()) {
      add_constants(node, "set", line.set);
      const base::YamlNode* once = node.find("once");
      line.once = once != nullptr && once->boolean().value_or(false);
    }
    format.lines.push_back(std::move(line));
  }

  bool flag(const base::YamlNode& document, std::string_view key) {
    const base::YamlNode* node = document.find(key);
    if (node == nullptr) return false;
    if (!node->boolean()) problem(*node, fmt::format("`{}` is true or false", key));
    return node->boolean().value_or(false);
  }

  void load_format(const base::YamlNode& document) {
    CaptureFormat format;
    format.name = document.text_of("capture");
    format.title = document.text_of("title");
    format.category = document.text_of("category");
    for_each(document, "begin", [&](const auto& node) { add_pattern(node, format.begin); });
    for_each(document, "lead", [&](const auto& node) { add_pattern(node, format.lead); });
    for_each(document, "end", [&](const auto& node) { add_pattern(node, format.end); });
    for_each(document, "lines", [&](const auto& node) { add_line(node, format); });
    for_each(document, "required", [&](const auto& node) { format.required.push_back(node.text); });
    for_each(document, "required_any",
             [&](const auto& node) { format.required_any.push_back(node.text); });
    for_each(document, "dates", [&](const auto& node) { format.dates.push_back(node.text); });
    add_constants(document, "constants", format.constants);
    add_constants(document, "values", format.values);
    if (const base::YamlNode* labels = mapping(document, "labels")) {
      add_words(*labels, format.labels);
    }
    format.summary = flag(document, "summary");
    format.row_lines = flag(document, "row_lines");
    if (const base::YamlNode* most = document.find("max_lines")) {
      format.max_lines = static_cast<unsigned>(
          std::clamp<std::int64_t>(most->integer().value_or(400), 1, 100'000));
    }
    out_.formats.push_back(std::move(format));
  }

  const base::SourceText source_;
  CaptureSet& out_;
  std::vector<Problem>& problems_;
};
}  // namespace

void WordTable::add(std::string_view canonical, std::string_view word) {
  exact_.emplace(base::to_lower_ascii(word), canonical);
  const std::string skeleton = skeleton_of(word);
  if (skeleton.size() >= 3 && skeleton.size() < word.size()) skeleton_.emplace(skeleton, canonical);
}

std::string_view WordTable::find(std::string_view word) const {
  word = base::trim(word);
  const auto known = [this](std::string_view text) -> std::string_view {
    const auto at = exact_.find(base::to_lower_ascii(text));
    return at == exact_.end() ? std::string_view() : std::string_view(at->second);
  };
  if (const auto found = known(word); !found.empty()) return found;
  if (std::all_of(word.begin(), word.end(), [](char c) { return is_ascii(c) && c != '?'; }))
    return {};
  for (const std::string& original : base::undo_mojibake(word)) {
    if (const auto found = known(original); !found.empty()) return found;
  }
  const auto at = skeleton_.find(skeleton_of(word));
  return at == skeleton_.end() ? std::string_view() : std::string_view(at->second);
}

void CaptureSet::index() {
  std::vector<std::string> expressions;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    for (const auto* patterns : {&formats[i].begin, &formats[i].lead}) {
      for (const base::Pattern& pattern : *patterns) {
        expressions.push_back(pattern.expression());
        opener_format.push_back(i);
      }
    }
  }
  if (expressions.empty()) return;
  auto set = base::PatternSet::compile(expressions, base::Anchor::nowhere);
  if (set) openers = std::move(*set);
}

std::string_view CaptureSet::constant(std::string_view format, std::string_view name) const {
  for (const CaptureFormat& candidate : formats) {
    if (candidate.name != format) continue;
    for (const auto& [key, value] : candidate.constants) {
      if (key == name) return value;
    }
  }
  return {};
}

std::string_view CaptureSet::canonical(std::string_view table, std::string_view word) const {
  const auto at = words.find(table);
  return at == words.end() ? std::string_view() : at->second.find(word);
}

bool is_capture_document(const base::YamlNode& document) {
  return document.find("capture") != nullptr || document.find("words") != nullptr ||
         document.find("host_roles") != nullptr || document.find("machine_roles") != nullptr ||
         document.find("collectors") != nullptr;
}

void load_capture(const base::YamlNode& document, const base::SourceText& source, CaptureSet& out,
                  std::vector<Problem>& problems) {
  CaptureLoader(source, out, problems).load(document);
}

}  // namespace rdptriage::reader
