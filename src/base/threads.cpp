#include "rdptriage/threads.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace rdptriage {

unsigned available_processors() {
  // The C++ library asks for the affinity mask, which Slurm and taskset set; a container's share is
  // only in its control group.
  unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK")) {
    const unsigned long given = std::strtoul(slurm, nullptr, 10);
    if (given >= 1 && given < processors) processors = static_cast<unsigned>(given);
  }
  std::ifstream share("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (share >> quota >> period && quota != "max" && period > 0) {
    const double whole = std::strtod(quota.c_str(), nullptr) / period;
    if (whole >= 0 && whole < processors)
      processors = std::max(1U, static_cast<unsigned>(whole + 0.5));
  }
  return processors;
}

unsigned thread_count(unsigned wanted) {
  return std::min(wanted != 0 ? wanted : available_processors(), kMostThreads);
}

ThreadGroup::~ThreadGroup() { wait(); }

bool ThreadGroup::start(std::function<void()> work) {
  try {
    threads_.emplace_back([this, work = std::move(work)] {
      try {
        work();
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!thrown_) thrown_ = std::current_exception();
      }
    });
  } catch (const std::system_error&) {
    return false;
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

void ThreadGroup::join() {
  wait();
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void ThreadGroup::wait() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void run_on_threads(unsigned count, FunctionRef<void(unsigned)> work) {
  ThreadGroup threads;
  for (unsigned i = 1; i < count; ++i) {
    if (!threads.start([&work, i] { work(i); })) break;
  }
  work(0);
  threads.join();
}

}  // namespace rdptriage
