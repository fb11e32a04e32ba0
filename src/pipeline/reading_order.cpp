#include "pipeline/reading_order.hpp"

#include "base/text.hpp"

namespace rdptriage::pipeline {

Round round_of(const container::ListedFile& file) {
  if (file.opens_bundle()) return Round::bundle;
  return base::to_lower_ascii(file.artifact.name).ends_with(".csv") ? Round::list : Round::log;
}

}  // namespace rdptriage::pipeline
