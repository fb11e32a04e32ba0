#include "rule/pattern_cache.hpp"

namespace rdptriage::rule {

Result<std::shared_ptr<const base::Pattern>> PatternCache::get(std::string_view expression,
                                                               base::PatternFlags flags) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(flags)));
  key += expression;
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  RDPTRIAGE_TRY(base::Pattern pattern, base::Pattern::compile(expression, flags));
  auto shared = std::make_shared<const base::Pattern>(std::move(pattern));
  known_.emplace(std::move(key), shared);
  return shared;
}

}  // namespace rdptriage::rule
