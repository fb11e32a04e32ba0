// One line on standard error while something takes long: only on a terminal, after one second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace rdptriage::cli {

class Progress {
 public:
  enum class Show : unsigned char { never, on_terminal };
  explicit Progress(Show show);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set(std::string text);  // the elapsed time is added

 private:
  void run();

  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string text_ = "reading";
  bool done_ = false, shown_ = false;
  std::thread thread_;
};

}  // namespace rdptriage::cli
