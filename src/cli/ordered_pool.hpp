// Work on several threads whose results come out in the order in which the work went in.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rdptriage::cli {

template <class Item, class Outcome>
class OrderedPool {
 public:
  // `work` runs on the threads; `emit` on one of them at a time, in order.
  OrderedPool(unsigned threads, std::function<Outcome(const Item&)> work,
              std::function<void(Outcome&&)> emit)
      : work_(std::move(work)), emit_(std::move(emit)), window_(std::size_t{threads} * 16) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  ~OrderedPool() { finish(); }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  // Waits while too much is under way: memory does not grow with the list.
  void add(Item item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return added_ - emitted_ < window_; });
    waiting_.emplace_back(added_++, std::move(item));
    wake_.notify_one();
  }

  // Returns when everything that was added is emitted.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      wake_.notify_all();
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      auto [number, item] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      Outcome outcome = work_(item);
      lock.lock();
      done_.emplace(number, std::move(outcome));
      const std::size_t under_way = added_ - emitted_;
      for (auto at = done_.begin(); at != done_.end() && at->first == emitted_;
           at = done_.erase(at)) {
        emit_(std::move(at->second));
        ++emitted_;
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
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rdptriage::cli
