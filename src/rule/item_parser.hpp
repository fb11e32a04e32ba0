// `field|modifier|…: value` → Item.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rule/pattern_cache.hpp"
#include "rule/placeholders.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

struct ItemContext {
  const base::SourceText& source;
  const Placeholders& placeholders;
  PatternCache& patterns;
  std::vector<Problem>& problems;
};

// Nothing when the item is refused; the reasons are in `context.problems`.
std::optional<Item> parse_item(const base::YamlNode& key, const base::YamlNode& value,
                               ItemContext& context);
// Keywords: values without a field.
std::optional<Item> parse_keywords(std::span<const base::YamlNode> values, base::SourceMark mark,
                                   ItemContext& context);

}  // namespace rdptriage::rule
