// Explanations as pages to read in a terminal.
#pragma once

#include <string>
#include <vector>

#include "rdptriage/explain.hpp"

namespace rdptriage::cli {

std::string explanation_text(const std::vector<Explanation>& answers, unsigned columns);

}  // namespace rdptriage::cli
