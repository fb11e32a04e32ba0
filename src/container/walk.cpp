#include "container/walk.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "container/archive.hpp"
#include "container/file_source.hpp"
#include "container/member_name.hpp"

namespace rdptriage::container {
namespace {

constexpr std::size_t kPeekBytes = 64 * 1024;

std::string words_of(const Error& error) {
  return error.help.empty() ? error.message : error.message + "; " + error.help;
}

Notice notice_of(const Error& error, std::uint32_t artifact, const std::string& path) {
  Notice notice;
  notice.code = error.code;
  notice.text = path + ": " + words_of(error);
  notice.artifact = artifact;
  return notice;
}

bool is_limit(const Error& error) { return error.code.starts_with("LIMIT_"); }

}  // namespace

// One outermost bundle with everything inside it.
class BundleWalk {
 public:
  BundleWalk(Walk& walk, Visitor& visitor, std::optional<std::uint64_t> packed)
      : guard_(*walk.guard_), next_index_(walk.next_index_), visitor_(visitor), packed_(packed) {
    guard_.begin_bundle();
  }

  // Decides by content what `artifact` is and hands it on. `failed` is what its source last failed
  // with, if it did.
  void visit(const Artifact& artifact, PeekSource& source, std::uint32_t depth,
             const std::optional<Error>& failed) {
    const auto head = source.peek(kPeekBytes);
    if (failed && head.empty()) {
      visitor_.refused(artifact, notice_of(*failed, artifact.index, artifact.path));
      reported_ = artifact.index;
      return;
    }
    const Sniffed sniffed = sniff(head);
    switch (sniffed.kind) {
      case Kind::plain:
        visitor_.artifact(artifact, source);
        break;
      case Kind::refused:
      case Kind::not_used:
        visitor_.not_used(artifact, sniffed);
        break;
      case Kind::bundle:
        open_bundle(artifact, source, sniffed, depth + 1);
        break;
    }
  }

 private:
  // The current member of an archive; everything that leaves it is counted.
  class MemberSource final : public ByteSource {
   public:
    MemberSource(BundleWalk& walk, Archive& archive, const Artifact& artifact)
        : walk_(walk), archive_(archive), artifact_(artifact) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
      if (failed_) return tl::make_unexpected(*failed_);
      auto count = archive_.read(out);
      if (count) {
        auto counted = walk_.guard_.add_expanded(*count, walk_.packed_bytes(), artifact_.path);
        if (counted) return count;
        failed_ = std::move(counted).error();
      } else {
        failed_ = std::move(count).error();
      }
      return tl::make_unexpected(*failed_);
    }
    const std::optional<Error>& failed() const { return failed_; }

   private:
    BundleWalk& walk_;
    Archive& archive_;
    const Artifact& artifact_;
    std::optional<Error> failed_;
  };

  std::uint64_t packed_bytes() const {
    if (packed_) return *packed_;
    return outermost_ != nullptr ? outermost_->bytes_consumed() : 0;
  }

  void open_bundle(const Artifact& artifact, ByteSource& source, const Sniffed& sniffed,
                   std::uint32_t depth) {
    if (auto allowed = guard_.check_depth(depth, artifact.path);
        !allowed || depth > kDeepestBundle) {
      const Error error = allowed ? Error{"LIMIT_DEPTH", "bundles are nested too deep", {}, {}}
                                  : std::move(allowed).error();
      visitor_.refused(artifact, notice_of(error, artifact.index, artifact.path));
      return;
    }
    if (sniffed.bundle == BundleFormat::seven_zip && source.random_access() == nullptr) {
      hold_bundle(artifact, source, sniffed, depth);
      return;
    }
    auto archive = Archive::open(source, sniffed.bundle, artifact, guard_.passwords());
    if (!archive) {
      visitor_.refused(artifact, notice_of(archive.error(), artifact.index, artifact.path));
      return;
    }
    auto first = (*archive)->next();
    if (!first && first.error().code != "BUNDLE_DAMAGED") {
      // A 7z can hide even the names of its members.
      visitor_.refused(artifact, notice_of(first.error(), artifact.index, artifact.path));
      reported_ = artifact.index;
      return;
    }
    const bool is_outermost = outermost_ == nullptr;
    if (is_outermost) outermost_ = archive->get();
    visitor_.bundle_begin(artifact, sniffed.format);
    visitor_.bundle_end(artifact, read_members(artifact, **archive, std::move(first), depth));
    if (is_outermost) outermost_ = nullptr;
  }

  void hold_bundle(const Artifact& artifact, ByteSource& source, const Sniffed& sniffed,
                   std::uint32_t depth) {
    std::vector<std::byte> bytes;
    std::array<std::byte, 64 * 1024> block;
    for (;;) {
      auto count = source.read(block);
      if (!count) {
        visitor_.refused(artifact, notice_of(count.error(), artifact.index, artifact.path));
        reported_ = artifact.index;
        return;
      }
      if (*count == 0) break;
      bytes.insert(bytes.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(*count));
      if (bytes.size() > kMaxHeldBundle) {
        visitor_.refused(artifact,
                         notice_of({"BUNDLE_TOO_LARGE_INSIDE",
                                    "is a 7-Zip archive of more than 64 MiB inside another bundle",
                                    {},
                                    "unpack the outer bundle and give the folder"},
                                   artifact.index, artifact.path));
        return;
      }
    }
    MemorySource held(bytes);
    open_bundle(artifact, held, sniffed, depth);
  }

  // Why not every member was met; empty when every one was.
  std::string read_members(const Artifact& bundle, Archive& archive,
                           Result<std::optional<Member>> next, std::uint32_t depth) {
    UniqueNames names;
    bool complete = true;
    for (; !stopped_; next = archive.next()) {
      if (!next) {
        Notice notice = notice_of(next.error(), bundle.index, bundle.path);
        const std::uint64_t consumed = archive.bytes_consumed();
        if (bundle.bytes && *bundle.bytes > consumed) notice.bytes_lost = *bundle.bytes - consumed;
        visitor_.notice(std::move(notice));
        reported_ = bundle.index;
        return words_of(next.error());
      }
      if (!*next) break;
      const Member& member = **next;
      if (auto counted = guard_.add_entry(bundle.path); !counted) {
        visitor_.notice(notice_of(counted.error(), bundle.index, bundle.path));
        stopped_ = true;
        return words_of(counted.error());
      }
      if (member.kind == MemberKind::folder) continue;
      if (!read_member(bundle, archive, member, names, depth)) complete = false;
    }
    return complete && !stopped_ ? std::string() : "not all of its members could be read";
  }

  bool read_member(const Artifact& bundle, Archive& archive, const Member& member,
                   UniqueNames& names, std::uint32_t depth) {
    MemberName name = neutralize_member_name(member.stored_name);
    const bool is_duplicate = names.make_unique(name.shown);
    Artifact artifact;
    artifact.index = next_index_++;
    artifact.parent = bundle.index;
    artifact.path = bundle.path + '/' + name.shown;
    artifact.name = name.shown.substr(name.shown.rfind('/') + 1);
    artifact.bytes = member.size;
    if (name.neutralized) {
      visitor_.notice(
          notice_of({"BUNDLE_NAME_CHANGED",
                     "its stored name points outside of the bundle or hides characters; "
                     "it is shown under a harmless one",
                     {},
                     {}},
                    artifact.index, artifact.path));
    }
    if (is_duplicate) {
      visitor_.notice(notice_of(
          {"BUNDLE_NAME_TWICE", "the bundle holds this name more than once; all are read", {}, {}},
          artifact.index, artifact.path));
    }
    if (member.kind == MemberKind::link || member.kind == MemberKind::special) {
      visitor_.refused(artifact,
                       notice_of({"LINK_NOT_FOLLOWED",
                                  "is a link or a device inside the bundle; its target is "
                                  "not read",
                                  {},
                                  {}},
                                 artifact.index, artifact.path));
      return true;
    }
    if (member.kind == MemberKind::encrypted) {
      visitor_.refused(artifact, notice_of({"BUNDLE_ENCRYPTED",
                                            "is encrypted",
                                            {},
                                            std::string(archive.advice_when_encrypted())},
                                           artifact.index, artifact.path));
      return false;
    }
    MemberSource member_source(*this, archive, artifact);
    PeekSource source(member_source);
    visit(artifact, source, depth, member_source.failed());
    if (archive.must_drain()) drain(member_source);
    if (!member_source.failed()) return true;
    const Error& error = *member_source.failed();
    if (reported_ != artifact.index) {
      visitor_.notice(notice_of(error, artifact.index, artifact.path));
    }
    if (is_limit(error)) stopped_ = true;
    return false;
  }

  static void drain(ByteSource& source) {
    std::array<std::byte, 64 * 1024> block;
    for (;;) {
      const auto count = source.read(block);
      if (!count || *count == 0) return;
    }
  }

  Guard& guard_;
  std::uint32_t& next_index_;
  Visitor& visitor_;
  std::optional<std::uint64_t> packed_;  // size of the outermost bundle, where known beforehand
  Archive* outermost_ = nullptr;
  bool stopped_ = false;                   // a limit was met: nothing more of this bundle
  std::optional<std::uint32_t> reported_;  // the artifact whose failure was last told
};

Walk::Walk(const Listing& listing, Guard& guard)
    : guard_(&guard), next_index_(static_cast<std::uint32_t>(listing.files.size())) {}

void Walk::open(const ListedFile& file, Visitor& visitor) {
  const Artifact& artifact = file.artifact;
  if (file.refusal) return visitor.refused(artifact, *file.refusal);
  if (!file.opens_bundle() && file.sniffed.kind != Kind::plain) {
    return visitor.not_used(artifact, file.sniffed);
  }
  if (file.opens_bundle() && guard_->exhausted()) {
    return visitor.refused(
        artifact, notice_of({"LIMIT_REACHED", "not opened: a limit was met before", {}, {}},
                            artifact.index, artifact.path));
  }
  std::unique_ptr<ByteSource> opened;
  if (file.path.empty()) {
    opened = std::make_unique<MemorySource>(file.bytes);
  } else if (file.path == "-") {
    opened = open_standard_input();
  } else {
    auto result =
        open_file(file.path, file.named_by_user ? Opening::named_by_user : Opening::regular_only);
    if (!result) {
      return visitor.refused(artifact, notice_of(result.error(), artifact.index, artifact.path));
    }
    opened = std::move(*result);
  }
  PeekSource source(*opened);
  if (!file.opens_bundle()) return visitor.artifact(artifact, source);
  BundleWalk bundle(*this, visitor, artifact.bytes);
  bundle.visit(artifact, source, 0, std::nullopt);
}

}  // namespace rdptriage::container
