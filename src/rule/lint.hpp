// What is doubtful in rules that load: likely mistakes, dead parts, what other engines would not
// understand. The codes are in docs/rule-format.md.
#pragma once

#include <span>
#include <vector>

#include "rdptriage/problem.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/log_source.hpp"

namespace rdptriage::rule {

enum class LintFor : std::uint8_t { own, sigma };

// `files` are those that `rules` was loaded from. Findings come by file and line.
std::vector<Problem> lint(std::span<const RuleFile> files, const CompiledRules& rules,
                          const LogSourceMap& sources, LintFor scope);

}  // namespace rdptriage::rule
