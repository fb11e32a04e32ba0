#include "rule/compiled_rules.hpp"

#include "base/case_fold.hpp"
#include "rule/compiled_rules_data.hpp"
#include "rule/match_program.hpp"

namespace rdptriage::rule {

CompiledRules::CompiledRules() {
  static const auto empty = [] {
    auto data = std::make_shared<Data>();
    data->program = std::make_shared<MatchProgram>();
    return data;
  }();
  data_ = empty;
}

std::span<const RuleInfo> CompiledRules::rules() const { return data_->rules; }
std::span<const Correlation> CompiledRules::correlations() const { return data_->correlations; }
const MatchProgram& CompiledRules::program() const { return *data_->program; }
const RuleDocuments& CompiledRules::documents() const { return data_->documents; }
std::size_t CompiledRules::document_of(RuleIndex rule) const { return data_->document_of[rule]; }

const RuleInfo* CompiledRules::find(std::string_view handle) const {
  const auto known = data_->handles.find(base::fold_case(handle));
  return known == data_->handles.end() ? nullptr : &data_->rules[known->second];
}

}  // namespace rdptriage::rule
