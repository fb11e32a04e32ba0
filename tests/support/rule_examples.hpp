// The events of the rules' own tests, as JSON lines that a case can hold.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/yaml.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rule_set.hpp"

namespace rdptriage::test {

// The events of each rule's first test that matches.
class RuleExamples {
 public:
  static const RuleExamples& builtin();
  static const RuleSetImpl& pack() { return RuleSet::builtin().impl(); }

  // Nothing for a rule without such a test.
  const std::vector<std::string>& of(const std::string& rule) const;

 private:
  RuleExamples();
  void take(const base::YamlNode& document);

  std::map<std::string, std::vector<std::string>> lines_;
};

}  // namespace rdptriage::test
