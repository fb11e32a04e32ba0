// Which rules stand back where another one matched: `rdptriage.supersedes`.
#pragma once

#include <span>

#include "rule/rule_names.hpp"

namespace rdptriage::rule {

// The rules that each document supersedes, by index. Words that no rule has are left to lint, like
// those of `disable`. P027 for a document in a circle, where no rule would be left to speak.
void resolve_supersedes(const RuleDocuments& documents, const RuleNames& names,
                        std::span<RuleInfo> rules, LoadContext& context);

}  // namespace rdptriage::rule
