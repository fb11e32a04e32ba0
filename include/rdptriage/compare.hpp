// Two reports of the same trouble, before and after a change: what is gone, what is new, and
// whether the connection gets further than before.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/report.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage {

enum class Change : std::uint8_t {
  fixed,         // failed before, connections work now
  further,       // still fails, but at a later stage or for the next cause
  unchanged,     // the same cause at the same stage
  different,     // another cause, and nothing shows which is further on the way
  worse,         // it stops earlier than before, or worked before
  still_fine,    // no failure in either
  not_compared,  // one of the two says nothing about a connection
};

struct CauseChange {
  std::string cause, title;
  std::string before, after;  // the label of the confidence; empty: not named
};

struct Comparison {
  Change change = Change::not_compared;
  std::string headline;  // one sentence, for people
  std::string verdict_before, verdict_after;
  std::string stopped_before, stopped_after;  // stages; empty: unknown or none
  std::vector<CauseChange> gone, stayed, added;
  std::vector<std::string> findings_gone, findings_added;  // "title (rule)"
  std::uint64_t failed_before = 0, failed_after = 0;       // attempts
  std::uint64_t succeeded_before = 0, succeeded_after = 0;
};

Comparison compare_reports(const Report& before, const Report& after);

// Writes the comparison as "text", "json" or "markdown". Fails on another format.
Result<void> write_comparison(const Comparison& comparison, std::string_view format,
                              std::ostream& out);

}  // namespace rdptriage
