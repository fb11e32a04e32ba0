// Threads among which work is shared out: how many there may be, and how they end.
#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "rdptriage/function_ref.hpp"

namespace rdptriage {

// More win nothing, and each holds memory.
inline constexpr unsigned kMostThreads = 256;

// How many processors this process may use: what the machine has, less what the affinity mask,
// Slurm or a container's share takes away. At least one.
unsigned available_processors();

// How many threads somebody means who asked for `wanted`; 0: as many as there are processors.
unsigned thread_count(unsigned wanted);

// Threads that never end the program: what one of them throws is kept for whoever waits for them.
// Used by one thread.
class ThreadGroup {
 public:
  ThreadGroup() = default;
  ~ThreadGroup();  // waits for all; what they threw is lost
  ThreadGroup(const ThreadGroup&) = delete;
  ThreadGroup& operator=(const ThreadGroup&) = delete;

  // False when the system gives no more threads; then `work` is not done.
  bool start(std::function<void()> work);
  // Waits for all; throws what was thrown first.
  void join();

 private:
  void wait();

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::exception_ptr thrown_;
};

// Calls `work` with 0 … `count` - 1, each on a thread of its own and 0 on the caller's; with fewer
// numbers when the system gives no more threads. Returns when all have ended, and throws what one
// of them threw. Whoever waits for another must be told by `work` itself that it has failed.
void run_on_threads(unsigned count, FunctionRef<void(unsigned)> work);

}  // namespace rdptriage
