// Which sources a case has: what makes "not found" different from "not looked at".
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rule/rule.hpp"

namespace rdptriage::diagnosis {

// From when to when one log of a machine goes. Captures have no span.
struct SourceSpan {
  std::string source;
  std::string computer;
  std::int64_t first = 0, last = 0;  // ticks, as the machine's clock showed them
};

// Names as in `needs:` and `reads:` of causes: "client-trace", "client-disconnect",
// "windows/<service>" of rules/logsources.yml, and the capture categories.
class SourceSet {
 public:
  void add(std::string_view source) { names_.emplace(source); }
  bool has(std::string_view source) const { return names_.find(source) != names_.end(); }
  const std::set<std::string, std::less<>>& names() const { return names_; }

  // A log of the source was given and holds no record.
  void add_empty(std::string_view source) { empty_.emplace(source); }
  // Sources of which nothing but empty logs were given.
  std::vector<std::string> empty() const;

  void add_span(SourceSpan span) { spans_.push_back(std::move(span)); }
  std::vector<SourceSpan>& spans() { return spans_; }
  const std::vector<SourceSpan>& spans() const { return spans_; }
  // When the oldest record of a source was written, when all of them are younger than `ticks` by
  // more than `slack`: the log has rolled over, or was cleared. Nothing when the source reaches
  // back that far, or has no times.
  std::optional<std::int64_t> begins_after(std::string_view source, std::int64_t ticks,
                                           std::int64_t slack) const;

 private:
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> empty_;
  std::vector<SourceSpan> spans_;
};

// The source that a rule's log source is, "" for correlations.
std::string source_of(const rule::RuleInfo& rule);
// "terminalservices-gateway" → "gateway events …"; other names as they stand, in words.
std::string source_in_words(std::string_view source);

}  // namespace rdptriage::diagnosis
