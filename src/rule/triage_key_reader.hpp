// The extra top-level key `rdptriage:` of detections and correlations (docs/rule-format.md).
#pragma once

#include "rule/document_context.hpp"

namespace rdptriage::rule {

void read_triage_key(DocumentContext& context, const base::YamlNode& root, DetectionDocument& rule);
void read_triage_key(DocumentContext& context, const base::YamlNode& root,
                     CorrelationDocument& rule);

}  // namespace rdptriage::rule
