// A consumer that fails ends the reading of the case with what it threw, on however many threads.
#include "pipeline/read_case.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

using namespace rdptriage;
using namespace rdptriage::pipeline;

namespace {
constexpr int kFiles = 24;

Case case_of_files(unsigned jobs) {
  const std::filesystem::path folder =
      std::filesystem::path(RDPTRIAGE_BINARY_DIR) / "test-files/read_case_fails";
  std::filesystem::create_directories(folder);
  for (int i = 0; i < kFiles; ++i) {
    std::ofstream(folder / ("e" + std::to_string(100 + i) + ".jsonl"))
        << R"({"timestamp": "2026-11-20T09:00:00Z", "Channel": "System", "EventID": )" << i
        << "}\n";
  }
  CaseOptions options;
  options.jobs = jobs;
  options.sha256 = false;  // then files wait for those before them
  Case input(options);
  REQUIRE(input.add_path(folder));
  return input;
}

class Waiting final : public EventConsumer {
 public:
  explicit Waiting(bool fails) : fails_(fails) {}
  void set_turn(Turn& turn) override { turn_ = &turn; }
  reader::Flow event(EventView&) override {
    if (fails_) throw std::runtime_error("no memory");
    turn_->wait();
    return reader::Flow::go_on;
  }

 private:
  bool fails_;
  Turn* turn_ = nullptr;
};

void read_failing(unsigned jobs, const std::string& fails_at, int fails_when_taken) {
  int taken = 0;
  read_case(
      case_of_files(jobs), {[]() -> const reader::FormatSet* { return nullptr; }, nullptr, jobs},
      [&](const container::Artifact& artifact, std::string_view) -> std::unique_ptr<EventConsumer> {
        return std::make_unique<Waiting>(artifact.name == fails_at);
      },
      [&](std::uint32_t, std::unique_ptr<EventConsumer> consumer) {
        REQUIRE(consumer != nullptr);
        if (++taken == fails_when_taken) throw std::runtime_error("no memory");
      });
}
}  // namespace

TEST_CASE("read_case: what a consumer throws comes out, and no thread waits for it") {
  for (const unsigned jobs : {1U, 2U, 8U}) {
    INFO(jobs);
    for (const char* name : {"e100.jsonl", "e107.jsonl", "e123.jsonl"})
      CHECK_THROWS_AS(read_failing(jobs, name, 0), std::runtime_error);
    CHECK_THROWS_AS(read_failing(jobs, "", 5), std::runtime_error);
    CHECK_NOTHROW(read_failing(jobs, "", 0));
  }
}
