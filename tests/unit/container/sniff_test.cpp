#include "container/sniff.hpp"

#include <string>

#include "support/archive_builder.hpp"
#include "support/catch.hpp"

namespace rdptriage::container {
namespace {

using namespace std::literals;
using test::bytes_of;

struct SniffCase {
  const char* name;
  std::string bytes;
  Kind kind;
  std::string_view format;
};

std::string padded(std::string start, std::size_t at, std::string_view rest) {
  start.resize(at, '\0');
  return start.append(rest);
}

std::string event_trace() {
  std::string head = padded("\0\0\1\0\x70\1\0\0\x70\1\0\0"s, 0x48, "\x02\x00\x02\xC0"sv);
  head.resize(0x1000, '\0');
  return head;
}

TEST_CASE("content decides what a run of bytes is") {
  const SniffCase cases[] = {
      {"empty", "", Kind::plain, ""},
      {"text", "Active Connections\r\n", Kind::plain, ""},
      {"text that starts like a bzip2 file", "BZh1 is a name", Kind::plain, ""},
      {"text that starts like an executable", "MZ 12:00 connected", Kind::plain, ""},
      {"evtx", "ElfFile\0"s, Kind::plain, ""},
      {"log of Windows XP", "\x30\0\0\0LfLe\x01\0\0\0"s, Kind::refused, "evt"},
      {"Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
       Kind::refused, "lfs-pointer"},
      {"zip", "PK\x03\x04"s, Kind::bundle, "zip"},
      {"empty zip", "PK\x05\x06"s, Kind::bundle, "zip"},
      {"split zip", "PK\x07\x08"s, Kind::refused, "zip-split"},
      {"word document", padded("PK\x03\x04", 30, "[Content_Types].xml"), Kind::not_used, "office"},
      {"7z", "7z\xBC\xAF\x27\x1C"s, Kind::bundle, "7z"},
      {"cab", "MSCF\0\0\0\0"s, Kind::bundle, "cab"},
      {"rar", "Rar!\x1A\x07\x01"s, Kind::refused, "rar"},
      {"iso", padded("", 0x8001, "CD001"), Kind::refused, "iso"},
      {"vhdx", "vhdxfile"s, Kind::refused, "vhdx"},
      {"msi or mail", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"s, Kind::not_used, "ole"},
      {"picture", "\x89PNG\r\n\x1A\n"s, Kind::not_used, "png"},
      {"executable", padded(padded("MZ", 0x3C, "\x40\0\0\0"sv), 0x40, "PE\0\0"sv), Kind::not_used,
       "exe"},
      {"event trace", event_trace(), Kind::not_used, "etl"},
      {"bitmap", "BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"s, Kind::not_used, "bmp"},
      {"text that starts like a bitmap", "BM 12:00 connected to gateway", Kind::plain, ""},
      {"video",
       "\0\0\0\x18"
       "ftypmp42"s,
       Kind::not_used, "mp4"},
      {"photo of a phone",
       "\0\0\0\x18"
       "ftypheic"s,
       Kind::not_used, "heic"},
      {"mailbox", "!BDN\0\0"s, Kind::not_used, "pst"},
      {"what macOS puts beside a file", "\0\x05\x16\x07\0\x02\0\0"s, Kind::not_used,
       "apple-double"},
      {"disk image", "KDMV\x01\0\0\0"s, Kind::refused, "vmdk"},
      {"mail",
       "Received: from mx.example\r\n by mail.example; Fri, 20 Nov 2026 09:11:52 +0100\r\n"
       "From: User <user@example.com>\r\nSubject: Remote Desktop\r\nMIME-Version: 1.0\r\n\r\n"
       "Error code: 0x904\r\n",
       Kind::not_used, "mail"},
      {"text copied out of a mail",
       "From: User\r\nSent: Friday\r\nTo: Helpdesk\r\nSubject: Remote Desktop\r\n\r\n"
       "Error code: 0x904\r\n",
       Kind::plain, ""},
      {"text whose lines have names", "Received: 0 packets\r\nFrom: 10.0.0.5\r\nError code: 0x904",
       Kind::plain, ""},
  };
  for (const SniffCase& row : cases) {
    INFO(row.name);
    const auto bytes = bytes_of(row.bytes);
    const Sniffed got = sniff(bytes);
    CHECK(got.kind == row.kind);
    CHECK(got.format == row.format);
  }
}

TEST_CASE("an event trace is told with the command that makes it usable") {
  const auto bytes = bytes_of(event_trace());
  CHECK(sniff(bytes).advice.find("tracerpt") != std::string_view::npos);
}

TEST_CASE("every written bundle is recognized") {
  using test::Packing;
  const std::pair<Packing, std::string_view> cases[] = {
      {Packing::zip, "zip"}, {Packing::zip_stored, "zip"}, {Packing::seven_zip, "7z"},
      {Packing::tar, "tar"}, {Packing::tar_gz, "gzip"},    {Packing::bz2, "bzip2"},
      {Packing::xz, "xz"},   {Packing::zst, "zstd"}};
  for (const auto& row : cases) {
    INFO(row.second);
    CHECK(sniff(test::pack(row.first, "a", bytes_of("text"))).format == row.second);
  }
}

}  // namespace
}  // namespace rdptriage::container
