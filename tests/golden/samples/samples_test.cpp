// Every folder of samples/: its files are what its script makes of them, the report is the one that
// is kept beside them, and it says what the script asks for.
#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "rdptriage/names.hpp"
#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/scenario.hpp"

namespace fs = std::filesystem;
using namespace rdptriage;

namespace {
const fs::path kSamples = fs::path(RDPTRIAGE_SOURCE_DIR) / "samples";

std::vector<fs::path> folders() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(kSamples)) {
    if (entry.is_directory()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string_view as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string written(const Report& report, std::string_view format) {
  std::ostringstream out;
  REQUIRE(write_report(report, format, out));
  return out.str();
}
}  // namespace

TEST_CASE("samples: every folder has a script, a README and a case") {
  REQUIRE(folders().size() >= 8);
  for (const fs::path& folder : folders()) {
    INFO(folder.filename().string());
    CHECK(fs::exists(folder / "script.yml"));
    CHECK(fs::exists(folder / "README.md"));
  }
}

TEST_CASE("samples: the files of a case are what its script says") {
  for (const fs::path& folder : folders()) {
    const auto scripts = test::load_scenarios(folder / "script.yml");
    REQUIRE(scripts.size() == 1);
    std::set<fs::path> made;
    for (const test::ScenarioFile& file : scripts.front().files) {
      CHECK(test::compare_golden(folder / "case" / file.path, as_text(file.bytes)) == "");
      made.insert(folder / "case" / file.path);
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder / "case")) {
      INFO(entry.path().string() << " is not in the script");
      CHECK((entry.is_directory() || made.count(entry.path()) == 1));
    }
  }
}

TEST_CASE("samples: the report is the one that is kept") {
  const fs::path before = fs::current_path();
  for (const fs::path& folder : folders()) {
    const std::string name = folder.filename().string();
    INFO(name);
    fs::current_path(folder);  // the paths in the report are as the user types them
    CaseOptions options;
    options.case_id = name;
    Case input(options);
    REQUIRE(input.add_path("case"));
    Report report = analyze(input);
    fs::current_path(before);
    // What changes with every release, and with rules that have nothing to do with the case.
    report.tool_version.clear();
    report.rules_version.clear();
    report.rules_sha256.clear();
    report.rules_matched = 0;
    report.rules_not_matched = 0;
    report.rules_not_evaluated.clear();
    CHECK(test::compare_golden(folder / "expected.txt", written(report, "text")) == "");
    CHECK(test::compare_golden(folder / "expected.json", written(report, "json")) == "");

    const test::Expectation expect = test::load_scenarios(folder / "script.yml").front().expect;
    const std::string verdict(name_of(report.verdict));
    CHECK(std::count(expect.verdicts.begin(), expect.verdicts.end(), verdict) == 1);
    if (!expect.cause.empty()) {
      REQUIRE(!report.diagnoses.empty());
      CHECK(report.diagnoses.front().cause == expect.cause);
    }
  }
}
