// Client traces written for this test, in the prefixes, levels and orders that real ones come in:
// each must get the verdict and the first named cause of cases.tsv.
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "rdptriage/analyze.hpp"
#include "rdptriage/names.hpp"
#include "support/catch.hpp"

using namespace rdptriage;

namespace {
namespace fs = std::filesystem;

const fs::path kFolder = fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/golden/client-trace";

struct Expected {
  std::string file, verdict, cause;  // cause: "-" when none may be named as proven or likely
};

std::vector<Expected> expected_cases() {
  std::ifstream table(kFolder / "cases.tsv");
  std::vector<Expected> cases;
  std::string line;
  std::getline(table, line);  // the heading
  while (std::getline(table, line)) {
    std::istringstream row(line);
    Expected expected;
    std::getline(row, expected.file, '\t');
    std::getline(row, expected.verdict, '\t');
    std::getline(row, expected.cause, '\t');
    cases.push_back(expected);
  }
  return cases;
}

std::string first_firm_cause(const Report& report) {
  if (report.diagnoses.empty()) return "-";
  const Diagnosis& first = report.diagnoses.front();
  return first.confidence.label == ConfidenceLabel::possible ? "-" : first.cause;
}
}  // namespace

TEST_CASE("client traces: verdict and first cause are those of cases.tsv") {
  const std::array<fs::path, 1> pack = {fs::path(RDPTRIAGE_SOURCE_DIR) / "rules"};
  const auto rules = RuleSet::load(pack, RuleSet::Base::none);
  REQUIRE(rules);
  const std::vector<Expected> cases = expected_cases();
  REQUIRE(cases.size() > 50);
  for (const Expected& expected : cases) {
    INFO(expected.file);
    Case input;
    REQUIRE(input.add_path(kFolder / expected.file));
    const Report report = analyze(input, *rules);
    REQUIRE(report.artifacts.size() == 1);
    CHECK(name_of(report.verdict) == expected.verdict);
    CHECK(first_firm_cause(report) == expected.cause);
  }
}
