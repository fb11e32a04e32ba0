#include "pipeline/read_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "pipeline/artifact_visitor.hpp"
#include "pipeline/reading_order.hpp"
#include "rdptriage/threads.hpp"

namespace rdptriage::pipeline {

namespace {
unsigned jobs_for(unsigned wanted, std::size_t files) {
  return static_cast<unsigned>(std::clamp<std::size_t>(files, 1, thread_count(wanted)));
}

// Hands consumers on in one order, whatever the order in which threads come with them. The same
// bytes a second time say nothing new: the first artifact keeps them.
class Delivery {
 public:
  explicit Delivery(TakeConsumer take) : take_(take) {}

  // The `position`-th file has been dealt with; `read` holds what was read of it, if anything.
  void add(std::size_t position, std::optional<ReadArtifact> read) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(position, std::move(read));
    for (auto at = waiting_.begin(); at != waiting_.end() && at->first == next_;
         at = waiting_.begin()) {
      // Out of the queue first: when taking it fails, no other thread is to take what is left of
      // it.
      const auto ready = waiting_.extract(at);
      ++next_;
      if (ready.mapped()) take(std::move(*ready.mapped()));
    }
    has_moved_.notify_all();
  }
  // Until all files before the `position`-th have been dealt with. Files are opened in their order,
  // so there is always one that need not wait.
  void wait_for(std::size_t position) {
    std::unique_lock lock(mutex_);
    has_moved_.wait(lock, [&] { return next_ >= position || abandoned_; });
  }
  // A thread has failed: what it was at will never be added, and nobody is to wait for it.
  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    has_moved_.notify_all();
  }
  // REQUIRES: no other thread is at work, and all files have been added.
  void take(ReadArtifact read) {
    if (!read.sha256.empty()) {
      const auto [first, is_new] = first_of_.emplace(std::move(read.sha256), read.index);
      if (!is_new) {
        repeats_.emplace(read.index, first->second);
        return;
      }
    }
    take_(read.index, std::move(read.consumer));
  }
  // Artifact → the artifact with the same bytes that was used.
  const std::map<std::uint32_t, std::uint32_t>& repeats() const { return repeats_; }

 private:
  TakeConsumer take_;
  std::mutex mutex_;
  std::condition_variable has_moved_;
  std::size_t next_ = 0;
  bool abandoned_ = false;
  std::map<std::size_t, std::optional<ReadArtifact>> waiting_;
  std::unordered_map<std::string, std::uint32_t> first_of_;
  std::map<std::uint32_t, std::uint32_t> repeats_;
};

// What becomes of bytes that were met before; left out, they are known by their hash, at the end.
enum class Repeats : std::uint8_t { left_out, read_again };

// Of a file; of a bundle when it stands behind all files.
class FileTurn final : public Turn {
 public:
  FileTurn(Delivery& delivery, std::size_t position, Repeats repeats)
      : delivery_(&delivery), position_(position), repeats_(repeats) {}
  bool wait() override {
    if (repeats_ == Repeats::left_out) return false;
    delivery_->wait_for(position_);
    return true;
  }

 private:
  Delivery* delivery_;
  std::size_t position_;
  Repeats repeats_;
};

// REQUIRES: `results` in the order of artifacts.
void mark_repeats(std::vector<ArtifactResult>& results,
                  const std::map<std::uint32_t, std::uint32_t>& repeats) {
  const auto find = [&results](std::uint32_t index) {
    return std::lower_bound(
        results.begin(), results.end(), index,
        [](const ArtifactResult& result, std::uint32_t wanted) { return result.index < wanted; });
  };
  for (const auto& [repeat, first] : repeats) {
    ArtifactResult& result = *find(repeat);
    result.notices.clear();
    result.report.state = ArtifactState::not_used;
    result.report.because = "the same bytes as " + find(first)->report.path;
    result.report.records_read = result.report.records_refused = result.report.bytes_lost = 0;
  }
}
}  // namespace

CaseReading read_case(const Case& input, const ReadSetup& wanted, MakeConsumer make_consumer,
                      TakeConsumer take_consumer) {
  const CaseOptions& options = input.options();
  container::Guard guard(options.limits, options.passwords);
  std::vector<container::WalkInput> inputs;
  for (const Case::Input& given : input.inputs()) {
    inputs.push_back({given.name, given.path, given.bytes});
  }
  const container::Listing listing = container::list_artifacts(inputs, guard);
  container::Walk walk(listing, guard);

  std::vector<const container::ListedFile*> files, bundles;
  for (const container::ListedFile& file : listing.files) {
    (file.opens_bundle() ? bundles : files).push_back(&file);
  }
  std::stable_partition(files.begin(), files.end(), [](const container::ListedFile* file) {
    return round_of(*file) == Round::log;
  });
  const unsigned jobs = jobs_for(wanted.jobs, files.size());
  std::atomic<bool> stopped{false};
  ArtifactVisitor::Setup setup{{},       options.sha256, make_consumer, wanted.formats,
                               &stopped, nullptr};
  setup.context.limits = options.limits;
  setup.context.lines = wanted.lines;
  setup.context.carve = options.carve;
  setup.context.date_order = options.date_order;
  setup.context.hosts = options.hosts;
  setup.context.json = wanted.json;
  setup.progress = options.progress;
  // Files are shared out between threads; a single file may use them all.
  setup.context.jobs = listing.files.size() == 1 ? jobs_for(options.jobs, SIZE_MAX) : 1;

  Delivery delivery(take_consumer);
  const Repeats repeats = options.sha256 ? Repeats::left_out : Repeats::read_again;
  std::vector<ArtifactVisitor> visitors;  // one a thread, and one for the bundles
  for (unsigned i = 0; i <= jobs; ++i) visitors.emplace_back(setup);
  std::atomic<std::size_t> next{0};
  const auto read_files = [&](ArtifactVisitor& visitor) {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      std::optional<ReadArtifact> read;
      FileTurn turn(delivery, i, repeats);
      visitor.open(walk, *files[i], turn,
                   [&](ReadArtifact artifact) { read = std::move(artifact); });
      delivery.add(i, std::move(read));
    }
  };
  run_on_threads(jobs, [&](unsigned thread) {
    try {
      read_files(visitors[thread]);
    } catch (...) {
      stopped = true;
      delivery.abandon();
      throw;
    }
  });
  // Bundles count towards the limits, so they are opened one after the other.
  for (const container::ListedFile* bundle : bundles) {
    FileTurn turn(delivery, files.size(), repeats);
    visitors.back().open(walk, *bundle, turn,
                         [&](ReadArtifact artifact) { delivery.take(std::move(artifact)); });
  }

  std::vector<ArtifactResult> results;
  CaseReading reading;
  reading.notices = listing.notices;
  for (ArtifactVisitor& visitor : visitors) {
    std::move(visitor.results().begin(), visitor.results().end(), std::back_inserter(results));
  }
  std::sort(results.begin(), results.end(),
            [](const ArtifactResult& a, const ArtifactResult& b) { return a.index < b.index; });
  mark_repeats(results, delivery.repeats());
  for (ArtifactResult& result : results) {
    reading.artifacts.push_back(std::move(result.report));
    std::move(result.notices.begin(), result.notices.end(), std::back_inserter(reading.notices));
  }
  for (ArtifactVisitor& visitor : visitors) {
    std::move(visitor.loose_notices().begin(), visitor.loose_notices().end(),
              std::back_inserter(reading.notices));
  }
  reading.limits_hit = guard.limits_hit();
  return reading;
}

}  // namespace rdptriage::pipeline
