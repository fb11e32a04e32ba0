// A rule set, loaded: what every rule is, and the programs that run them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rdptriage/problem.hpp"
#include "rule/rule.hpp"

namespace rdptriage::rule {

class MatchProgram;
class LogSourceMap;
struct RuleDocuments;
struct Correlation;

// A rule file in memory.
struct RuleFile {
  std::string_view path;  // as shown in messages
  std::string_view text;
  unsigned pack = 0;  // later packs may leave out rules of earlier ones
};

enum class LogSourceUse : std::uint8_t;

// Immutable; cheap to copy, safe to share between threads.
class CompiledRules {
 public:
  CompiledRules();

  // By RuleIndex: detections and correlations in the order of the files, then generated detections.
  std::span<const RuleInfo> rules() const;
  // By name, id (without case) or, for a rule with neither, title; null when there is none.
  const RuleInfo* find(std::string_view handle) const;
  // In the order in which they must be run: inner ones first.
  std::span<const Correlation> correlations() const;

  const MatchProgram& program() const;
  // As read; without the rules that were refused. Empty when they were dropped.
  const RuleDocuments& documents() const;
  // The detection or correlation document of a rule; position in documents().
  std::size_t document_of(RuleIndex rule) const;

 private:
  friend class RuleLoader;
  struct Data;
  std::shared_ptr<const Data> data_;
};

}  // namespace rdptriage::rule
