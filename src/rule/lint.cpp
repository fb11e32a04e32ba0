#include "rule/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/case_fold.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "rule/condition.hpp"
#include "rule/correlation.hpp"
#include "rule/match_program.hpp"
#include "rule/regex_literal.hpp"
#include "rule/rule_document.hpp"

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

// The shortest of the texts one of which a match must contain; 0 when there is none.
std::size_t shortest_literal(std::string_view expression) {
  const auto literals = required_literals(expression);
  if (!literals) return 0;
  std::size_t out = std::string::npos;
  for (const std::string& literal : *literals) out = std::min(out, literal.size());
  return out;
}

class Linter {
 public:
  Linter(std::span<const RuleFile> files, const CompiledRules& rules, const LogSourceMap& sources,
         LintFor scope)
      : files_(files), rules_(rules), sources_(sources), scope_(scope) {}

  std::vector<Problem> run() {
    for (const RuleFile& file : files_) {
      const base::SourceText source{file.path, file.text};
      source_ = &source;
      const auto roots = base::parse_yaml(source);
      if (!roots) continue;
      for (const YamlNode& root : *roots) lint_document(root);
    }
    return std::move(found_);
  }

 private:
  void find(std::string_view code, const YamlNode& at, std::string message, std::string help) {
    found_.push_back(
        base::make_problem(code, *source_, at, std::move(message), "", std::move(help)));
  }
  void find(std::string_view code, base::SourceMark at, std::string message, std::string help) {
    found_.push_back(
        base::make_problem(code, *source_, at, std::move(message), "", std::move(help)));
  }

  const RuleInfo* info_of(const YamlNode& root) const {
    for (const std::string_view key : {"name", "id", "title"}) {
      const std::string_view handle = root.text_of(key);
      if (!handle.empty()) return rules_.find(handle);
    }
    return nullptr;
  }

  void lint_document(const YamlNode& root) {
    const bool rule = root.find("detection") != nullptr || root.find("correlation") != nullptr;
    const bool filter = root.find("filter") != nullptr;
    if (!root.is_mapping() || (!rule && !filter)) return;
    for (const YamlNode& key : root.keys) {
      if (is_listed(kTopKeys, key.text)) continue;
      const std::string_view near =
          base::nearest_word(key.text, {std::begin(kTopKeys), std::end(kTopKeys)});
      if (near.empty() || key.text.size() < 4) continue;
      find("P056", key, fmt::format("the key `{}` is not one of Sigma's", key.text),
           fmt::format("did you mean `{}`?", near));
    }
    if (const YamlNode* detection = root.find("detection")) lint_detection(root, *detection);
    if (const YamlNode* body = root.find("filter")) lint_selections(*body);
    if (const YamlNode* correlation = root.find("correlation")) lint_correlation(*correlation);
    if (!rule) return;
    lint_header(root);
    if (root.find("logsource") != nullptr) lint_source(*root.find("logsource"));
  }

  void lint_header(const YamlNode& root) {
    const YamlNode* id = root.find("id");
    if (id == nullptr) {
      find("P051", root, "the rule has no `id`", "add a UUID; it names the rule for ever");
    } else if (!is_uuid(id->text)) {
      find("P051", *id, "`id` is not a UUID", "write it as 8-4-4-4-12 hexadecimal digits");
    }
    const auto check_word = [&](std::string_view key, std::span<const std::string_view> known) {
      const YamlNode* node = root.find(key);
      if (node == nullptr) {
        if (key == "level")
          find("P052", root, "the rule has no `level`",
               fmt::format("one of: {}", fmt::join(known, ", ")));
      } else if (!is_listed(known, node->text)) {
        find("P052", *node, fmt::format("`{}` is no {}", node->text, key),
             fmt::format("one of: {}", fmt::join(known, ", ")));
      }
    };
    check_word("level", kLevels);
    check_word("status", kStatuses);
    const std::string_view license = root.text_of("license");
    const bool drl =
        base::to_lower_ascii(license).find("drl") != std::string::npos ||
        base::to_lower_ascii(license).find("detection rule license") != std::string::npos;
    if (drl && root.text_of("author").empty()) {
      find("P050", *root.find("license"), "a rule under the Detection Rule License has no `author`",
           "the license wants the author named wherever the rule speaks");
    }
    const YamlNode* own = root.find("rdptriage");
    if (own == nullptr) return;
    if (root.find("references") == nullptr && root.find("detection") != nullptr) {
      find("P048", *root.find_key("rdptriage"), "the rule has no `references`",
           "say where the fact is documented");
    }
    lint_tests(root, *own);
    if (own->find("format") == nullptr) {
      find("P019", *root.find_key("rdptriage"), "`rdptriage` has no `format`", "write `format: 1`");
    }
  }

  void lint_tests(const YamlNode& root, const YamlNode& own) {
    const YamlNode* tests = own.find("tests");
    if (tests == nullptr || tests->items.empty()) {
      find("P049", *root.find_key("rdptriage"), "the rule has no tests",
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
      find("P049", *own.find_key("tests"), "no test shows a match", "add an event that matches");
    if (!negative) {
      find("P049", *own.find_key("tests"), "no test shows what must not match",
           "add an event that is close and does not match");
    }
  }

  void lint_source(const YamlNode& source) {
    const std::string_view product = source.text_of("product"), service = source.text_of("service"),
                           category = source.text_of("category");
    const bool windows = product.empty() || base::equals_ignoring_case(product, "windows");
    if (!windows || sources_.empty()) {
      if (scope_ == LintFor::sigma && product == "rdp") {
        find("P070", *source.find("product"), "the product `rdp` is not in Sigma's taxonomy",
             "other engines need the processing pipeline of this pack");
      }
      return;
    }
    // Captures carry categories of their own; what nobody maps is said all the same under --sigma.
    if (!service.empty() && !sources_.knows_service(service)) {
      find("P053", *source.find("service"),
           fmt::format("no Windows event log is known for the service `{}`", service),
           "add it to logsources.yml, or correct the name");
    }
    if (scope_ == LintFor::sigma && !category.empty() && !sources_.knows_category(category)) {
      find("P070", *source.find("category"),
           fmt::format("the category `{}` is not in Sigma's taxonomy", category),
           "other engines need the processing pipeline of this pack");
    }
  }

  void lint_correlation(const YamlNode& correlation) {
    if (scope_ != LintFor::sigma) return;
    const YamlNode* condition = correlation.find("condition");
    if (condition != nullptr && condition->is_scalar()) {
      find("P071", *condition, "a text condition of a correlation is not in Sigma 2.1",
           "few engines know it; a list of `rules` is understood by all");
    }
  }

  void lint_detection(const YamlNode& root, const YamlNode& detection) {
    lint_selections(detection);
    // Which selections the conditions use.
    std::vector<const YamlNode*> conditions;
    const YamlNode* condition = detection.find("condition");
    if (condition == nullptr) return;
    if (condition->is_sequence()) {
      for (const YamlNode& each : condition->items) conditions.push_back(&each);
    } else {
      conditions.push_back(condition);
    }
    std::set<std::string> used;
    std::string shown;
    for (const YamlNode* text : conditions) {
      const auto tree = parse_condition(text->text);
      if (!tree) return;
      mark_used(*tree, detection, used);
      shown += (shown.empty() ? "" : " | ") + text->text;
      lint_operators(*text);
    }
    const YamlNode* own = root.find("rdptriage");
    const YamlNode* holds = own == nullptr ? nullptr : own->find("holds");
    if (holds != nullptr) used.insert(std::string(holds->text_of("from")));
    for (const YamlNode& key : detection.keys) {
      if (key.text == "condition" || used.count(key.text) != 0) continue;
      found_.push_back(base::make_problem(
          "P014", *source_, key, fmt::format("selection `{}` is never used", key.text),
          fmt::format("not named by the condition `{}`", shown),
          fmt::format("remove it, or write `condition: {} or {}`", shown, key.text)));
    }
    const RuleInfo* info = info_of(root);
    if (info == nullptr) return;
    const MatchProgram& program = rules_.program();
    std::set<std::uint32_t> by_name;  // reached through the event's own log source, never indexed
    for (const auto& source : program.source_variants) by_name.insert(source.variant);
    bool covered = false, possible = false;
    for (std::uint32_t i = 0; i < program.variants.size(); ++i) {
      const Variant& variant = program.variants[i];
      if (variant.rule != info->index || by_name.count(i) != 0) continue;
      covered = true;
      possible = possible || variant.any_id || !variant.event_ids.empty();
    }
    const bool never = covered && !possible;
    if (never) {
      find("P044", *condition, "no event can match: the event ids contradict each other",
           "an event has one EventID; join alternatives with `or`");
    }
  }

  void mark_used(const Condition& tree, const YamlNode& detection, std::set<std::string>& used) {
    for (const Condition& operand : tree.operands) mark_used(operand, detection, used);
    if (!tree.operands.empty()) return;
    if (tree.op == ConditionOp::identifier) {
      used.insert(tree.name);
      return;
    }
    for (const YamlNode& key : detection.keys) {
      if (selects(tree.name, key.text)) used.insert(key.text);
    }
  }

  void lint_operators(const YamlNode& condition) {
    std::string_view text = condition.text;
    for (const std::string_view word : base::split(text, ' ')) {
      const std::string lower = base::to_lower_ascii(word);
      if (lower == word || (lower != "and" && lower != "or" && lower != "not" && lower != "of"))
        continue;
      find("P054", condition, fmt::format("the operator `{}` should be lower case", word),
           "other engines refuse it");
      return;
    }
  }

  void lint_selections(const YamlNode& detection) {
    for (std::size_t i = 0; i < detection.keys.size(); ++i) {
      const std::string& name = detection.keys[i].text;
      if (name == "condition" || name == "timeframe" || name == "rules") continue;
      if (name.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") !=
          std::string::npos) {
        find("P055", detection.keys[i],
             fmt::format("no condition can name the selection `{}`", name),
             "use letters, digits, _ and -");
      }
      lint_selection(detection.items[i]);
    }
  }

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

  void lint_item(const YamlNode& key, const YamlNode& value) {
    const auto parts = base::split(key.text, '|');
    const auto has = [&](std::string_view modifier) {
      return std::find(parts.begin() + 1, parts.end(), modifier) != parts.end();
    };
    const std::string_view field = parts.front();
    if (has("all") && (value.is_scalar() || value.items.size() == 1)) {
      find("P041", key, "`all` with a single value", "remove `all`, or list the values");
    }
    if (has("re") && (has("contains") || has("startswith") || has("endswith"))) {
      find("P042", key, "`re` is searched anywhere as it is",
           "remove the modifier behind it; anchor with ^ and $");
    }
    if (scope_ == LintFor::sigma &&
        (field.substr(0, 9) == "UserData." || field.substr(0, 10) == "EventData.")) {
      find("P072", key, fmt::format("the full path `{}` is not portable", field),
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
      find("P040", value, fmt::format("`{}` is a text, though it looks like a number", text),
           fmt::format("quote it: '{}'", text));
    }
    if (has("re")) {
      constexpr std::size_t kUseful = 3;
      if (shortest_literal(text) < kUseful) {
        find("P043", value, "the expression has no literal of three characters",
             "name something that must occur; such an expression is tried on every event");
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
        find("P046", value, fmt::format("`contains: '{}'` finds nearly anything", text),
             "name at least three characters");
      }
    }
    const bool shaped =
        has("contains") || has("startswith") || has("endswith") || has("cidr") || encoded;
    const SigmaText tokens = parse_sigma_text(text);
    if (!shaped && tokens.size() == 3 && tokens[0].kind == TokenKind::any_run &&
        tokens[1].kind == TokenKind::text && tokens[2].kind == TokenKind::any_run &&
        !parts.front().empty()) {
      find("P045", value, "wildcards at both ends",
           fmt::format("write `{}|contains`", parts.front()));
    }
  }

  std::span<const RuleFile> files_;
  const CompiledRules& rules_;
  const LogSourceMap& sources_;
  LintFor scope_;
  const base::SourceText* source_ = nullptr;
  std::vector<Problem> found_;
};
}  // namespace

std::vector<Problem> lint(std::span<const RuleFile> files, const CompiledRules& rules,
                          const LogSourceMap& sources, LintFor scope) {
  return Linter(files, rules, sources, scope).run();
}

}  // namespace rdptriage::rule
