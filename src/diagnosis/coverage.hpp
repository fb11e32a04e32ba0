// Which sources a case has, of whose machine and of what time: what makes "not found" different
// from "not looked at".
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rule/rule.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::diagnosis {

// Records of a log that follow each other without one missing in between.
struct RecordRun {
  std::uint64_t first_number = 0, last_number = 0;
  std::int64_t first = 0, last = 0;  // ticks
};

// From when to when one log of a machine goes. Captures have no span.
struct SourceSpan {
  std::string source;
  std::string computer;
  std::int64_t first = 0, last = 0;  // ticks, as the machine's clock showed them
  std::vector<RecordRun> runs;       // in the order of the file; empty when records have no number
  bool in_pieces = false;            // more runs than are kept
  std::uint32_t artifact = 0;
};

// Notes that a record of that number and time was read.
void add_record(SourceSpan& span, std::uint64_t number, std::int64_t ticks);
// Takes over what another reading of the same log, behind `into`, has noted.
void join_spans(SourceSpan& into, const SourceSpan& from);

// What some record or capture says of an event log.
struct LogState {
  enum class Kind : std::uint8_t { cleared, off };
  Kind kind = Kind::cleared;
  std::string source;
  std::optional<timeline::HostIndex> host;
  std::optional<std::int64_t> instant;
};

// Names as in `needs:` and `reads:` of causes: "client-trace", "client-disconnect",
// "windows/<service>" of rules/logsources.yml, and the capture categories.
class SourceSet {
 public:
  void add(std::string_view source) { names_.emplace(source); }
  bool has(std::string_view source) const { return names_.find(source) != names_.end(); }
  const std::set<std::string, std::less<>>& names() const { return names_; }

  // The artifact is (also) of that source.
  void add_holder(std::string_view source, std::uint32_t artifact) {
    holders_.emplace(source, artifact);
  }
  const std::set<std::pair<std::string, std::uint32_t>>& holders() const { return holders_; }

  // A log of the source was given and holds no record.
  void add_empty(std::string_view source) { empty_.emplace(source); }
  // Sources of which nothing but empty logs were given.
  std::vector<std::string> empty() const;

  // Whoever collected the files found no such log, or could not read it.
  void add_failed(std::string_view source) { failed_.emplace(source); }
  // Sources of which nothing was given but that word.
  std::vector<std::string> failed() const;

  void add_span(SourceSpan span) { spans_.push_back(std::move(span)); }
  std::vector<SourceSpan>& spans() { return spans_; }
  const std::vector<SourceSpan>& spans() const { return spans_; }

 private:
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> empty_, failed_;
  std::set<std::pair<std::string, std::uint32_t>> holders_;
  std::vector<SourceSpan> spans_;
};

// How far a source reaches an attempt. Only what `reaches` can say by its silence that something
// did not happen.
struct Reach {
  enum class Kind : std::uint8_t {
    reaches,
    gap,            // records of that time are missing
    begins_after,   // rolled over, or cleared
    other_machine,  // only of machines that play another part
    off,            // the log is switched off
    empty,
    missing,
  };
  Kind kind = Kind::missing;
  std::optional<timeline::HostIndex> host;
  std::int64_t from = 0, until = 0;  // the gap; where the log begins
  std::uint64_t records = 0;         // missing in the gap
  bool cleared = false;              // somebody cleared it, at `from`

  bool supplied() const { return kind < Kind::other_machine; }
};

class Coverage {
 public:
  // All three must outlive the coverage.
  Coverage(const SourceSet& sources, const timeline::Timeline& timeline,
           std::vector<LogState> states = {});

  // `role`: the part that the machine must play, "" = any. Without an attempt the time does not
  // matter.
  Reach of(std::string_view source, std::string_view role,
           std::optional<timeline::AttemptIndex> attempt) const;

  const SourceSet& sources() const { return *sources_; }

 private:
  struct Gap {
    std::int64_t from = 0, until = 0;
    std::uint64_t records = 0;
  };
  struct Holding {  // a source of one machine; spans of its logs
    std::string source;
    std::optional<timeline::HostIndex> host;
    std::optional<std::int64_t> first;  // unset: of no particular time
    std::vector<Gap> gaps;
  };

  bool plays(std::optional<timeline::HostIndex> host, std::string_view role,
             std::optional<timeline::AttemptIndex> attempt) const;
  Reach in_time(const Holding& holding, const timeline::AttemptRecord& attempt) const;
  const LogState* state_of(LogState::Kind kind, std::string_view source,
                           std::optional<timeline::HostIndex> host) const;

  const SourceSet* sources_;
  const timeline::Timeline* timeline_;
  std::vector<LogState> states_;
  std::vector<Holding> holdings_;  // by source, then machine
};

// The source that a rule's log source is, "" for correlations.
std::string source_of(const rule::RuleInfo& rule);
// "terminalservices-gateway" → "gateway events …"; other names as they stand, in words.
std::string source_in_words(std::string_view source);

}  // namespace rdptriage::diagnosis
