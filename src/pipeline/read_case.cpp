#include "pipeline/read_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "pipeline/artifact_visitor.hpp"

namespace rdptriage::pipeline {

namespace {
unsigned jobs_for(unsigned wanted, std::size_t files) {
  const unsigned available =
      wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::clamp<std::size_t>(files, 1, available));
}

// The same bytes a second time say nothing new: the first artifact of the case's order keeps them.
void drop_duplicates(std::vector<ArtifactResult>& results) {
  std::map<std::string_view, const ArtifactResult*> first_of;
  for (ArtifactResult& result : results) {
    if (result.report.sha256.empty() || result.consumer == nullptr) continue;
    const auto [at, added] = first_of.emplace(result.report.sha256, &result);
    if (added) continue;
    result.consumer.reset();
    result.notices.clear();
    result.report.state = ArtifactState::not_used;
    result.report.because = "the same bytes as " + at->second->report.path;
    result.report.records_read = result.report.records_refused = result.report.bytes_lost = 0;
  }
}
}  // namespace

CaseReading read_case(const Case& input, const reader::FormatSet* formats,
                      const reader::LineFilter* lines, unsigned jobs, MakeConsumer make_consumer) {
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
  jobs = jobs_for(jobs, files.size());
  std::atomic<bool> stopped{false};
  ArtifactVisitor::Setup setup{{}, options.sha256, make_consumer, &stopped};
  setup.context.limits = options.limits;
  setup.context.formats = formats;
  setup.context.lines = lines;
  setup.context.carve = options.carve;
  // Files are shared out between threads; a single file may use them all.
  setup.context.jobs = listing.files.size() == 1 ? jobs_for(options.jobs, SIZE_MAX) : 1;

  std::vector<ArtifactVisitor> visitors;  // one a thread, and one for the bundles
  for (unsigned i = 0; i <= jobs; ++i) visitors.emplace_back(setup);
  std::atomic<std::size_t> next{0};
  const auto work = [&](ArtifactVisitor& visitor) {
    for (std::size_t i = next++; i < files.size(); i = next++) walk.open(*files[i], visitor);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < jobs; ++i) threads.emplace_back(work, std::ref(visitors[i]));
  work(visitors[0]);
  for (std::thread& thread : threads) thread.join();
  // Bundles count towards the limits, so they are opened one after the other.
  for (const container::ListedFile* bundle : bundles) walk.open(*bundle, visitors.back());

  std::vector<ArtifactResult> results;
  CaseReading reading;
  reading.notices = listing.notices;
  for (ArtifactVisitor& visitor : visitors) {
    std::move(visitor.results().begin(), visitor.results().end(), std::back_inserter(results));
  }
  std::sort(results.begin(), results.end(),
            [](const ArtifactResult& a, const ArtifactResult& b) { return a.index < b.index; });
  drop_duplicates(results);
  for (ArtifactResult& result : results) {
    reading.artifacts.push_back(std::move(result.report));
    reading.consumers.push_back(std::move(result.consumer));
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
