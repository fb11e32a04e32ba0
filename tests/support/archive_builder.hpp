// Builds bundles in memory for tests: in every format that libarchive can write, and cabinets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rdptriage::test {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text);

enum class Packing : std::uint8_t {
  zip,
  zip_stored,
  zip_encrypted,
  seven_zip,
  cab,  // files only, stored, all in one folder
  tar,
  tar_gz,
  gz,
  bz2,
  xz,
  zst
};

struct Entry {
  enum class Kind : std::uint8_t { file, folder, symlink, device };
  std::string name;
  Bytes content;  // of a symlink: its target
  Kind kind = Kind::file;
};

Bytes pack(Packing packing, const std::vector<Entry>& entries);
// One file named `name`.
Bytes pack(Packing packing, std::string name, Bytes content);

}  // namespace rdptriage::test
