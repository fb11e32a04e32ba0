// What the readers of rule documents share: the file, where problems go, and the parts that occur
// in more than one kind of document.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rule/item_parser.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

struct DocumentContext {
  const base::SourceText& source;
  std::size_t file;
  const Placeholders& placeholders;
  PatternCache& patterns;
  std::vector<Problem>& problems;

  void problem(std::string_view code, const base::YamlNode& node, std::string message,
               std::string_view label = {}, std::string help = {}) {
    problems.push_back(
        base::make_problem(code, source, node, std::move(message), label, std::move(help)));
  }

  // A member that is a text; "" when absent. P012 when it is something else.
  std::string text(const base::YamlNode& owner, std::string_view key);
  // A member that is a text or a list of texts.
  std::vector<std::string> texts(const base::YamlNode& owner, std::string_view key);
  // P013 for every key that is not `known`.
  void check_keys(const base::YamlNode& map, std::span<const std::string_view> known,
                  std::string_view where);

  RuleInfo read_info(const base::YamlNode& root, RuleKind kind);
  LogSource read_source(const base::YamlNode& root);
  // The selections and the condition below `key`; `skipped` are members with another meaning.
  Detection read_detection(const base::YamlNode& root, std::string_view key,
                           std::span<const std::string_view> skipped);
  std::optional<Selection> read_selection(const base::YamlNode& key, const base::YamlNode& node);
  std::optional<ConditionText> read_condition(const base::YamlNode& node);
  // A part of a scalar, as exactly as the way it is written allows.
  static base::SourceMark inside(const base::YamlNode& node, std::size_t offset,
                                 std::size_t length);

 private:
  void check_names(const Condition& tree, const base::YamlNode& detection,
                   const base::YamlNode& text, std::span<const std::string_view> skipped);
};

}  // namespace rdptriage::rule
