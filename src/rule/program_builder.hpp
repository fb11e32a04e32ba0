// Compiles detections into a MatchProgram.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "rule/log_source.hpp"
#include "rule/match_program.hpp"

namespace rdptriage::rule {

enum class LogSourceUse : std::uint8_t { ignore, apply };

class ProgramBuilder {
 public:
  ProgramBuilder(const LogSourceMap& sources, LogSourceUse use);

  // `filters`: conditions that must hold besides the rule's own.
  void add(RuleIndex rule, const LogSource& source, const Detection& detection,
           const std::vector<const Detection*>& filters);
  std::shared_ptr<const MatchProgram> finish();

 private:
  using Renames = std::vector<std::pair<std::string, std::string>>;

  Operand compile(const Detection& detection, const Renames& renames);
  Operand compile(const Condition& condition, const Detection& detection, const Renames& renames);
  Operand compile(const Selection& selection, const Renames& renames);
  Operand compile(const Item& item, const Renames& renames);
  Operand predicate(const std::string& field, const ValueTest& test, const Renames& renames);
  Operand join(NodeOp op, std::vector<Operand> operands);
  FieldId field_id(const std::string& name, const Renames& renames);
  unsigned cost(Operand operand) const;
  void add_variant(RuleIndex rule, const LogSourceAlternative& alternative, Operand root);
  std::uint32_t channel_class(const std::string& folded);

  const LogSourceMap& sources_;
  LogSourceUse use_;
  std::shared_ptr<MatchProgram> program_;
  std::unordered_map<std::string, PredicateId> predicate_ids_;
  std::string key_;  // of the one that is looked up
  std::unordered_map<std::string, Operand> node_ids_;
  std::vector<unsigned> node_costs_;
  std::map<std::string, std::vector<LogSourceAlternative>> resolved_;
};

}  // namespace rdptriage::rule
