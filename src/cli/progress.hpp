// One line on standard error while something takes long: only on a terminal, after one second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "rdptriage/case.hpp"
#include "rdptriage/threads.hpp"

namespace rdptriage::cli {

class Progress {
 public:
  enum class Show : unsigned char { never, on_terminal };
  // `text` says how far it is; it is asked from another thread, as long as this lives.
  Progress(Show show, std::function<std::string()> text);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void run();

  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::function<std::string()> text_;
  bool done_ = false, shown_ = false;
  ThreadGroup thread_;  // last: it ends before what it uses
};

// "14 files, 218.3 MB"
std::string files_and_bytes(const ReadProgress& count);

}  // namespace rdptriage::cli
