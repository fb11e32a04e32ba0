#include "reader/misnamed.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace rdptriage::reader {

namespace {

constexpr std::string_view kEvtMagic = "LfLe";  // behind the header's size
constexpr std::string_view kLfsVersion = "version https://git-lfs.github.com/spec/";

bool has_at(std::span<const std::byte> head, std::size_t at, std::string_view magic) {
  return head.size() >= at + magic.size() &&
         std::memcmp(head.data() + at, magic.data(), magic.size()) == 0;
}

// Nothing is read: all bytes are accounted for as lost, and the notice says why.
ReadOutcome name_only(const container::Artifact& artifact, container::ByteSource& bytes,
                      EventSink& sink, std::string code, std::string text) {
  ReadOutcome outcome;
  std::array<std::byte, 4096> buffer;
  while (true) {
    const auto count = bytes.read(buffer);
    if (!count || *count == 0) break;
    outcome.bytes_lost += *count;
  }
  Notice notice;
  notice.code = std::move(code);
  notice.text = std::move(text);
  notice.artifact = artifact.index;
  notice.bytes_lost = outcome.bytes_lost;
  sink.notice(std::move(notice));
  return outcome;
}

}  // namespace

Sureness probe_evt(std::span<const std::byte> head, std::string_view, const ReadContext&) {
  return has_at(head, 4, kEvtMagic) ? Sureness::certain : Sureness::no;
}

ReadOutcome read_evt(const container::Artifact& artifact, container::ByteSource& bytes,
                     const ReadContext&, EventSink& sink) {
  return name_only(artifact, bytes, sink, "EVT_OLD_FORMAT",
                   artifact.path +
                       " is an event log of Windows XP or Server 2003 (.evt), which is "
                       "not read; open it in Event Viewer and save it as .evtx");
}

Sureness probe_lfs_pointer(std::span<const std::byte> head, std::string_view, const ReadContext&) {
  return has_at(head, 0, kLfsVersion) ? Sureness::certain : Sureness::no;
}

ReadOutcome read_lfs_pointer(const container::Artifact& artifact, container::ByteSource& bytes,
                             const ReadContext&, EventSink& sink) {
  return name_only(artifact, bytes, sink, "LFS_POINTER",
                   artifact.path +
                       " is a Git LFS pointer, not the file it stands for; run `git lfs "
                       "pull` where it came from and hand over the file itself");
}

}  // namespace rdptriage::reader
