// What the parts of the linter share: the file they look at, and where findings go.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/lint.hpp"
#include "rule/log_source.hpp"

namespace rdptriage::rule {

struct LintContext {
  const CompiledRules& rules;
  const LogSourceMap& sources;
  LintFor scope;
  base::SourceText source;
  std::vector<Problem>& found;

  void find(std::string_view code, const base::YamlNode& at, std::string message,
            std::string help) {
    found.push_back(base::make_problem(code, source, at, std::move(message), "", std::move(help)));
  }
};

// Top-level keys, id, level, status, license, references and tests of a rule document.
void lint_header(LintContext& context, const base::YamlNode& root);
// Names, fields, modifiers and values of the selections of a detection or filter.
void lint_selections(LintContext& context, const base::YamlNode& selections,
                     const LogSource& source);

}  // namespace rdptriage::rule
