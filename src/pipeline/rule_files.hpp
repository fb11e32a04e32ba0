// Rule files of a selection, read and compiled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rdptriage/rules.hpp"
#include "rule/rule_loader.hpp"

namespace rdptriage::pipeline {

// The texts of the files and what was made of them; problems are not yet judged.
struct SelectedRules {
  // When nothing but the rules is needed any more.
  void drop_texts();

  std::vector<std::pair<std::string, std::string>> owned;  // path, text
  std::vector<rule::RuleFile> files;
  std::vector<rule::RuleFile> log_source_files;
  std::vector<rule::RuleFile> format_files;  // those of `files` that hold text formats
  rule::LoadedRules loaded;
};

// Fails when a file cannot be read or --placeholders is not what it should be.
Result<std::unique_ptr<SelectedRules>> load_selection(
    const RuleSelection& selection, rule::Documents documents = rule::Documents::kept);

// RULES_REFUSED with all messages when there are problems and the selection says refuse.
Result<void> check_problems(const RuleSelection& selection, const std::vector<Problem>& problems);

}  // namespace rdptriage::pipeline
