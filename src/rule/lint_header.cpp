// The linter's part about everything in a rule but what it asks.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "rule/lint_context.hpp"
#include "timeline/product_build.hpp"

namespace rdptriage::rule {

namespace {
using base::YamlNode;

constexpr std::string_view kTopKeys[] = {"title",
                                         "id",
                                         "name",
                                         "related",
                                         "taxonomy",
                                         "status",
                                         "description",
                                         "references",
                                         "author",
                                         "date",
                                         "modified",
                                         "logsource",
                                         "detection",
                                         "correlation",
                                         "filter",
                                         "fields",
                                         "falsepositives",
                                         "level",
                                         "tags",
                                         "scope",
                                         "license",
                                         "rdptriage",
                                         "regression_tests_path",
                                         "simulation"};
constexpr std::string_view kLevels[] = {"informational", "low", "medium", "high", "critical"};
constexpr std::string_view kStatuses[] = {"stable", "test", "experimental", "deprecated",
                                          "unsupported"};

bool is_listed(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f') ||
                     (text[i] >= 'A' && text[i] <= 'F');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

void lint_keys(LintContext& context, const YamlNode& root) {
  for (const YamlNode& key : root.keys) {
    if (is_listed(kTopKeys, key.text)) continue;
    const std::string_view near =
        base::nearest_word(key.text, {std::begin(kTopKeys), std::end(kTopKeys)});
    if (near.empty() || key.text.size() < 4) continue;
    context.find("P056", key, fmt::format("the key `{}` is not one of Sigma's", key.text),
                 fmt::format("did you mean `{}`?", near));
  }
}

void lint_tests(LintContext& context, const YamlNode& root, const YamlNode& own) {
  const YamlNode* tests = own.find("tests");
  if (tests == nullptr || tests->items.empty()) {
    context.find("P049", *root.find_key("rdptriage"), "the rule has no tests",
                 "add `tests:` with at least one event that matches and one that does not");
    return;
  }
  bool positive = false, negative = false;
  for (const YamlNode& test : tests->items) {
    const YamlNode* events =
        test.find("events") != nullptr ? test.find("events") : test.find("lines");
    const std::size_t total = events == nullptr ? 0 : events->items.size();
    if (const YamlNode* match = test.find("match")) {
      positive = positive || !match->items.empty();
      negative = negative || match->items.size() < total;
    }
    if (const YamlNode* count = test.find("match_count")) {
      const auto wanted = count->integer().value_or(0);
      positive = positive || wanted > 0;
      negative = negative || static_cast<std::uint64_t>(wanted) < total || wanted == 0;
    }
    if (const YamlNode* fires = test.find("fires")) {
      for (const YamlNode& groups : fires->items)
        (groups.items.empty() ? negative : positive) = true;
    }
  }
  if (!positive)
    context.find("P049", *own.find_key("tests"), "no test shows a match",
                 "add an event that matches");
  if (!negative) {
    context.find("P049", *own.find_key("tests"), "no test shows what must not match",
                 "add an event that is close and does not match");
  }
}

// ISO 639-1.
constexpr std::string_view kLanguages =
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

// "de", "pt-BR", "zh-Hans".
bool is_language(std::string_view tag) {
  const std::string_view language = tag.substr(0, tag.find('-'));
  const auto known = base::split(kLanguages, ' ');
  return std::find(known.begin(), known.end(), language) != known.end() && tag.back() != '-';
}

// A text names values that the report can show: what `keep` and `group-by` list.
void lint_says(LintContext& context, const YamlNode& root, const YamlNode& own,
               const YamlNode* says) {
  if (says == nullptr || !says->is_scalar()) return;
  std::vector<std::string_view> names;
  if (const YamlNode* keep = own.find("keep")) {
    for (const YamlNode& key : keep->keys) names.push_back(key.text);
  }
  const YamlNode* correlation = root.find("correlation");
  const YamlNode* groups = correlation == nullptr ? nullptr : correlation->find("group-by");
  if (groups != nullptr) {
    if (groups->is_scalar()) names.push_back(groups->text);
    for (const YamlNode& group : groups->items) names.push_back(group.text);
  }
  std::string_view text = says->text;
  for (std::size_t open = 0; (open = text.find('{')) != std::string_view::npos;) {
    const auto close = text.find('}', open);
    const std::string_view inner = text.substr(open + 1, close - open - 1);
    const std::string_view name = inner.substr(0, inner.find('|'));
    if (close == std::string_view::npos || name.empty()) {
      context.find("P059", *says, "a brace that names nothing",
                   "write `{name}` or `{name|default}`");
      return;
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string_view near = base::nearest_word(name, names);
      context.find("P059", *says,
                   fmt::format("the text shows `{}`, which `keep` does not list", name),
                   near.empty() ? fmt::format("add `keep: {{{}: FIELD}}`", name)
                                : fmt::format("did you mean `{}`?", near));
    }
    text.remove_prefix(close + 1);
  }
}

void lint_translated(LintContext& context, const YamlNode& root, const YamlNode& own) {
  const YamlNode* translated = own.find("i18n");
  if (translated == nullptr) return;
  for (std::size_t i = 0; i < translated->keys.size(); ++i) {
    const YamlNode& language = translated->keys[i];
    if (language.text == "en") {
      context.find("P065", language, "English is the language of the rule itself",
                   "write it as `title` and `says`");
    } else if (!is_language(language.text)) {
      context.find("P065", language, fmt::format("`{}` is no language", language.text),
                   "write the two letters of ISO 639-1, for example `de` or `pt-BR`");
    }
    lint_says(context, root, own, translated->items[i].find("says"));
  }
}

void lint_builds(LintContext& context, const YamlNode& own) {
  timeline::BuildRange range;
  range.since = timeline::parse_product_build(own.text_of("since"));
  range.until = timeline::parse_product_build(own.text_of("until"));
  if (!range.is_reversed()) return;
  context.find("P044", *own.find("since"),
               fmt::format("no build of Windows lies between {} and {}", range.since->text(),
                           range.until->text()),
               "`since` is the first build that the rule is for, `until` the last");
}

}  // namespace

void lint_header(LintContext& context, const YamlNode& root) {
  lint_keys(context, root);
  if (root.find("filter") != nullptr) return;
  const YamlNode* id = root.find("id");
  if (id == nullptr) {
    context.find("P051", root, "the rule has no `id`", "add a UUID; it names the rule for ever");
  } else if (!is_uuid(id->text)) {
    context.find("P051", *id, "`id` is not a UUID", "write it as 8-4-4-4-12 hexadecimal digits");
  }
  const auto check_word = [&](std::string_view key, std::span<const std::string_view> known) {
    const YamlNode* node = root.find(key);
    if (node == nullptr) {
      if (key == "level")
        context.find("P052", root, "the rule has no `level`",
                     fmt::format("one of: {}", fmt::join(known, ", ")));
    } else if (!is_listed(known, node->text)) {
      context.find("P052", *node, fmt::format("`{}` is no {}", node->text, key),
                   fmt::format("one of: {}", fmt::join(known, ", ")));
    }
  };
  check_word("level", kLevels);
  check_word("status", kStatuses);
  if (is_detection_rule_license(root.text_of("license")) && root.text_of("author").empty()) {
    context.find("P050", *root.find("license"),
                 "a rule under the Detection Rule License has no `author`",
                 "the license wants the author named wherever the rule speaks");
  }
  const YamlNode* own = root.find("rdptriage");
  if (own == nullptr) return;
  if (root.find("references") == nullptr && root.find("detection") != nullptr) {
    context.find("P048", *root.find_key("rdptriage"), "the rule has no `references`",
                 "say where the fact is documented");
  }
  lint_tests(context, root, *own);
  lint_says(context, root, *own, own->find("says"));
  lint_translated(context, root, *own);
  lint_builds(context, *own);
  if (own->find("format") == nullptr) {
    context.find("P019", *root.find_key("rdptriage"), "`rdptriage` has no `format`",
                 "write `format: 1`");
  }
}

}  // namespace rdptriage::rule
