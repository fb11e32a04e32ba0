// The report's enumerations as the words that JSON and every other format show.
#pragma once

#include <string_view>

#include "rdptriage/report.hpp"

namespace rdptriage {

std::string_view name_of(Status status);
std::string_view name_of(Verdict verdict);
std::string_view name_of(ConfidenceLabel label);
std::string_view name_of(Risk risk);
std::string_view name_of(StageState state);
std::string_view name_of(AttemptOutcome outcome);
std::string_view name_of(ArtifactState state);
std::string_view name_of(CoverageState state);

}  // namespace rdptriage
