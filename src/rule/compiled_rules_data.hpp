// What CompiledRules holds; for the loader that fills it.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "rule/compiled_rules.hpp"
#include "rule/correlation.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

struct CompiledRules::Data {
  std::vector<RuleInfo> rules;
  std::unordered_map<std::string, RuleIndex> handles;  // folded
  std::vector<Correlation> correlations;
  std::shared_ptr<const MatchProgram> program;
  RuleDocuments documents;
  std::vector<std::size_t> document_of;
};

}  // namespace rdptriage::rule
