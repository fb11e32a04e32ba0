#include "container/sniff.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

#include "base/text.hpp"
#include "container/member_name.hpp"

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
constexpr std::string_view kCopyText =
    "copy the text of an error dialog with Ctrl+C instead, or pass --code 0x904/0x7";
constexpr std::string_view kExport = "export the log itself as text or EVTX";
constexpr std::string_view kSaveAttached =
    "save attached logs out of it and give those; put the text of an error into a text file, or "
    "pass --code 0x904/0x7";

constexpr Sniffed bundle(BundleFormat bundle, std::string_view format, std::string_view title) {
  return {Kind::bundle, bundle, format, title, {}};
}
constexpr Sniffed refused(std::string_view format, std::string_view title,
                          std::string_view advice = kUnpack) {
  return {Kind::refused, BundleFormat::none, format, title, advice};
}
constexpr Sniffed not_used(std::string_view format, std::string_view title,
                           std::string_view advice = {}) {
  return {Kind::not_used, BundleFormat::none, format, title, advice};
}

// In this order; the first that fits wins.
constexpr Magic kMagics[] = {
    {0, "PK\x03\x04"sv, bundle(BundleFormat::zip, "zip", "zip archive")},
    {0, "PK\x05\x06"sv, bundle(BundleFormat::zip, "zip", "empty zip archive")},
    // Written by some tools as the first volume of a split archive that fits into one.
    {0, "PK00PK\x03\x04"sv, bundle(BundleFormat::zip, "zip", "zip archive")},
    {0, "PK\x07\x08"sv, refused("zip-split", "split zip archive", kJoinParts)},
    {0, "7z\xBC\xAF\x27\x1C"sv, bundle(BundleFormat::seven_zip, "7z", "7-Zip archive")},
    {0, "MSCF\0\0\0\0"sv, bundle(BundleFormat::cab, "cab", "cabinet file")},
    {0, "\x1F\x8B\x08"sv, bundle(BundleFormat::gzip, "gzip", "gzip file")},
    {0, "\xFD\x37zXZ\0"sv, bundle(BundleFormat::xz, "xz", "xz file")},
    {0, "\x28\xB5\x2F\xFD"sv, bundle(BundleFormat::zstd, "zstd", "Zstandard file")},
    {257, "ustar"sv, bundle(BundleFormat::tar, "tar", "tar archive")},

    {0, "Rar!\x1A\x07"sv, refused("rar", "RAR archive")},
    {0x8001, "CD001"sv, refused("iso", "ISO image")},
    {0, "conectix"sv, refused("vhd", "VHD disk image")},
    {0, "vhdxfile"sv, refused("vhdx", "VHDX disk image")},
    {0, "KDMV"sv, refused("vmdk", "VMDK disk image")},
    {0, "QFI\xFB"sv, refused("qcow", "QEMU disk image")},
    {0, "MSWIM\0\0\0"sv, refused("wim", "WIM image")},
    {0, "\x04\x22\x4D\x18"sv, refused("lz4", "LZ4 file")},
    {0, "LZIP\x01"sv, refused("lzip", "lzip file")},
    {0, "\x1F\x9D"sv, refused("compress", "file of Unix compress (.Z)")},
    {2, "-lh5-"sv, refused("lha", "LHA archive")},
    {0, "xar!"sv, refused("xar", "xar archive")},
    {0, "!<arch>\n"sv, refused("ar", "ar archive")},
    {4, "LfLe"sv,
     refused("evt", "event log of Windows XP or Server 2003 (.evt)",
             "open it in Event Viewer and save it as .evtx")},
    {0, "version https://git-lfs.github.com/spec/"sv,
     refused("lfs-pointer", "Git LFS pointer, not the file that it stands for",
             "run `git lfs pull` where it came from and give the file itself")},
    {0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv,
     not_used("ole", "OLE compound file (MSI package, Outlook message or old Office document)",
              kSaveAttached)},
    {0, "!BDN"sv, not_used("pst", "Outlook mailbox", kSaveAttached)},

    {0, "\x89PNG\r\n\x1A\n"sv, not_used("png", "picture", kCopyText)},
    {0, "\xFF\xD8\xFF"sv, not_used("jpeg", "picture", kCopyText)},
    {0, "GIF8"sv, not_used("gif", "picture", kCopyText)},
    {0, "II*\0"sv, not_used("tiff", "picture", kCopyText)},
    {0, "MM\0*"sv, not_used("tiff", "picture", kCopyText)},
    {8, "WEBPVP8"sv, not_used("webp", "picture", kCopyText)},
    {4, "ftypheic"sv, not_used("heic", "picture", kCopyText)},
    {4, "ftypmif1"sv, not_used("heic", "picture", kCopyText)},
    {4, "ftyp"sv, not_used("mp4", "video", kCopyText)},
    {0, "\x1A\x45\xDF\xA3"sv, not_used("matroska", "video", kCopyText)},
    {0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, not_used("asf", "video", kCopyText)},
    {0, "%PDF-"sv, not_used("pdf", "PDF document", kExport)},
    {0, "{\\rtf"sv, not_used("rtf", "Office document (RTF)", "save it as plain text")},
    {0,
     "\x7F"
     "ELF"sv,
     not_used("elf", "executable")},
    {0, "PAGEDU64"sv, not_used("dump", "memory dump")},
    {0, "PAGEDUMP"sv, not_used("dump", "memory dump")},
    {0, "MDMP"sv, not_used("dump", "memory dump")},
    {0, "regf"sv,
     not_used("registry-hive", "registry hive",
              "export the keys as text: reg export KEY FILE.reg")},
    {0, "SQLite format 3\0"sv, not_used("sqlite", "database")},
    {4, "\xEF\xCD\xAB\x89"sv, not_used("ese", "database (ESE)")},
    {0, "\x0A\x0D\x0D\x0A"sv, not_used("pcapng", "packet capture")},
    {0, "\xD4\xC3\xB2\xA1"sv, not_used("pcap", "packet capture")},
    {0, "\xA1\xB2\xC3\xD4"sv, not_used("pcap", "packet capture")},
    {0, "\x4D\x3C\xB2\xA1"sv, not_used("pcap", "packet capture")},
    {0, "L\0\0\0\x01\x14\x02\0"sv,
     not_used("shortcut", "Windows shortcut (.lnk)", "give the file it points to")},
    // What macOS puts beside the files of a zip: "__MACOSX/._name" and ".DS_Store".
    {0, "\0\x05\x16\x07"sv,
     not_used("apple-double", "attributes that macOS keeps beside a file; not needed")},
    {0,
     "\0\0\0\x01"
     "Bud1"sv,
     not_used("ds-store", "folder view of macOS (.DS_Store); not needed")},
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

// "BM" and a bitmap header of one of the sizes there are: two letters alone begin many a text.
bool is_bitmap(std::span<const std::byte> head) {
  constexpr std::uint8_t kHeaderBytes[] = {12, 40, 52, 56, 108, 124};
  return has_at(head, 0, "BM"sv) && has_at(head, 6, "\0\0\0\0"sv) && has_at(head, 15, "\0\0\0"sv) &&
         std::find(std::begin(kHeaderBytes), std::end(kHeaderBytes), byte_at(head, 14)) !=
             std::end(kHeaderBytes);
}

// A message as mail servers and programs save it (RFC 5322): header lines alone up to an empty
// line, among them a sender and one that only mail has. What somebody copied out of a mail has
// "From:" and "Subject:" but none of those, and is text like any other.
bool is_mail(std::span<const std::byte> head) {
  constexpr std::string_view kOnlyMail[] = {"received", "message-id", "mime-version",
                                            "return-path"};
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  bool has_sender = false, is_from_mail = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = base::trim(text.substr(0, end));
    const bool is_folded = text.front() == ' ' || text.front() == '\t';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) break;
    if (is_folded) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string name = base::to_lower_ascii(line.substr(0, colon));
    const bool is_name = std::all_of(name.begin(), name.end(), [](char c) {
      return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    if (!is_name) return false;
    has_sender = has_sender || name == "from";
    is_from_mail = is_from_mail || std::find(std::begin(kOnlyMail), std::end(kOnlyMail), name) !=
                                       std::end(kOnlyMail);
  }
  return has_sender && is_from_mail;
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
  if (is_office_document(head)) return not_used("office", "Office document", kExport);
  if (is_bzip2(head)) return bundle(BundleFormat::bzip2, "bzip2", "bzip2 file");
  if (is_windows_executable(head)) return not_used("exe", "executable");
  if (is_bitmap(head)) return not_used("bmp", "picture", kCopyText);
  for (const Magic& magic : kMagics) {
    if (has_at(head, magic.offset, magic.bytes)) return magic.sniffed;
  }
  if (is_event_trace(head)) {
    return not_used(
        "etl", "event trace (.etl), which needs Windows to be decoded",
        "on any Windows machine: tracerpt FILE.etl -o FILE.csv -of csv, then give FILE.csv");
  }
  if (is_mail(head)) return not_used("mail", "mail message", kSaveAttached);
  return {};
}

}  // namespace rdptriage::container
