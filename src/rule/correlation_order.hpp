// Which correlations can be run, and in which order: inner ones first.
#pragma once

#include <vector>

#include "rule/rule_names.hpp"

namespace rdptriage::rule {

// Drops correlations whose references do not hold, those in a cycle, and those that build on a
// dropped one, each with its problem. Returns positions in what is left.
std::vector<std::size_t> order_correlations(std::vector<CorrelationDocument>& documents,
                                            RuleNames& names, LoadContext& context);

}  // namespace rdptriage::rule
