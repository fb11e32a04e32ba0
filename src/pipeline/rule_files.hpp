// Rule files of a selection, read and compiled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rules.hpp"
#include "rule/rule_loader.hpp"

namespace rdptriage::pipeline {

// The texts of the files and what was made of them; problems are not yet judged.
struct SelectedRules {
  // When nothing but the rules is needed any more.
  void drop_texts();
  // Of texts: the built-in ones and those of the files.
  const reader::FormatSet* text_formats() const;

  std::vector<std::pair<std::string, std::string>> owned;  // path, text
  std::vector<PackPart> parts;  // of those in `owned`, but the map of --logsource-map
  std::vector<rule::RuleFile> files;
  std::vector<rule::RuleFile> log_source_files;
  rule::Placeholders placeholders;
  rule::LoadedRules loaded;
  std::unique_ptr<RuleSetImpl> own_formats;  // with the built-in ones; null when there are none
};

// Fails when a file cannot be read or --placeholders is not what it should be.
Result<std::unique_ptr<SelectedRules>> load_selection(
    const RuleSelection& selection, rule::Documents documents = rule::Documents::kept);

// RULES_REFUSED with all messages when there are problems and the selection says refuse.
Result<void> check_problems(const RuleSelection& selection, const std::vector<Problem>& problems);

}  // namespace rdptriage::pipeline
