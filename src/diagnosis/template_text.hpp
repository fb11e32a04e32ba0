// Texts of rule files with places for values: "HTTP {status} for the gateway {gateway|unknown}".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rdptriage/function_ref.hpp"

namespace rdptriage::diagnosis {

// Replaces every {name} by its value, {name|default} by the default where there is none, and {name}
// alone by "unknown". A brace that opens no such name stays as it is. A value is put on one line:
// it comes from a log, and a line of its own would read as if the rule had said it.
std::string fill_template(std::string_view text,
                          FunctionRef<std::optional<std::string>(std::string_view)> value_of);

}  // namespace rdptriage::diagnosis
