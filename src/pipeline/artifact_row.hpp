// The row of one artifact in a report or a summary, and the words for what became of it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "container/artifact.hpp"
#include "container/sniff.hpp"
#include "rdptriage/notice.hpp"
#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// Not used yet; identified and placed.
ArtifactReport artifact_row(const container::Artifact& artifact);

// Puts down what the first bytes said: of no use here, or refused by kind.
void judge_sniffed(const container::Sniffed& why, ArtifactReport& row);

// Why no reader wants it. A name that promises a log deserves a word more.
std::string why_no_reader(std::span<const std::byte> head, std::string_view name);

// A notice about `row` without the path, which the row has.
std::string reason_of(const Notice& notice, const ArtifactReport& row);

}  // namespace rdptriage::pipeline
