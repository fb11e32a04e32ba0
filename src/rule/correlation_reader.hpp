// The key `correlation:` of correlation documents.
#pragma once

#include "rule/document_context.hpp"

namespace rdptriage::rule {

void read_correlation(DocumentContext& context, const base::YamlNode& root,
                      CorrelationDocument& rule);

bool is_temporal(CorrelationType type);
// Comparisons that become true with one more event and stay so: they slide event by event.
bool is_monotonic(const std::vector<Threshold>& thresholds);

}  // namespace rdptriage::rule
