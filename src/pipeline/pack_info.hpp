// pack.yml: what a pack of rules says of itself as a whole.
#pragma once

#include <optional>
#include <string>

#include "base/problem.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::pipeline {

struct PackInfo {
  std::string version;             // "" when not given
  std::optional<Timestamp> date;   // when it was made, at midnight UTC
  std::optional<Problem> too_new;  // P038: it needs a newer program than this
};

// A text that is no YAML says nothing; its problem is reported where it is loaded as rules.
PackInfo read_pack_info(const base::SourceText& source);

}  // namespace rdptriage::pipeline
