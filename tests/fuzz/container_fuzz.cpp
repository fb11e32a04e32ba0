// Any bytes, given to the walk as a bundle of one format: it ends, what comes out of it stays
// within the limits, every artifact is met once, and no name can reach out of the bundle or the
// terminal.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "container/walk.hpp"
#include "fuzz_options.hpp"

namespace {

using namespace rdptriage;
using namespace rdptriage::container;

void require(bool holds) {
  if (!holds) std::abort();
}

class Checker final : public Visitor {
 public:
  void artifact(const Artifact& found, PeekSource& source) override {
    meet(found);
    std::vector<std::byte> block(4096);
    for (;;) {
      const auto count = source.read(block);
      if (!count || *count == 0) break;
      bytes += *count;
    }
  }
  void bundle_begin(const Artifact& found, std::string_view) override { meet(found); }
  void not_used(const Artifact& found, const Sniffed&) override { meet(found); }
  void refused(const Artifact&, Notice notice) override { require(!notice.code.empty()); }
  void bundle_end(const Artifact&, std::string_view) override {}
  void notice(Notice notice) override { require(!notice.text.empty()); }

  std::uint64_t bytes = 0;

 private:
  void meet(const Artifact& found) {
    require(!found.parent || *found.parent < found.index);
    require(met_.empty() || met_.back() < found.index);
    met_.push_back(found.index);
    for (const char c : found.path) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    require(("/" + found.path + "/").find("/../") == std::string::npos);
  }
  std::vector<std::uint32_t> met_;
};

}  // namespace

// A 7z header can ask libarchive for any amount of memory. It copes with a refusal, so the
// sanitizer refuses, as the program's own limit does, instead of ending the program; and early,
// because it marks all of it, for each such input.
extern "C" const char* __asan_default_options() {
  return RDPTRIAGE_FUZZ_OPTIONS ":allocator_may_return_null=1:max_allocation_size_mb=64";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  if (sniff(bytes.first(std::min(size, kSniffBytes))).format != RDPTRIAGE_FUZZ_FORMAT) return 0;
  Limits limits;
  limits.max_expanded_bytes = 8U << 20;
  limits.ratio_floor_bytes = 1U << 20;
  limits.max_entries = 500;
  Guard guard(limits, {"secret"});
  const WalkInput input{"in", {}, bytes};
  const Listing listing = list_artifacts({&input, 1}, guard);
  Walk walk(listing, guard);
  Checker checker;
  for (const ListedFile& file : listing.files) walk.open(file, checker);
  require(checker.bytes <= limits.max_expanded_bytes);
  return 0;
}
