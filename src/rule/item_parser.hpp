// `field|modifier|…: value` → Item. The one place that knows the modifiers of Sigma.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rule/rule_document.hpp"

namespace rdptriage::rule {

// What `%name%` stands for under the modifier expand.
using Placeholders = std::map<std::string, std::vector<std::string>, std::less<>>;

// Compiled expressions by text and flags; many rules share one.
class PatternCache {
 public:
  Result<std::shared_ptr<const base::Pattern>> get(std::string_view expression,
                                                   base::PatternFlags flags);

 private:
  std::unordered_map<std::string, std::shared_ptr<const base::Pattern>> known_;
};

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

// Every modifier, for messages and documentation.
std::span<const std::string_view> modifier_names();

}  // namespace rdptriage::rule
