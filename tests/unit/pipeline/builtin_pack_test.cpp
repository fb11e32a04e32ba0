#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rule_set.hpp"
#include "support/catch.hpp"

using rdptriage::RuleSet;

TEST_CASE("the embedded pack has no problems") {
  std::string text;
  for (const auto& problem : RuleSet::builtin().impl().problems()) text += problem.text + "\n";
  CHECK(text == "");
}
