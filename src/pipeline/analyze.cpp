#include "rdptriage/analyze.hpp"

#include "pipeline/gather.hpp"
#include "pipeline/report_case.hpp"
#include "pipeline/rule_set_impl.hpp"

namespace rdptriage {

Report analyze(const Case& input, const RuleSet& rules) {
  const RuleSetImpl& set = rules.impl();
  pipeline::Gathered gathered = pipeline::gather(input, set);
  return pipeline::report_case(gathered, input.options(), set);
}

}  // namespace rdptriage
