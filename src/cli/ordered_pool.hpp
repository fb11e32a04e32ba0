// Work on several threads whose results come out in the order in which the work went in.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "rdptriage/threads.hpp"

namespace rdptriage::cli {

template <class Item, class Outcome>
class OrderedPool {
 public:
  // `work` runs on the threads; `emit` on one of them at a time, in order. What they throw comes
  // out of finish(), and ends the work.
  OrderedPool(unsigned threads, std::function<Outcome(const Item&)> work,
              std::function<void(Outcome&&)> emit)
      : work_(std::move(work)), emit_(std::move(emit)), window_(std::size_t{threads} * 16) {
    while (started_ < threads && threads_.start([this] { run_or_fail(); })) ++started_;
  }
  ~OrderedPool() { close(); }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  // Waits while too much is under way: memory does not grow with the list. False: the work has
  // failed, and nothing more is taken.
  bool add(Item item) {
    if (started_ == 0) {  // the system gave no thread at all
      emit_(work_(item));
      return true;
    }
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return failed_ || added_ - emitted_ < window_; });
    if (failed_) return false;
    waiting_.emplace_back(added_++, std::move(item));
    wake_.notify_one();
    return true;
  }

  // Returns when everything that was added is emitted; throws what `work` or `emit` threw.
  void finish() {
    close();
    threads_.join();
  }

 private:
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake_.notify_all();
  }

  void run_or_fail() {
    try {
      run();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failed_ = true;
      wake_.notify_all();
      room_.notify_all();
      throw;
    }
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return failed_ || closed_ || !waiting_.empty(); });
      if (failed_ || waiting_.empty()) return;
      auto [number, item] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      Outcome outcome = work_(item);
      lock.lock();
      if (failed_) return;
      done_.emplace(number, std::move(outcome));
      const std::size_t under_way = added_ - emitted_;
      for (auto at = done_.begin(); at != done_.end() && at->first == emitted_;
           at = done_.begin()) {
        auto next = done_.extract(at);
        ++emitted_;
        emit_(std::move(next.mapped()));
      }
      // Whoever adds is woken for many items, not for each.
      if (under_way > window_ / 2 && added_ - emitted_ <= window_ / 2) room_.notify_all();
    }
  }

  std::function<Outcome(const Item&)> work_;
  std::function<void(Outcome&&)> emit_;
  std::size_t window_;
  std::mutex mutex_;
  std::condition_variable wake_, room_;
  std::deque<std::pair<std::size_t, Item>> waiting_;
  std::map<std::size_t, Outcome> done_;
  std::size_t added_ = 0, emitted_ = 0;
  bool closed_ = false, failed_ = false;
  unsigned started_ = 0;
  ThreadGroup threads_;  // last: they end before what they use
};

}  // namespace rdptriage::cli
