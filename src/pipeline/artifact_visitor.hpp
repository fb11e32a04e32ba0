// What the walk over a case does with each artifact: find its reader, read it, account for it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "container/walk.hpp"
#include "pipeline/read_case.hpp"

namespace rdptriage::pipeline {

struct ArtifactResult {
  std::uint32_t index = 0;
  ArtifactReport report;
  std::vector<Notice> notices;
};

// What was made of the events of one artifact.
struct ReadArtifact {
  std::uint32_t index = 0;
  std::string sha256;  // "" when it is not known
  std::unique_ptr<EventConsumer> consumer;
};
using Deliver = FunctionRef<void(ReadArtifact)>;

// Used by one thread; `results` holds what it visited, in the order of the visits.
class ArtifactVisitor final : public container::Visitor {
 public:
  struct Setup {
    reader::ReadContext context;
    bool sha256 = true;
    MakeConsumer make_consumer;
    LoadFormats formats;
    std::atomic<bool>* stopped;
    ReadProgress* progress = nullptr;
  };

  explicit ArtifactVisitor(const Setup& setup) : setup_(&setup), context_(setup.context) {}

  // Visits the file; what was read of it, or of the members of a bundle, is delivered at once.
  void open(container::Walk& walk, const container::ListedFile& file, Turn& turn, Deliver deliver);

  void artifact(const container::Artifact& artifact, container::PeekSource& source) override;
  void bundle_begin(const container::Artifact& artifact, std::string_view format) override;
  void not_used(const container::Artifact& artifact, const container::Sniffed& why) override;
  void refused(const container::Artifact& artifact, Notice notice) override;
  void bundle_end(const container::Artifact& artifact, std::string_view lost) override;
  void notice(Notice notice) override;

  std::vector<ArtifactResult>& results() { return results_; }
  std::vector<Notice>& loose_notices() { return loose_notices_; }

 private:
  ArtifactResult& add(const container::Artifact& artifact);
  ArtifactResult* find(std::uint32_t index);

  const Setup* setup_;
  reader::ReadContext context_;       // with the grammars of text formats once they are needed
  const Deliver* deliver_ = nullptr;  // during open()
  Turn* turn_ = nullptr;              // during open()
  std::vector<ArtifactResult> results_;
  std::map<std::uint32_t, std::size_t> position_;
  std::vector<Notice> loose_notices_;  // about no artifact
};

}  // namespace rdptriage::pipeline
