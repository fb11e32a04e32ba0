// Which sources a case has: what makes "not found" different from "not looked at".
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "rule/rule.hpp"

namespace rdptriage::diagnosis {

// Names as in `needs:` and `reads:` of causes: "client-trace", "client-disconnect",
// "windows/<service>" of rules/logsources.yml, and the capture categories.
class SourceSet {
 public:
  void add(std::string_view source) { names_.emplace(source); }
  bool has(std::string_view source) const { return names_.find(source) != names_.end(); }
  const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  std::set<std::string, std::less<>> names_;
};

// The source that a rule's log source is, "" for correlations.
std::string source_of(const rule::RuleInfo& rule);
// "terminalservices-gateway" → "gateway events …"; other names as they stand, in words.
std::string source_in_words(std::string_view source);

}  // namespace rdptriage::diagnosis
