// A capture that does not say whose it is, beside connections that all went well, accuses nobody:
// whatever machine it shows, it was not in the way of what succeeded.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rdptriage/rdptriage.hpp"
#include "support/catch.hpp"
#include "support/confusion.hpp"
#include "support/scenario.hpp"

using namespace rdptriage;
using namespace rdptriage::test;
namespace fs = std::filesystem;

namespace {
constexpr std::string_view kGoodTrace =
    "[05:11:49:775] [28162:28163] [DEBUG][com.freerdp.core] - connecting to peer 10.20.30.9\n"
    "[05:11:49:790] [28162:28163] [DEBUG][com.freerdp.core.nego] - Negotiated NLA security\n"
    "[05:11:50:395] [28162:28163] [INFO][com.freerdp.gdi] - Local framebuffer format  "
    "PIXEL_FORMAT_BGRX32\n"
    "[05:55:00:392] [28162:28162] [ERROR][com.freerdp.utils] - Caught signal 'Terminated' [15]\n";

enum class Healthy { client_trace, host_logs, both };
constexpr std::pair<Healthy, const char*> kHealthy[] = {{Healthy::client_trace, "a good trace"},
                                                        {Healthy::host_logs, "good host logs"},
                                                        {Healthy::both, "both"}};

struct Capture {
  std::string from;
  std::vector<std::byte> bytes;
};

std::vector<std::byte> read_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

std::vector<fs::path> files_below(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == extension)
      out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Report analyze_capture(const Capture* capture, Healthy healthy) {
  static const std::vector<ScenarioFile> host =
      load_scenarios(fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/scenarios/noise/healthy-host.yml")[0]
          .files;
  CaseOptions options;
  options.jobs = 1;
  options.sha256 = false;
  Case input(options);
  if (capture != nullptr) REQUIRE(input.add_bytes("output.txt", capture->bytes));
  if (healthy != Healthy::host_logs) {
    REQUIRE(input.add_bytes("client.log",
                            std::as_bytes(std::span(kGoodTrace.data(), kGoodTrace.size()))));
  }
  if (healthy != Healthy::client_trace) {
    for (const ScenarioFile& file : host) REQUIRE(input.add_bytes(file.path, file.bytes));
  }
  return analyze(input);
}

// Whether the program took the file for a capture that names no machine and tells of no attempt.
bool is_nameless(const Capture& capture, Healthy healthy) {
  const Report without = analyze_capture(nullptr, healthy);
  const Report with = analyze_capture(&capture, healthy);
  return with.hosts.size() == without.hosts.size() &&
         with.attempts.size() == without.attempts.size();
}

std::size_t check(const std::vector<Capture>& captures) {
  std::size_t checked = 0;
  for (const Capture& capture : captures) {
    for (const auto& [healthy, name] : kHealthy) {
      if (!is_nameless(capture, healthy)) continue;
      const Report report = analyze_capture(&capture, healthy);
      ++checked;
      INFO(fmt::format("{} beside {}: {}", capture.from, name, first_of(report)));
      CHECK(std::none_of(report.diagnoses.begin(), report.diagnoses.end(), is_firm));
      for (const Attempt& attempt : report.attempts)
        CHECK(attempt.outcome == AttemptOutcome::succeeded);
    }
  }
  return checked;
}
}  // namespace

TEST_CASE("The healthy connections by themselves succeed") {
  for (const auto& [healthy, name] : kHealthy) {
    INFO(name);
    const Report report = analyze_capture(nullptr, healthy);
    CHECK(report.verdict == Verdict::no_failure_found);
    CHECK_FALSE(report.attempts.empty());
  }
}

TEST_CASE("A capture without a name accuses nobody beside connections that succeeded") {
  std::vector<Capture> captures;
  const fs::path tests = fs::path(RDPTRIAGE_SOURCE_DIR) / "tests";
  for (const fs::path& file : files_below(tests / "golden/readers", ".in"))
    captures.push_back({file.filename().string(), read_bytes(file)});
  for (const fs::path& file : files_below(tests / "scenarios", ".yml")) {
    const auto stem = file.stem();
    if (stem == "logs" || file.parent_path().filename() != "scenarios") continue;
    for (const Scenario& scenario : load_scenarios(file)) {
      for (const ScenarioFile& part : scenario.files) {
        const auto extension = fs::path(part.path).extension();
        if (extension != ".txt") continue;
        captures.push_back({scenario.name + ": " + part.path, part.bytes});
      }
    }
  }
  const std::size_t checked = check(captures);
  CHECK(checked > 100);
  fmt::print("captures without a name: {} cases accuse nobody\n", checked);
}

TEST_CASE("No capture of the corpora accuses anybody beside connections that succeeded") {
  const fs::path folder = fs::path(RDPTRIAGE_CORPORA_DIR) / "captures";
  if (!fs::exists(folder)) {
    WARN("no corpora: skipped");
    return;
  }
  std::vector<Capture> captures;
  for (const fs::path& file : files_below(folder, ".txt"))
    captures.push_back({file.filename().string(), read_bytes(file)});
  fmt::print("captures of the corpora: {} cases accuse nobody\n", check(captures));
}
