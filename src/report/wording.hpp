// The sentences that every format shares, so that a page, a ticket and a terminal say the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/report.hpp"

namespace rdptriage::report {

// The verdict as one line: the first cause's title, or what is known without one.
std::string headline(const Report& report);

// "confirmed · gateway-http.502"
std::string confidence_line(const Diagnosis& diagnosis);

// The evidence with this id, or null.
const Evidence* find_evidence(const Report& report, std::string_view id);
const Host* find_host(const Report& report, std::string_view id);
const ArtifactReport* find_artifact(const Report& report, std::string_view id);

// "PC-17", else the artifact's name; never empty when the evidence names one.
std::string place_of(const Report& report, const Evidence& evidence);

// "2026-11-20 08:11:52.103 UTC", the original text where there is no instant, "" when unknown.
std::string time_of(const Evidence& evidence);

// "line 17", "record 48812", "" when unknown.
std::string position_of(const Evidence& evidence);

// The machine to collect on: its name, else its role, else "".
std::string place_of(const Report& report, const CollectNext& next);

// "5 of 7 files used", with what was refused or damaged when there is any.
std::string files_line(const Report& report);

// The attempt that the answer is about: the one of the first diagnosis, else the first that failed,
// else the first.
const Attempt* shown_attempt(const Report& report);

// "09:20:11 a later attempt of the same client to this host succeeded", where the shown attempt
// failed and the same client or user got in since, with no failure behind that; else "".
std::string success_since(const Report& report);

// "the clock of PC-17 is taken to be 38 min slow", where the attempt of the first diagnosis was put
// together with a clock that is minutes off; else "".
std::string clock_line(const Report& report);

// The two above, those that there are, for formats without labels of their own.
std::vector<std::string> remarks(const Report& report);

}  // namespace rdptriage::report
