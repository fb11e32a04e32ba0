// The linter's part about selections: names, fields, modifiers, values.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "event/field_lookup.hpp"
#include "rule/lint_context.hpp"
#include "rule/regex_literal.hpp"
#include "rule/sigma_text.hpp"

namespace rdptriage::rule {

namespace {
using base::YamlNode;

// The shortest of the texts one of which a match must contain; 0 when there is none.
std::size_t shortest_literal(std::string_view expression) {
  const auto literals = required_literals(expression);
  if (!literals) return 0;
  std::size_t out = std::string::npos;
  for (const std::string& literal : *literals) out = std::min(out, literal.size());
  return out;
}

class ItemLinter {
 public:
  ItemLinter(LintContext& context, const LogSource& source)
      : context_(context),
        fields_(context.sources.fields_of(source)),
        frequent_(is_frequent(source)) {}

  void lint_selection(const YamlNode& selection) {
    if (selection.is_sequence()) {
      for (const YamlNode& element : selection.items) {
        if (element.is_mapping()) lint_selection(element);
      }
      return;
    }
    for (std::size_t i = 0; i < selection.keys.size(); ++i) {
      lint_item(selection.keys[i], selection.items[i]);
    }
  }

 private:
  // A capture is one event or a few; logs and traces are what costs.
  bool is_frequent(const LogSource& source) const {
    return source.category.empty() || context_.sources.empty() ||
           context_.sources.knows_category(source.category);
  }

  // The fields of most log sources are not known; where they are, another name is a slip.
  void lint_field(const YamlNode& key, std::string_view field) {
    if (fields_.empty() || field.empty() || field.find('.') != std::string_view::npos) return;
    const std::string name = event::without_blanks(field);
    if (std::find(fields_.begin(), fields_.end(), name) != fields_.end()) return;
    const std::string_view near = base::nearest_word(name, {fields_.begin(), fields_.end()});
    context_.find("P057", key, fmt::format("events of this log source have no field `{}`", name),
                  near.empty() ? "`fields` in logsources.yml lists those they have"
                               : fmt::format("did you mean `{}`?", near));
  }

  void lint_item(const YamlNode& key, const YamlNode& value) {
    const auto parts = base::split(key.text, '|');
    const auto has = [&](std::string_view modifier) {
      return std::find(parts.begin() + 1, parts.end(), modifier) != parts.end();
    };
    const std::string_view field = parts.front();
    lint_field(key, field);
    if (has("all") && (value.is_scalar() || value.items.size() == 1)) {
      context_.find("P041", key, "`all` with a single value", "remove `all`, or list the values");
    }
    if (has("re") && (has("contains") || has("startswith") || has("endswith"))) {
      context_.find("P042", key, "`re` is searched anywhere as it is",
                    "remove the modifier behind it; anchor with ^ and $");
    }
    if (context_.scope == LintFor::sigma &&
        (field.substr(0, 9) == "UserData." || field.substr(0, 10) == "EventData.")) {
      context_.find("P072", key, fmt::format("the full path `{}` is not portable", field),
                    "other engines know only the name of the element");
    }
    const std::span<const YamlNode> values = value.is_scalar()
                                                 ? std::span<const YamlNode>(&value, 1)
                                                 : std::span<const YamlNode>(value.items);
    for (const YamlNode& one : values) {
      if (one.is_scalar()) lint_value(one, parts);
    }
  }

  void lint_value(const YamlNode& value, const std::vector<std::string_view>& parts) {
    const auto has = [&](std::string_view modifier) {
      return std::find(parts.begin() + 1, parts.end(), modifier) != parts.end();
    };
    const std::string& text = value.text;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    if (value.style == base::YamlStyle::plain && value.type() == base::YamlType::text &&
        (text.compare(0, 2, "0x") == 0 || text.compare(0, 2, "0X") == 0 ||
         (digits && text[0] == '0'))) {
      context_.find("P040", value,
                    fmt::format("`{}` is a text, though it looks like a number", text),
                    fmt::format("quote it: '{}'", text));
    }
    if (has("re")) {
      constexpr std::size_t kUseful = 3;
      if (frequent_ && shortest_literal(text) < kUseful) {
        context_.find(
            "P043", value, "the expression has no literal of three characters",
            text == "." || text == ".+"
                ? "for any text that is not empty write `'?*'` without `re`"
                : "name something that must occur; such an expression is tried on every event");
      }
      return;
    }
    const bool encoded = has("base64") || has("base64offset");
    if (has("contains") && !encoded && !has("expand")) {
      std::size_t letters = 0;
      // Beyond ASCII a single character can tell much.
      for (const Token& token : parse_sigma_text(text)) letters += token.text.size();
      if (std::any_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return;
      if (letters < 3) {
        context_.find("P046", value, fmt::format("`contains: '{}'` finds nearly anything", text),
                      "name at least three characters");
      }
    }
    const bool shaped =
        has("contains") || has("startswith") || has("endswith") || has("cidr") || encoded;
    const SigmaText tokens = parse_sigma_text(text);
    if (!shaped && tokens.size() == 3 && tokens[0].kind == TokenKind::any_run &&
        tokens[1].kind == TokenKind::text && tokens[2].kind == TokenKind::any_run &&
        !parts.front().empty()) {
      context_.find("P045", value, "wildcards at both ends",
                    fmt::format("write `{}|contains`", parts.front()));
    }
  }

  LintContext& context_;
  std::vector<std::string> fields_;
  bool frequent_;
};
}  // namespace

void lint_selections(LintContext& context, const YamlNode& selections, const LogSource& source) {
  ItemLinter linter(context, source);
  for (std::size_t i = 0; i < selections.keys.size(); ++i) {
    const std::string& name = selections.keys[i].text;
    if (name == "condition" || name == "timeframe" || name == "rules") continue;
    if (name.find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") !=
        std::string::npos) {
      context.find("P055", selections.keys[i],
                   fmt::format("no condition can name the selection `{}`", name),
                   "use letters, digits, _ and -");
    }
    linter.lint_selection(selections.items[i]);
  }
}

}  // namespace rdptriage::rule
