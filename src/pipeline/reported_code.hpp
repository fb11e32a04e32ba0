// The code that the user saw in the dialog, as an event like any other.
#pragma once

#include <optional>
#include <string_view>

#include "pipeline/matching_consumer.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// "0x904/0x7", "0x904 0x7", "2308" → one disconnect event for the consumer. Nothing when the text
// is not of that form.
std::optional<ArtifactReport> report_code(std::string_view code, std::uint32_t artifact,
                                          MatchingConsumer& consumer);

}  // namespace rdptriage::pipeline
