// A whole JSON document of the writers that build one before they write it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "rdptriage/safe_text.hpp"

namespace rdptriage::report {

// Indented, with a line feed at its end. What is not UTF-8 is replaced, nothing in it acts on a
// terminal.
inline std::string write_document(const nlohmann::ordered_json& document) {
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return safe_json(document.dump(2, ' ', false, kReplace)) + '\n';
}

}  // namespace rdptriage::report
