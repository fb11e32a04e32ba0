// All causes of a rule set, checked against its rules and against each other.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "diagnosis/cause.hpp"
#include "diagnosis/cause_test.hpp"
#include "rdptriage/function_ref.hpp"

namespace rdptriage::diagnosis {

// What the loader asks of the rules.
struct RuleNames {
  FunctionRef<std::optional<rule::RuleIndex>(std::string_view)> find;  // by name, id or title
  FunctionRef<std::vector<std::string_view>()> all;                    // for "did you mean"
};

class CauseSet {
 public:
  // `files` are all cause files; one named `_collect.yml` holds the general collection list.
  // Everything that is wrong goes to `problems`; what is right is in the set nevertheless.
  static CauseSet load(std::span<const base::SourceText> files, const RuleNames& rules,
                       std::vector<Problem>& problems);

  const std::vector<Cause>& causes() const { return causes_; }
  const std::vector<CollectItem>& general_collect() const { return general_collect_; }
  const std::vector<CauseTest>& tests() const { return tests_; }
  std::optional<CauseIndex> find(std::string_view id) const;
  // Causes before the causes whose evidence they may explain away.
  const std::vector<CauseIndex>& explaining_order() const { return order_; }
  // Rules that some cause names as evidence, sorted: they stay findings of their own even when a
  // correlation has used them up.
  const std::vector<rule::RuleIndex>& evidence_rules() const { return evidence_rules_; }

 private:
  friend class CauseLoader;
  std::vector<Cause> causes_;  // sorted by id
  std::vector<CollectItem> general_collect_;
  std::vector<CauseTest> tests_;
  std::vector<CauseIndex> order_;
  std::vector<rule::RuleIndex> evidence_rules_;
};

}  // namespace rdptriage::diagnosis
