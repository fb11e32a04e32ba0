#include "rule/rule.hpp"

#include "base/text.hpp"

namespace rdptriage::rule {

bool is_detection_rule_license(std::string_view license) {
  const std::string lower = base::to_lower_ascii(license);
  return lower.find("drl") != std::string::npos ||
         lower.find("detection rule license") != std::string::npos;
}

bool wants_author_named(const RuleInfo& rule) {
  if (rule.author.empty()) return false;
  // SigmaHQ's rules are under it and do not say so.
  return rule.license.empty() || is_detection_rule_license(rule.license);
}

}  // namespace rdptriage::rule
