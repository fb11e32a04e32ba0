#include "rdptriage/names.hpp"

namespace rdptriage {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::complete:
      return "complete";
    case Status::partial:
      return "partial";
    case Status::failed:
      return "failed";
  }
  return "failed";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::diagnosed:
      return "diagnosed";
    case Verdict::suspected:
      return "suspected";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::no_failure_found:
      return "no_failure_found";
    case Verdict::not_analysable:
      return "not_analysable";
  }
  return "not_analysable";
}

std::string_view name_of(ConfidenceLabel label) {
  switch (label) {
    case ConfidenceLabel::confirmed:
      return "confirmed";
    case ConfidenceLabel::likely:
      return "likely";
    case ConfidenceLabel::possible:
      return "possible";
  }
  return "possible";
}

std::string_view name_of(Risk risk) {
  switch (risk) {
    case Risk::read_only:
      return "read_only";
    case Risk::reversible:
      return "reversible";
    case Risk::disruptive:
      return "disruptive";
    case Risk::lowers_security:
      return "lowers_security";
  }
  return "disruptive";
}

std::string_view name_of(StageState state) {
  switch (state) {
    case StageState::unknown:
      return "unknown";
    case StageState::passed:
      return "passed";
    case StageState::failed:
      return "failed";
    case StageState::not_reached:
      return "not_reached";
  }
  return "unknown";
}

std::string_view name_of(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::unknown:
      return "unknown";
    case AttemptOutcome::failed:
      return "failed";
    case AttemptOutcome::succeeded:
      return "succeeded";
  }
  return "unknown";
}

std::string_view name_of(ArtifactState state) {
  switch (state) {
    case ArtifactState::used:
      return "used";
    case ArtifactState::not_used:
      return "not_used";
    case ArtifactState::refused:
      return "refused";
    case ArtifactState::damaged:
      return "damaged";
  }
  return "refused";
}

std::string_view name_of(CoverageState state) {
  switch (state) {
    case CoverageState::present:
      return "present";
    case CoverageState::empty:
      return "empty";
    case CoverageState::rolled_over:
      return "rolled_over";
    case CoverageState::cleared:
      return "cleared";
    case CoverageState::gap:
      return "gap";
    case CoverageState::off:
      return "off";
    case CoverageState::collector_failed:
      return "collector_failed";
    case CoverageState::not_supplied:
      return "not_supplied";
  }
  return "not_supplied";
}

}  // namespace rdptriage
