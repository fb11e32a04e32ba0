// From what the user gave to artifacts, in a fixed order: listing (cheap), then opening.
//
//   Guard guard(limits);
//   const Listing listing = list_artifacts(inputs, guard);
//   Walk walk(listing, guard);
//   for (const ListedFile& file : listing.files)
//     if (!file.opens_bundle()) walk.open(file, visitor);   // from any thread, in any order
//   for (const ListedFile& file : listing.files)
//     if (file.opens_bundle()) walk.open(file, visitor);    // one after the other, in this order
//
// Listed files have the indices 0, 1, 2 … in the order of their paths; members of bundles follow in
// the order of the bundles and, inside each, as stored. So an index does not depend on threads or
// on the file system. Nothing is ever written to disk.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "container/artifact.hpp"
#include "container/guard.hpp"
#include "container/peek_source.hpp"
#include "container/sniff.hpp"
#include "rdptriage/notice.hpp"

namespace rdptriage::container {

// 7z keeps its table of contents at the end: inside another bundle it has to be held in memory.
inline constexpr std::uint64_t kMaxHeldBundle = std::uint64_t{64} << 20;
// Beyond this, nesting would cost stack whatever the user allows.
inline constexpr std::uint32_t kDeepestBundle = 32;

// One thing the user gave. The bytes must outlive listing and walk.
struct WalkInput {
  std::string name;                  // as shown
  std::filesystem::path path;        // empty: bytes; "-": standard input
  std::span<const std::byte> bytes;  // used when `path` is empty
};

struct ListedFile {
  Artifact artifact;
  std::filesystem::path path;
  std::span<const std::byte> bytes;
  bool is_stream = false;         // standard input or a pipe: unknown until it is opened
  bool named_by_user = false;     // not found in a folder
  Sniffed sniffed;                // of the first bytes; plain for streams
  std::optional<Notice> refusal;  // cannot be read at all: unreadable, a device, a link …

  // Must be opened in order, in one thread, because it counts towards the limits.
  bool opens_bundle() const { return is_stream || sniffed.kind == Kind::bundle; }
};

struct Listing {
  std::vector<ListedFile> files;  // files[i].artifact.index == i
  std::vector<Notice> notices;    // folders that could not be listed, limits
};

// Finds every file of the inputs: folders to the bottom, links not followed. Reads the first bytes
// of each file and no more. The inputs' own order does not matter.
Listing list_artifacts(std::span<const WalkInput> inputs, Guard& guard);

// What a walk meets. For one artifact exactly one of the first four is called.
class Visitor {
 public:
  virtual ~Visitor() = default;
  // For the readers. `source` lives for the call; up to 64 KiB of it can be looked at beforehand.
  virtual void artifact(const Artifact& artifact, PeekSource& source) = 0;
  // A bundle: its members follow (artifact.parent is its index), then bundle_end.
  virtual void bundle_begin(const Artifact& artifact, std::string_view format) = 0;
  // Known to hold no log, or refused by kind: not read. `why` has a title and maybe advice.
  virtual void not_used(const Artifact& artifact, const Sniffed& why) = 0;
  // Could not be read: links, devices, encrypted members, limits.
  virtual void refused(const Artifact& artifact, Notice notice) = 0;
  // `lost` is empty when every member was met, else why not; a notice has said so, too.
  virtual void bundle_end(const Artifact& artifact, std::string_view lost) = 0;
  // Something about an artifact that was, or is being, read: a damaged member, a changed name.
  virtual void notice(Notice notice) = 0;
};

class Walk {
 public:
  Walk(const Listing& listing, Guard& guard);
  // Opens one listed file and calls the visitor for it and everything inside.
  void open(const ListedFile& file, Visitor& visitor);

 private:
  friend class BundleWalk;
  Guard* guard_;
  std::uint32_t next_index_;
};

}  // namespace rdptriage::container
