// One open bundle, read from first member to last; the only place that sees libarchive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "container/artifact.hpp"
#include "container/guard.hpp"
#include "container/sniff.hpp"

namespace rdptriage::container {

enum class MemberKind : std::uint8_t { file, folder, link, special, encrypted };

struct Member {
  std::string stored_name;  // as the bundle has it, bytes not checked
  MemberKind kind = MemberKind::file;
  std::optional<std::uint64_t> size;  // as claimed
};

class Archive {
 public:
  // `source` must outlive the archive. `name` is the bundle's, for messages and for the name of the
  // one member of a gzip file. `passwords` are tried on encrypted members of a zip. Fails when
  // libarchive cannot be set up.
  static Result<std::unique_ptr<Archive>> open(ByteSource& source, BundleFormat format,
                                               const Artifact& bundle,
                                               std::span<const std::string> passwords = {});
  virtual ~Archive() = default;

  // Steps to the next member, reading what is left of the current one where the format needs it.
  // Nothing at the end. An error ends the archive: damage, encryption, or a limit.
  virtual Result<std::optional<Member>> next() = 0;
  // Bytes of the current member. Errors: BUNDLE_DAMAGED, BUNDLE_ENCRYPTED, BUNDLE_METHOD, or what
  // the archive's own source failed with.
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
  // How much of the bundle's own bytes has been consumed.
  virtual std::uint64_t bytes_consumed() const = 0;
  // Skipping a member means decompressing it, so its bytes have to be counted by reading them.
  virtual bool must_drain() const = 0;
  // What a user can do about encryption: passwords open zip files alone.
  virtual std::string_view advice_when_encrypted() const = 0;
};

}  // namespace rdptriage::container
