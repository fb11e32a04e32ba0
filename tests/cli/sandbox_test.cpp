// The sandbox itself, in a child process: what it takes away is gone for good.
#include "cli/sandbox.hpp"

#if defined(__linux__)

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "support/catch.hpp"

using namespace rdptriage::cli;
namespace fs = std::filesystem;

namespace {
// Bits of what still worked inside.
enum Worked : int {
  kNetwork = 1,
  kProgram = 2,
  kChild = 4,
  kOtherFile = 8,
  kNoOutput = 16,
  kNoReading = 32,
  kNoThread = 64
};

int probe(const fs::path& outputs, const fs::path& elsewhere, bool full) {
  int worked = 0;
  if (socket(AF_INET, SOCK_STREAM, 0) >= 0) worked |= kNetwork;
  if (fork() >= 0) worked |= kChild;
  const auto can_write = [](const fs::path& path) {
    return open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
  };
  if (full && can_write(elsewhere / "planted")) worked |= kOtherFile;
  if (!can_write(outputs / "report.json")) worked |= kNoOutput;
  if (open("/proc/self/status", O_RDONLY | O_CLOEXEC) < 0) worked |= kNoReading;
  bool ran = false;
  std::thread([&] { ran = socket(AF_INET, SOCK_STREAM, 0) < 0; }).join();
  if (!ran) worked |= kNoThread;
  execl("/bin/true", "true", static_cast<char*>(nullptr));
  if (errno != EPERM && errno != EACCES) worked |= kProgram;
  return worked;
}
}  // namespace

TEST_CASE("sandbox: no network, no other program, no file but the outputs") {
  const fs::path base =
      fs::temp_directory_path() / ("rdptriage-sandbox-" + std::to_string(getpid()));
  const fs::path outputs = base / "out", elsewhere = base / "elsewhere";
  fs::create_directories(outputs);
  fs::create_directories(elsewhere);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::array<fs::path, 1> writable{outputs};
    const Confinement got = enter_sandbox(writable);
    if (got == Confinement::none) _exit(200);
    _exit(probe(outputs, elsewhere, got == Confinement::full));
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  fs::remove_all(base);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 200) {
    WARN("this system offers no sandbox");
    return;
  }
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("sandbox: memory has an end that an allocation meets, not the machine") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    limit_memory();
    rlimit limit{};
    getrlimit(RLIMIT_DATA, &limit);
    const bool capped = limit.rlim_cur <= kMostMemory;
    void* const much = std::malloc(kMostMemory + (std::size_t{1} << 30));
    void* const little = std::malloc(64 << 20);
    _exit(capped && much == nullptr && little != nullptr ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
#if !defined(__SANITIZE_ADDRESS__)
  CHECK(status == 0);
#endif
}

#endif
