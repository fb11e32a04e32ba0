#include "rdptriage/threads.hpp"

#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "support/catch.hpp"

using namespace rdptriage;

TEST_CASE("threads: each number is worked on once, and all have ended") {
  std::mutex mutex;
  std::multiset<unsigned> seen;
  run_on_threads(5, [&](unsigned number) {
    const std::lock_guard lock(mutex);
    seen.insert(number);
  });
  CHECK(seen == std::multiset<unsigned>{0, 1, 2, 3, 4});
}

TEST_CASE("threads: what one throws comes out when all have ended, whichever it was") {
  for (const unsigned bad : {0U, 1U, 3U}) {
    INFO(bad);
    std::atomic<unsigned> ended{0};
    const auto work = [&](unsigned number) {
      if (number == bad) throw std::runtime_error("bad");
      ++ended;
    };
    CHECK_THROWS_AS(run_on_threads(4, work), std::runtime_error);
    CHECK(ended == 3);
  }
  ThreadGroup group;
  CHECK(group.start([] { throw std::bad_alloc(); }));
  CHECK_THROWS_AS(group.join(), std::bad_alloc);
  CHECK(group.start([] { throw std::bad_alloc(); }));  // nobody asks: it is lost, not the end
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("threads: fewer are used when the system gives no more") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_DATA, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = std::size_t{256} << 20;  // the stacks of some threads
  REQUIRE(setrlimit(RLIMIT_DATA, &tight) == 0);
  std::atomic<bool> leave{false};
  std::atomic<unsigned> ran{0};
  // All live at once, until the caller's own turn.
  run_on_threads(2000, [&](unsigned number) {
    ++ran;
    if (number == 0) leave = true;
    while (!leave) std::this_thread::yield();
  });
  setrlimit(RLIMIT_DATA, &before);
  CHECK(ran >= 1);
  CHECK(ran < 2000);
}
#endif

TEST_CASE("threads: how many somebody means") {
  unsetenv("SLURM_CPUS_PER_TASK");
  CHECK(thread_count(0) == available_processors());
  CHECK(thread_count(3) == 3);
  CHECK(thread_count(4'000'000'000) == kMostThreads);
  setenv("SLURM_CPUS_PER_TASK", "1", 1);
  CHECK(available_processors() == 1);
  CHECK(thread_count(0) == 1);
  unsetenv("SLURM_CPUS_PER_TASK");
}
