// Each refusal on a good bundle that was damaged for the purpose: what is refused, what is lost,
// and that the rest is still read.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "recorder.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {
namespace {

// Offset of the n-th (0-based) zip record that starts with `magic`.
std::size_t find_record(const Bytes& zip, std::string_view magic, int n = 0) {
  for (std::size_t i = 0; i + 4 <= zip.size(); ++i) {
    if (std::memcmp(zip.data() + i, magic.data(), 4) == 0 && n-- == 0) return i;
  }
  FAIL("no such record");
  return 0;
}
constexpr std::string_view kLocal = "PK\x03\x04", kCentral = "PK\x01\x02", kEnd = "PK\x05\x06";

void put16(Bytes& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<std::byte>(value & 0xFF);
  bytes[at + 1] = static_cast<std::byte>(value >> 8 & 0xFF);
}
void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  put16(bytes, at, value & 0xFFFF);
  put16(bytes, at + 2, value >> 16);
}

Bytes two_files(Packing packing = Packing::zip) {
  return pack(packing, {{"a.txt", bytes_of(std::string(3000, 'a'))}, {"b.txt", bytes_of("two")}});
}

TEST_CASE("a zip cut short keeps the members in front of the cut") {
  Bytes zip = two_files();
  zip.resize(find_record(zip, kLocal, 1) + 20);
  const Walked walked = walk_bytes(zip);
  CHECK(walked.record.artifacts.at(0).path == "in/a.txt");
  CHECK(walked.record.bytes == 3000);
  CHECK(walked.record.count_of("BUNDLE_DAMAGED") == 1);
  CHECK(walked.record.lines.back() == "end-incomplete in");
}

TEST_CASE("a zip whose member lies about its size loses that member, not the next") {
  Bytes zip = two_files(Packing::zip_stored);
  // The central directory claims four times what is there, for the first member.
  const std::size_t central = find_record(zip, kCentral);
  put32(zip, central + 24, 12'000);
  const Walked walked = walk_bytes(zip);
  CHECK(walked.record.has("artifact in/b.txt = two"));
  CHECK(walked.record.bytes <= 12'003);
}

TEST_CASE("a member with a wrong checksum is said to be damaged; what was read stands") {
  Bytes zip = two_files(Packing::zip_stored);
  const std::size_t local = find_record(zip, kLocal);
  zip[local + 30 + 5 + 100 + 28] = std::byte{'!'};  // somewhere in the content
  const Walked walked = walk_bytes(zip);
  CHECK(walked.record.count_of("BUNDLE_DAMAGED") == 1);
  CHECK(walked.record.has("artifact in/b.txt = two"));
  CHECK(walked.record.lines.back() == "end-incomplete in");
}

TEST_CASE("a small member whose checksum is wrong is handed on before that is said") {
  Bytes zip = two_files(Packing::zip_stored);
  const std::string content = "two";
  const auto at =
      std::search(zip.begin(), zip.end(), content.begin(), content.end(),
                  [](std::byte byte, char c) { return byte == static_cast<std::byte>(c); });
  REQUIRE(at != zip.end());
  *at = std::byte{'T'};
  const Walked walked = walk_bytes(zip);
  CHECK(walked.record.has("artifact in/b.txt = Two"));
  CHECK(walked.record.count_of("BUNDLE_DAMAGED") == 1);
}

TEST_CASE("a name that is no UTF-8 does no harm after memory ran out elsewhere") {
  Bytes zip = two_files();
  const std::size_t local = find_record(zip, kLocal), central = find_record(zip, kCentral);
  zip[local + 30] = zip[central + 46] = std::byte{0x81};
  zip[local + 7] = zip[central + 9] = std::byte{0x08};  // "the name is UTF-8", which it is not
  // With this value left over, libarchive would end the program.
  errno = ENOMEM;
  const Walked flat = walk_bytes(zip);
  CHECK(flat.record.artifacts.size() == 2);
  errno = ENOMEM;
  const Walked nested = walk_bytes(pack(Packing::zst, "in.zip", zip));
  CHECK(nested.record.artifacts.size() == 2);
}

TEST_CASE("Deflate64 and other unknown methods are refused in plain words") {
  Bytes zip = two_files();
  put16(zip, find_record(zip, kLocal) + 8, 9);
  put16(zip, find_record(zip, kCentral) + 10, 9);
  const Walked walked = walk_bytes(zip);
  CHECK(walked.record.has("refused in/a.txt = BUNDLE_METHOD"));
  CHECK(walked.record.notices.at(0).text.find("pack it again as a plain zip") != std::string::npos);
  CHECK(walked.record.has("artifact in/b.txt = two"));
}

TEST_CASE("encrypted members are refused, never asked for a password") {
  const Walked walked = walk_bytes(two_files(Packing::zip_encrypted));
  CHECK(walked.record.has("refused in/a.txt = BUNDLE_ENCRYPTED"));
  CHECK(walked.record.has("refused in/b.txt = BUNDLE_ENCRYPTED"));
  CHECK(walked.record.artifacts.empty());
}

TEST_CASE("encrypted members are read with one of the given passwords") {
  const Bytes bytes = two_files(Packing::zip_encrypted);
  struct Case {
    std::vector<std::string> passwords;
    bool opens;
  };
  const Case cases[] = {{{"secret"}, true}, {{"wrong", "secret"}, true}, {{"wrong"}, false}};
  for (const Case& c : cases) {
    container::Guard guard(Limits{}, c.passwords);
    const container::Listing listing =
        container::list_artifacts(std::vector<container::WalkInput>{{"in", {}, bytes}}, guard);
    container::Walk walk(listing, guard);
    Recorder record;
    walk.open(listing.files.front(), record);
    CHECK(record.has("artifact in/b.txt = two") == c.opens);
    CHECK((record.count_of("BUNDLE_ENCRYPTED") != 0) == !c.opens);
  }
}

// Made with 7-Zip, which libarchive cannot write: "a.txt" with the content "one", stored and
// encrypted with the password "secret"; the second hides the names as well.
constexpr std::string_view kEncrypted7z =
    "377abcaf271c000475968c6310000000000000006200000000000000fb4e8d8020c9194c80e0d1a7fbe00979"
    "1508a0e30104060001091000070b0100022406f1070112530f95e5fe928a25104f6cd18875b36a4562010001"
    "000c030300080a01f1866c7a000005011903000000110d0061002e007400780074000000140a010000008192"
    "b17adc01150601002080a4810000";
constexpr std::string_view kHidden7z =
    "377abcaf271c0004400f115c80000000000000002e00000000000000650e060328b29460e41cc54ba9838e7e"
    "3c666508ca0b6172217b1e69763f81d35cb24e57ca379eb38b4ee978e36a62ec33515a34e0beed3a638a9c2d"
    "4b59fe6f44b327c03b14a6633310a65b8b2b48319c9170e37b7ecd501b0bd18d53ae87a0cb3ef92e0fd5c68b"
    "eed2c96149a357666c67d97ae4aed62de50a6be4008c4e38ff1b474017061001097000070b0100012406f107"
    "0112530f81013f6e6030c0035fcf39a8ad9317f60c620a01f146d6310000";

Bytes from_hex(std::string_view digits) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<std::byte>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  return out;
}

TEST_CASE("an encrypted 7z is refused, with or without a password, and no password is asked for") {
  for (const bool has_password : {false, true}) {
    for (const auto& [digits, line] :
         {std::pair(kEncrypted7z, "refused in/a.txt = BUNDLE_ENCRYPTED"),
          std::pair(kHidden7z, "refused in = BUNDLE_ENCRYPTED")}) {
      INFO(line << (has_password ? " with a password" : ""));
      const Bytes bytes = from_hex(digits);
      container::Guard guard(
          Limits{}, has_password ? std::vector<std::string>{"secret"} : std::vector<std::string>{});
      const container::Listing listing =
          container::list_artifacts(std::vector<container::WalkInput>{{"in", {}, bytes}}, guard);
      container::Walk walk(listing, guard);
      Recorder record;
      walk.open(listing.files.front(), record);
      CHECK(record.has(line));
      REQUIRE(record.count_of("BUNDLE_ENCRYPTED") == 1);
      // What does not help is not advised.
      CHECK(record.notices.front().text.find("--password-file") == std::string::npos);
      CHECK(record.artifacts.empty());
    }
  }
}

TEST_CASE("why a bundle is incomplete is said at its end") {
  CHECK(walk_bytes(two_files(Packing::tar)).record.losses.empty());
  Bytes cut = two_files(Packing::tar);
  cut.resize(700);
  const Walked walked = walk_bytes(cut);
  REQUIRE(walked.record.losses.size() == 1);
  CHECK(walked.record.losses.front() != "");
  CHECK(walk_bytes(two_files(Packing::zip_encrypted)).record.losses ==
        std::vector<std::string>{"not all of its members could be read"});
}

TEST_CASE("a part of a split archive is told from a damaged bundle by its name") {
  Bytes cut = two_files(Packing::seven_zip);
  cut.resize(cut.size() / 2);
  for (const auto& [name, says] : {std::pair("case.7z.001", "join the parts"),
                                   std::pair("case.7z", "ask for the file once more")}) {
    const Walked walked = walk_bytes(cut, {}, name);
    REQUIRE(walked.record.count_of("BUNDLE_DAMAGED") == 1);
    CHECK(walked.record.notices.front().text.find(says) != std::string::npos);
  }
}

TEST_CASE("links and devices in bundles are refused") {
  const Walked walked =
      walk_bytes(pack(Packing::tar, {{"link", bytes_of("/etc/passwd"), Entry::Kind::symlink},
                                     {"null", {}, Entry::Kind::device},
                                     {"a.txt", bytes_of("one")}}));
  CHECK(walked.record.has("refused in/link = LINK_NOT_FOLLOWED"));
  CHECK(walked.record.has("refused in/null = LINK_NOT_FOLLOWED"));
  CHECK(walked.record.has("artifact in/a.txt = one"));
}

TEST_CASE("names that point out of the bundle are shown inside it") {
  const Walked walked = walk_bytes(pack(Packing::tar, "../../etc/passwd", bytes_of("x")));
  CHECK(walked.record.has("artifact in/etc/passwd = x"));
  CHECK(walked.record.count_of("BUNDLE_NAME_CHANGED") == 1);
}

TEST_CASE("two members of one name are both read") {
  const Walked walked =
      walk_bytes(pack(Packing::tar, {{"a", bytes_of("one")}, {"a", bytes_of("two")}}));
  CHECK(walked.record.has("artifact in/a = one"));
  CHECK(walked.record.has("artifact in/a (2) = two"));
  CHECK(walked.record.count_of("BUNDLE_NAME_TWICE") == 1);
}

TEST_CASE("entries that share their bytes count each time") {
  // Ten directory entries, all pointing at the first member.
  Bytes zip = pack(Packing::zip, "a", bytes_of(std::string(1'000'000, 'a')));
  const std::size_t central = find_record(zip, kCentral), end = find_record(zip, kEnd);
  const Bytes entry(zip.begin() + static_cast<std::ptrdiff_t>(central),
                    zip.begin() + static_cast<std::ptrdiff_t>(end));
  for (int i = 0; i < 9; ++i) {
    zip.insert(zip.begin() + static_cast<std::ptrdiff_t>(end), entry.begin(), entry.end());
  }
  const std::size_t new_end = zip.size() - 22;
  put16(zip, new_end + 8, 10);
  put16(zip, new_end + 10, 10);
  put32(zip, new_end + 12, static_cast<std::uint32_t>(entry.size() * 10));
  Limits limits;
  limits.max_expanded_bytes = 4'500'000;
  const Walked walked = walk_bytes(zip, limits);
  CHECK(walked.record.bytes <= 4'500'000);
  // libarchive may merge the copies; then there is nothing to refuse.
  CHECK((walked.record.artifacts.size() == 1 ||
         walked.limits_hit == std::vector<std::string>{"LIMIT_EXPANDED"}));
}

TEST_CASE("a bomb is stopped by its ratio, flat or nested") {
  Limits limits;
  limits.ratio_floor_bytes = 1 << 20;
  const Bytes zeros(8 << 20, std::byte{0});
  const Bytes flat = pack(Packing::zip, "zeros", zeros);
  const Walked from_flat = walk_bytes(flat, limits);
  CHECK(from_flat.record.count_of("LIMIT_RATIO") == 1);
  CHECK(from_flat.record.bytes < (2 << 20));
  CHECK(from_flat.record.notices.at(0).text.find("--max-ratio") != std::string::npos);

  const Bytes nested = pack(Packing::zip, {{"inner.zip", flat}, {"after.txt", bytes_of("x")}});
  const Walked from_nested = walk_bytes(nested, limits);
  CHECK(from_nested.limits_hit == std::vector<std::string>{"LIMIT_RATIO"});
  CHECK(from_nested.record.bytes < (2 << 20));
  CHECK_FALSE(from_nested.record.has("artifact in/after.txt = x"));
}

TEST_CASE("a member that nobody reads to its end still counts as what it expands to") {
  Limits limits;
  limits.ratio_floor_bytes = 1 << 20;
  const Bytes bomb = pack(Packing::tar_gz, {{"shot.png",
                                             [] {
                                               Bytes png = bytes_of("\x89PNG\r\n\x1A\n");
                                               png.resize(8 << 20);
                                               return png;
                                             }()},
                                            {"a.txt", bytes_of("one")}});
  const Walked walked = walk_bytes(bomb, limits);
  CHECK(walked.limits_hit == std::vector<std::string>{"LIMIT_RATIO"});
}

TEST_CASE("one bomb does not cost the other inputs") {
  Limits limits;
  limits.ratio_floor_bytes = 1 << 20;
  const Bytes bomb = pack(Packing::zip, "zeros", Bytes(8 << 20, std::byte{0}));
  const Bytes good = pack(Packing::zip, "a.txt", bytes_of("one"));
  const Walked walked = walk_inputs({{"bomb.zip", {}, bomb}, {"good.zip", {}, good}}, limits);
  CHECK(walked.record.has("artifact good.zip/a.txt = one"));
}

TEST_CASE("all bundles together expand to no more than the limit") {
  Limits limits;
  limits.max_expanded_bytes = 2500;
  const Bytes thousand = pack(Packing::zip, "a.txt", bytes_of(std::string(1000, 'x')));
  const Bytes plain = bytes_of("plain files do not count");
  const Walked walked = walk_inputs({{"1", {}, thousand},
                                     {"2", {}, thousand},
                                     {"3", {}, thousand},
                                     {"4", {}, thousand},
                                     {"5", {}, plain}},
                                    limits);
  CHECK(walked.limits_hit == std::vector<std::string>{"LIMIT_EXPANDED"});
  CHECK(walked.record.has("refused 4 = LIMIT_REACHED"));
  CHECK(walked.record.has("artifact 5 = plain files do not count"));
}

TEST_CASE("the fifth bundle inside a bundle is not opened") {
  Bytes nested = bytes_of("core");
  for (int i = 0; i < 5; ++i) nested = pack(Packing::zip, i == 0 ? "core.txt" : "n", nested);
  const Walked walked = walk_bytes(nested);
  CHECK(walked.record.has("refused in/n/n/n/n = LIMIT_DEPTH"));
  CHECK(walked.record.artifacts.empty());
  Limits deeper;
  deeper.max_depth = 5;
  CHECK(walk_bytes(nested, deeper).record.artifacts.size() == 1);
}

TEST_CASE("entry 20,001 is refused, counted across nesting") {
  std::vector<Entry> entries;
  for (int i = 0; i < 20'001; ++i) entries.push_back({std::to_string(i), {}, Entry::Kind::file});
  const Walked flat = walk_bytes(pack(Packing::zip_stored, entries));
  CHECK(flat.record.artifacts.size() == 20'000);
  CHECK(flat.record.count_of("LIMIT_ENTRIES") == 1);

  entries.resize(15'000);
  const Bytes inner = pack(Packing::zip_stored, entries);
  const Walked nested = walk_bytes(pack(Packing::zip, {{"1.zip", inner}, {"2.zip", inner}}));
  CHECK(nested.record.artifacts.size() == 20'000 - 2);
  CHECK(nested.limits_hit == std::vector<std::string>{"LIMIT_ENTRIES"});
}

TEST_CASE("a 7z inside a bundle is held in memory only up to a size") {
  Bytes large = pack(Packing::seven_zip, "a", bytes_of("x"));
  large.resize((64 << 20) + 1);
  const Walked walked = walk_bytes(
      pack(Packing::zip_stored, {{"large.7z", std::move(large)}, {"b.txt", bytes_of("two")}}));
  CHECK(walked.record.has("refused in/large.7z = BUNDLE_TOO_LARGE_INSIDE"));
  CHECK(walked.record.has("artifact in/b.txt = two"));
}

TEST_CASE("a cabinet with a damaged block ends there; what is lost is told") {
  Bytes cab = two_files(Packing::cab);
  const std::size_t block = cab.size() - (8 + 3000 + 3);
  put16(cab, block + 6, 1);  // stored bytes that do not come out as many as went in
  const Walked walked = walk_bytes(cab);
  CHECK(walked.record.lines ==
        std::vector<std::string>{"begin cab in", "refused in/a.txt = BUNDLE_DAMAGED",
                                 "notice BUNDLE_DAMAGED", "end-incomplete in"});
  const Notice& rest = walked.record.notices.back();
  CHECK(rest.code == "BUNDLE_DAMAGED");
  CHECK(rest.bytes_lost > 0);
}

TEST_CASE("no truncation and no flipped bit of a bundle does harm") {
  const Packing packings[] = {Packing::zip, Packing::seven_zip, Packing::cab, Packing::tar_gz,
                              Packing::xz};
  for (const Packing packing : packings) {
    const bool single = packing == Packing::xz;
    const Bytes good = single ? pack(packing, "a", bytes_of("some text")) : two_files(packing);
    for (std::size_t length = 0; length < good.size(); ++length) {
      walk_bytes(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)));
    }
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      Bytes bad = good;
      bad[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      walk_bytes(bad);
    }
  }
  SUCCEED("all of them came back");
}

}  // namespace
}  // namespace rdptriage::test
