// What an RE2 expression cannot match without: the literals by which a rule is found among many.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::rule {

// Every match contains at least one of these texts, if case is ignored; nothing when there is no
// such list, or it cannot be told. REQUIRES: an expression that RE2 accepts.
std::optional<std::vector<std::string>> required_literals(std::string_view expression);

}  // namespace rdptriage::rule
