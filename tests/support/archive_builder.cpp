#include "support/archive_builder.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <stdexcept>

namespace rdptriage::test {
namespace {

void check(int outcome, archive* writer) {
  if (outcome < ARCHIVE_WARN) throw std::runtime_error(archive_error_string(writer));
}

void choose(archive* writer, Packing packing) {
  switch (packing) {
    case Packing::zip:
      check(archive_write_set_format_zip(writer), writer);
      break;
    case Packing::zip_stored:
      check(archive_write_set_format_zip(writer), writer);
      check(archive_write_set_options(writer, "compression=store"), writer);
      break;
    case Packing::zip_encrypted:
      check(archive_write_set_format_zip(writer), writer);
      check(archive_write_set_options(writer, "encryption=aes256"), writer);
      check(archive_write_set_passphrase(writer, "secret"), writer);
      break;
    case Packing::seven_zip:
      check(archive_write_set_format_7zip(writer), writer);
      break;
    case Packing::cab:  // built by pack_cabinet
      break;
    case Packing::tar:
      check(archive_write_set_format_pax_restricted(writer), writer);
      break;
    case Packing::tar_gz:
      check(archive_write_set_format_pax_restricted(writer), writer);
      check(archive_write_add_filter_gzip(writer), writer);
      break;
    case Packing::gz:
      check(archive_write_set_format_raw(writer), writer);
      check(archive_write_add_filter_gzip(writer), writer);
      break;
    case Packing::bz2:
      check(archive_write_set_format_raw(writer), writer);
      check(archive_write_add_filter_bzip2(writer), writer);
      break;
    case Packing::xz:
      check(archive_write_set_format_raw(writer), writer);
      check(archive_write_add_filter_xz(writer), writer);
      break;
    case Packing::zst:
      check(archive_write_set_format_raw(writer), writer);
      check(archive_write_add_filter_zstd(writer), writer);
      break;
  }
}

la_ssize_t append(archive*, void* out_pointer, const void* data, std::size_t size) {
  auto& out = *static_cast<Bytes*>(out_pointer);
  const auto* bytes = static_cast<const std::byte*>(data);
  out.insert(out.end(), bytes, bytes + size);
  return static_cast<la_ssize_t>(size);
}

void put(Bytes& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) out.push_back(static_cast<std::byte>(value >> 8 * i & 0xFF));
}

// [MS-CAB]: header, one folder, its files, then their bytes one behind the other in blocks of at
// most 32 KiB. A checksum of zero is not checked by anybody.
Bytes pack_cabinet(const std::vector<Entry>& entries) {
  constexpr std::size_t kHeaderBytes = 36, kFolderBytes = 8, kFileBytes = 16, kBlock = 0x8000;
  Bytes data;
  std::size_t directory = 0;
  for (const Entry& entry : entries) {
    data.insert(data.end(), entry.content.begin(), entry.content.end());
    directory += kFileBytes + entry.name.size() + 1;
  }
  const std::size_t blocks = (data.size() + kBlock - 1) / kBlock;
  const std::size_t first_block = kHeaderBytes + kFolderBytes + directory;

  Bytes out = bytes_of("MSCF");
  put(out, 0, 4);
  put(out, static_cast<std::uint32_t>(first_block + 8 * blocks + data.size()), 4);
  put(out, 0, 4);
  put(out, kHeaderBytes + kFolderBytes, 4);
  put(out, 0, 4);
  put(out, 0x0103, 2);
  put(out, 1, 2);
  put(out, static_cast<std::uint32_t>(entries.size()), 2);
  put(out, 0, 2 + 2 + 2);
  put(out, static_cast<std::uint32_t>(first_block), 4);
  put(out, static_cast<std::uint32_t>(blocks), 2);
  put(out, 0, 2);
  std::uint32_t offset = 0;
  for (const Entry& entry : entries) {
    const auto size = static_cast<std::uint32_t>(entry.content.size());
    put(out, size, 4);
    put(out, offset, 4);
    put(out, 0, 2);
    put(out, 0x5B21, 2 + 2);  // a day of 2025, midnight
    put(out, 0x20, 2);
    const Bytes name = bytes_of(entry.name);
    out.insert(out.end(), name.begin(), name.end());
    put(out, 0, 1);
    offset += size;
  }
  for (std::size_t at = 0; at < data.size(); at += kBlock) {
    const std::size_t count = std::min(kBlock, data.size() - at);
    put(out, 0, 4);
    put(out, static_cast<std::uint32_t>(count), 2);
    put(out, static_cast<std::uint32_t>(count), 2);
    const auto begin = data.begin() + static_cast<std::ptrdiff_t>(at);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  }
  return out;
}

}  // namespace

Bytes bytes_of(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {bytes, bytes + text.size()};
}

Bytes pack(Packing packing, const std::vector<Entry>& entries) {
  if (packing == Packing::cab) return pack_cabinet(entries);
  Bytes out;
  archive* writer = archive_write_new();
  choose(writer, packing);
  archive_write_set_bytes_in_last_block(writer, 1);
  check(archive_write_open(writer, &out, nullptr, &append, nullptr), writer);
  for (const Entry& item : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_copy_pathname(entry, item.name.c_str());
    archive_entry_set_perm(entry, 0644);
    const std::string target(reinterpret_cast<const char*>(item.content.data()),
                             item.content.size());
    switch (item.kind) {
      case Entry::Kind::file:
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, static_cast<la_int64_t>(item.content.size()));
        break;
      case Entry::Kind::folder:
        archive_entry_set_filetype(entry, AE_IFDIR);
        break;
      case Entry::Kind::symlink:
        archive_entry_set_filetype(entry, AE_IFLNK);
        archive_entry_copy_symlink(entry, target.c_str());
        break;
      case Entry::Kind::device:
        archive_entry_set_filetype(entry, AE_IFCHR);
        archive_entry_set_rdevmajor(entry, 1);
        archive_entry_set_rdevminor(entry, 5);
        break;
    }
    check(archive_write_header(writer, entry), writer);
    if (item.kind == Entry::Kind::file && !item.content.empty()) {
      archive_write_data(writer, item.content.data(), item.content.size());
    }
    archive_entry_free(entry);
  }
  check(archive_write_close(writer), writer);
  archive_write_free(writer);
  return out;
}

Bytes pack(Packing packing, std::string name, Bytes content) {
  return pack(packing, {Entry{std::move(name), std::move(content), Entry::Kind::file}});
}

}  // namespace rdptriage::test
