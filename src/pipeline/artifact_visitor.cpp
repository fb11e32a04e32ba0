#include "pipeline/artifact_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/sha256.hpp"
#include "pipeline/artifact_row.hpp"
#include "pipeline/hashing_source.hpp"
#include "pipeline/notice_cap.hpp"
#include "rdptriage/threads.hpp"

namespace rdptriage::pipeline {

namespace {
constexpr std::size_t kBlock = 64 * 1024;

std::string hash_of(const container::RandomAccess& data, ReadProgress* progress) {
  base::Sha256 hash;
  std::vector<std::byte> block(
      static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, data.size())));
  for (std::uint64_t at = 0; at < data.size();) {
    const auto count = data.read_at(at, block);
    if (!count || *count == 0) return {};
    hash.update(std::span<const std::byte>(block).first(*count));
    at += *count;
    if (progress != nullptr) progress->bytes += *count;
  }
  return base::to_hex(hash.finish());
}

// The hash of a whole file: made beside the reading of it where a thread is to spare, else behind.
class SideHash {
 public:
  // `data` must live until take().
  void start(const container::RandomAccess& data, unsigned jobs, ReadProgress* progress) {
    constexpr std::uint64_t kWorthAThread = 4 << 20;
    data_ = &data;
    progress_ = progress;
    if (jobs < 2 || data.size() < kWorthAThread) return;
    beside_ = thread_.start([this] { hash_ = hash_of(*data_, progress_); });
  }
  std::string take() {
    thread_.join();
    return beside_ ? std::move(hash_) : hash_of(*data_, progress_);
  }

 private:
  const container::RandomAccess* data_ = nullptr;
  ReadProgress* progress_ = nullptr;
  std::string hash_;
  bool beside_ = false;
  ThreadGroup thread_;  // last: it ends before what it writes to
};

reader::Flow consume(EventView& event, EventConsumer& consumer, std::atomic<bool>& stopped) {
  if (stopped.load(std::memory_order_relaxed)) return reader::Flow::stop;
  const reader::Flow flow = consumer.event(event);
  if (flow == reader::Flow::stop) stopped.store(true, std::memory_order_relaxed);
  return flow;
}

// A thread's part of one artifact. Readers give notices to the whole artifact's sink.
class ForkedSink final : public reader::EventSink {
 public:
  ForkedSink(std::unique_ptr<EventConsumer> consumer, std::atomic<bool>& stopped)
      : consumer_(std::move(consumer)), stopped_(stopped) {}

  reader::Flow event(EventView& event) override { return consume(event, *consumer_, stopped_); }
  void notice(Notice) override {}
  EventConsumer& consumer() { return *consumer_; }

 private:
  std::unique_ptr<EventConsumer> consumer_;
  std::atomic<bool>& stopped_;
};

class Sink final : public reader::EventSink {
 public:
  Sink(ArtifactResult& result, EventConsumer& consumer, std::atomic<bool>& stopped)
      : result_(result), consumer_(consumer), stopped_(stopped) {}

  reader::Flow event(EventView& event) override { return consume(event, consumer_, stopped_); }
  std::unique_ptr<EventSink> fork() override {
    auto consumer = consumer_.fork();
    return consumer ? std::make_unique<ForkedSink>(std::move(consumer), stopped_) : nullptr;
  }
  reader::Flow join(EventSink& forked) override {
    consumer_.join(static_cast<ForkedSink&>(forked).consumer());
    return stopped_.load(std::memory_order_relaxed) ? reader::Flow::stop : reader::Flow::go_on;
  }
  void notice(Notice notice) override {
    if (!cap_.take()) return;
    notice.artifact = result_.index;
    result_.notices.push_back(std::move(notice));
  }
  void finish() {
    if (auto rest = cap_.rest(result_.index)) result_.notices.push_back(std::move(*rest));
  }

 private:
  ArtifactResult& result_;
  EventConsumer& consumer_;
  std::atomic<bool>& stopped_;
  NoticeCap cap_;
};

void judge_outcome(const reader::ReadOutcome& outcome, ArtifactReport& report) {
  if (!outcome.format.empty()) report.format = outcome.format;
  report.encoding = outcome.encoding;
  report.records_read = outcome.records_read;
  report.records_refused = outcome.records_refused;
  report.bytes_lost = outcome.bytes_lost;
  if (outcome.damaged || outcome.records_refused != 0 || outcome.bytes_lost != 0) {
    report.state = ArtifactState::damaged;
    report.because = fmt::format("{} records read, {} refused, {} bytes lost", outcome.records_read,
                                 outcome.records_refused, outcome.bytes_lost);
  } else if (outcome.records_read == 0 || !outcome.of_no_use.empty()) {
    report.because = outcome.of_no_use.empty() ? "no records in it" : outcome.of_no_use;
  } else {
    report.state = ArtifactState::used;
  }
}
}  // namespace

void ArtifactVisitor::open(container::Walk& walk, const container::ListedFile& file, Turn& turn,
                           Deliver deliver) {
  deliver_ = &deliver;
  turn_ = &turn;
  walk.open(file, *this);
  deliver_ = nullptr;
  turn_ = nullptr;
}

ArtifactResult& ArtifactVisitor::add(const container::Artifact& artifact) {
  position_[artifact.index] = results_.size();
  ArtifactResult& result = results_.emplace_back();
  result.index = artifact.index;
  result.report = artifact_row(artifact);
  return result;
}

ArtifactResult* ArtifactVisitor::find(std::uint32_t index) {
  const auto at = position_.find(index);
  return at == position_.end() ? nullptr : &results_[at->second];
}

void ArtifactVisitor::artifact(const container::Artifact& artifact, container::PeekSource& source) {
  ArtifactResult& result = add(artifact);
  if (setup_->stopped->load(std::memory_order_relaxed)) {
    result.report.because = "not looked at: reading was stopped";
    return;
  }
  const auto head = source.peek(reader::kProbeBytes);
  const reader::ReaderInfo* reader = find_reader(head, artifact.name, context_, setup_->formats);
  const container::RandomAccess* random_access = source.random_access();
  SideHash side_hash;
  if (setup_->sha256 && random_access != nullptr) {
    side_hash.start(*random_access, context_.jobs, setup_->progress);
  }
  base::Sha256 hash;
  HashingSource hashing(source, setup_->sha256 && random_access == nullptr ? &hash : nullptr,
                        random_access == nullptr ? setup_->progress : nullptr);
  std::unique_ptr<EventConsumer> consumer;
  if (reader == nullptr) {
    result.report.because = why_no_reader(head, artifact.name);
  } else {
    result.report.format = reader->format;
    result.report.detected_by = "content";
    consumer = setup_->make_consumer(artifact, result.report.format);
    consumer->set_turn(*turn_);
    Sink sink(result, *consumer, *setup_->stopped);
    const auto outcome = reader->read(artifact, hashing, context_, sink);
    judge_outcome(outcome, result.report);
    sink.finish();
    consumer->finish();
  }
  if (random_access != nullptr) {
    result.report.bytes = random_access->size();
    if (setup_->sha256) result.report.sha256 = side_hash.take();
  } else if (!setup_->stopped->load(std::memory_order_relaxed)) {
    hashing.drain();
    if (!hashing.failed()) {
      result.report.bytes = hashing.passed();
      if (setup_->sha256) result.report.sha256 = base::to_hex(hash.finish());
    }
  }
  if (consumer) (*deliver_)({result.index, result.report.sha256, std::move(consumer)});
  if (setup_->progress != nullptr) ++setup_->progress->files;
}

void ArtifactVisitor::bundle_begin(const container::Artifact& artifact, std::string_view format) {
  ArtifactResult& result = add(artifact);
  result.report.format = format;
  result.report.detected_by = "content";
  result.report.state = ArtifactState::used;
}

void ArtifactVisitor::bundle_end(const container::Artifact& artifact, std::string_view lost) {
  ArtifactResult* result = find(artifact.index);
  if (result == nullptr || lost.empty()) return;
  result->report.state = ArtifactState::damaged;
  result->report.because = lost;
}

void ArtifactVisitor::not_used(const container::Artifact& artifact, const container::Sniffed& why) {
  judge_sniffed(why, add(artifact).report);
}

void ArtifactVisitor::refused(const container::Artifact& artifact, Notice notice) {
  ArtifactResult* known = find(artifact.index);
  ArtifactResult& result = known != nullptr ? *known : add(artifact);
  result.report.state = ArtifactState::refused;
  result.report.because = reason_of(notice, result.report);
  notice.artifact = artifact.index;
  result.notices.push_back(std::move(notice));
}

void ArtifactVisitor::notice(Notice notice) {
  ArtifactResult* result = notice.artifact ? find(*notice.artifact) : nullptr;
  if (result == nullptr) {
    loose_notices_.push_back(std::move(notice));
    return;
  }
  result->notices.push_back(std::move(notice));
}

}  // namespace rdptriage::pipeline
