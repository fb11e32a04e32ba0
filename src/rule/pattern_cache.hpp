// Compiled expressions by text and flags; many rules share one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/pattern.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::rule {

class PatternCache {
 public:
  Result<std::shared_ptr<const base::Pattern>> get(std::string_view expression,
                                                   base::PatternFlags flags);

 private:
  std::unordered_map<std::string, std::shared_ptr<const base::Pattern>> known_;
};

}  // namespace rdptriage::rule
