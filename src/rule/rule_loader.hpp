// Rule files → CompiledRules.
#pragma once

#include <span>
#include <vector>

#include "rule/compiled_rules.hpp"
#include "rule/correlation.hpp"
#include "rule/item_parser.hpp"
#include "rule/log_source.hpp"
#include "rule/program_builder.hpp"

namespace rdptriage::rule {

// What rules were made of: needed to explain and to judge them, not to run them.
enum class Documents : std::uint8_t { kept, dropped };

struct LoadOptions {
  LogSourceUse log_sources = LogSourceUse::apply;
  // rules/logsources.yml or the user's map; files, so that mistakes in them have a place.
  std::span<const RuleFile> log_source_files;
  Placeholders placeholders;
  Documents documents = Documents::kept;
};

// `problems` lists everything that is wrong with any of the files; the rules are those that are
// right. Whether to go on with some of them is the caller's decision.
struct LoadedRules {
  CompiledRules rules;
  std::vector<Problem> problems;
};
LoadedRules load_rules(std::span<const RuleFile> files, const LoadOptions& options = {});

// Whether the filter's condition is part of the rule's.
bool applies_to(const FilterDocument& filter, const DetectionDocument& rule);

}  // namespace rdptriage::rule
