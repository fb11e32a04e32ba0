#include "container/sniff.hpp"

#include <algorithm>
#include <cstring>

namespace rdptriage::container {
namespace {

using namespace std::literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  Sniffed sniffed;
};

constexpr std::string_view kUnpack =
    "unpack it (or mount it) and give the folder, or pack it again as a plain zip";

// In this order; the first that fits wins.
constexpr Magic kMagics[] = {
    {0, "PK\x03\x04"sv, {Kind::bundle, BundleFormat::zip, "zip", "zip archive", {}}},
    {0, "PK\x05\x06"sv, {Kind::bundle, BundleFormat::zip, "zip", "empty zip archive", {}}},
    // Written by some tools as the first volume of a split archive that fits into one.
    {0, "PK00PK\x03\x04"sv, {Kind::bundle, BundleFormat::zip, "zip", "zip archive", {}}},
    {0,
     "PK\x07\x08"sv,
     {Kind::refused, BundleFormat::none, "zip-split", "split zip archive",
      "join the parts first (7z x FIRST-PART), then give the folder"}},
    {0, "7z\xBC\xAF\x27\x1C"sv, {Kind::bundle, BundleFormat::seven_zip, "7z", "7-Zip archive", {}}},
    {0, "MSCF\0\0\0\0"sv, {Kind::bundle, BundleFormat::cab, "cab", "cabinet file", {}}},
    {0, "\x1F\x8B\x08"sv, {Kind::bundle, BundleFormat::gzip, "gzip", "gzip file", {}}},
    {0, "\xFD\x37zXZ\0"sv, {Kind::bundle, BundleFormat::xz, "xz", "xz file", {}}},
    {0, "\x28\xB5\x2F\xFD"sv, {Kind::bundle, BundleFormat::zstd, "zstd", "Zstandard file", {}}},
    {257, "ustar"sv, {Kind::bundle, BundleFormat::tar, "tar", "tar archive", {}}},

    {0, "Rar!\x1A\x07"sv, {Kind::refused, BundleFormat::none, "rar", "RAR archive", kUnpack}},
    {0x8001, "CD001"sv, {Kind::refused, BundleFormat::none, "iso", "ISO image", kUnpack}},
    {0, "conectix"sv, {Kind::refused, BundleFormat::none, "vhd", "VHD disk image", kUnpack}},
    {0, "vhdxfile"sv, {Kind::refused, BundleFormat::none, "vhdx", "VHDX disk image", kUnpack}},
    {0, "MSWIM\0\0\0"sv, {Kind::refused, BundleFormat::none, "wim", "WIM image", kUnpack}},
    {0,
     "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv,
     {Kind::not_used, BundleFormat::none, "ole",
      "OLE compound file (MSI package, Outlook message or old Office document)",
      "save attached logs out of it and give those"}},

    {0,
     "\x89PNG\r\n\x1A\n"sv,
     {Kind::not_used, BundleFormat::none, "png", "picture",
      "copy the text of an error dialog with Ctrl+C instead, or pass --code 0x904/0x7"}},
    {0,
     "\xFF\xD8\xFF"sv,
     {Kind::not_used, BundleFormat::none, "jpeg", "picture",
      "copy the text of an error dialog with Ctrl+C instead, or pass --code 0x904/0x7"}},
    {0, "GIF8"sv, {Kind::not_used, BundleFormat::none, "gif", "picture", {}}},
    {0,
     "%PDF-"sv,
     {Kind::not_used, BundleFormat::none, "pdf", "PDF document",
      "export the log itself as text or EVTX"}},
    {0,
     "\x7F"
     "ELF"sv,
     {Kind::not_used, BundleFormat::none, "elf", "executable", {}}},
    {0, "PAGEDU64"sv, {Kind::not_used, BundleFormat::none, "dump", "memory dump", {}}},
    {0, "PAGEDUMP"sv, {Kind::not_used, BundleFormat::none, "dump", "memory dump", {}}},
    {0, "MDMP"sv, {Kind::not_used, BundleFormat::none, "dump", "memory dump", {}}},
    {0,
     "regf"sv,
     {Kind::not_used, BundleFormat::none, "registry-hive", "registry hive",
      "export the keys as text: reg export KEY FILE.reg"}},
    {0, "SQLite format 3\0"sv, {Kind::not_used, BundleFormat::none, "sqlite", "database", {}}},
    {0, "\x0A\x0D\x0D\x0A"sv, {Kind::not_used, BundleFormat::none, "pcapng", "packet capture", {}}},
    {0, "\xD4\xC3\xB2\xA1"sv, {Kind::not_used, BundleFormat::none, "pcap", "packet capture", {}}},
};

bool has_at(std::span<const std::byte> head, std::size_t offset, std::string_view bytes) {
  return head.size() >= offset && head.size() - offset >= bytes.size() &&
         std::memcmp(head.data() + offset, bytes.data(), bytes.size()) == 0;
}

std::uint8_t byte_at(std::span<const std::byte> head, std::size_t at) {
  return at < head.size() ? std::to_integer<std::uint8_t>(head[at]) : std::uint8_t{0};
}

// "BZh1" … "BZh9", then the magic of a block or of an empty stream's end.
bool is_bzip2(std::span<const std::byte> head) {
  return has_at(head, 0, "BZh"sv) && byte_at(head, 3) >= '1' && byte_at(head, 3) <= '9' &&
         (has_at(head, 4, "\x31\x41\x59\x26\x53\x59"sv) ||
          has_at(head, 4, "\x17\x72\x45\x38\x50\x90"sv));
}

// Office Open XML is a zip whose first member has this name.
bool is_office_document(std::span<const std::byte> head) {
  return has_at(head, 0, "PK\x03\x04"sv) && has_at(head, 30, "[Content_Types].xml"sv);
}

// "MZ" and a pointer to "PE": two letters alone begin many a text.
bool is_windows_executable(std::span<const std::byte> head) {
  if (!has_at(head, 0, "MZ"sv) || head.size() < 0x40) return false;
  const std::size_t at = std::size_t{byte_at(head, 0x3C)} | std::size_t{byte_at(head, 0x3D)} << 8;
  return byte_at(head, 0x3E) == 0 && byte_at(head, 0x3F) == 0 && has_at(head, at, "PE\0\0"sv);
}

// An event trace (.etl) begins with a WMI buffer header of 0x48 bytes (size, two offsets …); the
// system trace header of the log file itself follows.
bool is_event_trace(std::span<const std::byte> head) {
  if (head.size() < 0x70) return false;
  const auto u32 = [&](std::size_t at) {
    return std::uint32_t{byte_at(head, at)} | std::uint32_t{byte_at(head, at + 1)} << 8 |
           std::uint32_t{byte_at(head, at + 2)} << 16 | std::uint32_t{byte_at(head, at + 3)} << 24;
  };
  const std::uint32_t size = u32(0);
  const bool is_power_of_pages = size >= 0x400 && size <= 0x1000000 && size % 0x400 == 0;
  // Version 2, header type 1 (32 bit) or 2 (64 bit), marker 0xC0.
  return is_power_of_pages && u32(4) <= size && u32(8) <= size && u32(4) >= 0x48 &&
         byte_at(head, 0x4B) == 0xC0 && (byte_at(head, 0x4A) == 1 || byte_at(head, 0x4A) == 2) &&
         byte_at(head, 0x48) == 2;
}

}  // namespace

Sniffed sniff(std::span<const std::byte> head) {
  if (is_office_document(head)) {
    return {Kind::not_used, BundleFormat::none, "office", "Office document",
            "export the log itself as text or EVTX"};
  }
  if (is_bzip2(head)) return {Kind::bundle, BundleFormat::bzip2, "bzip2", "bzip2 file", {}};
  if (is_windows_executable(head)) {
    return {Kind::not_used, BundleFormat::none, "exe", "executable", {}};
  }
  for (const Magic& magic : kMagics) {
    if (has_at(head, magic.offset, magic.bytes)) return magic.sniffed;
  }
  if (is_event_trace(head)) {
    return {Kind::not_used, BundleFormat::none, "etl",
            "event trace (.etl), which needs Windows to be decoded",
            "on any Windows machine: tracerpt FILE.etl -o FILE.csv -of csv, then give FILE.csv"};
  }
  return {};
}

}  // namespace rdptriage::container
