#include "container/member_name.hpp"

#include "support/catch.hpp"

namespace rdptriage::container {
namespace {

using namespace std::literals;

TEST_CASE("names from bundles are shown without their tricks") {
  struct Case {
    std::string_view stored, shown;
    bool neutralized;
  };
  const Case cases[] = {
      {"logs/System.evtx", "logs/System.evtx", false},
      {"./logs//System.evtx", "logs/System.evtx", false},
      {"logs\\System.evtx", "logs/System.evtx", false},
      {"../../etc/passwd", "etc/passwd", true},
      {"a/../../b", "a/b", true},
      {"..\\..\\Windows\\b", "Windows/b", true},
      {"/etc/passwd", "etc/passwd", true},
      {"C:\\Temp\\a.txt", "Temp/a.txt", true},
      {"C:a.txt", "a.txt", true},
      {"\\\\server\\share\\a", "server/share/a", true},
      {"", "unnamed", false},
      {"..", "unnamed", true},
      {"a\nb", "a\\x0ab", true},
      {"a\x1b[31mb", "a\\x1b[31mb", true},
      {"a\0b"sv, "a\\x00b", true},
      {"gpj.\xE2\x80\xAE"
       "exe",
       "gpj.\\xe2\\x80\\xaeexe", true},
      {"\xC3\x84hren.txt", "\xC3\x84hren.txt", false},
      {"\x8Ehren.txt", "\xC3\x84hren.txt", false},  // CP850, as Explorer stored names once
      {"../\x8Ehren.txt", "\xC3\x84hren.txt", true},
      {"\xE3\x83\xAD\xE3\x82\xB0.txt", "\xE3\x83\xAD\xE3\x82\xB0.txt", false},
  };
  for (const Case& row : cases) {
    INFO(row.stored);
    const MemberName got = neutralize_member_name(row.stored);
    CHECK(got.shown == row.shown);
    CHECK(got.neutralized == row.neutralized);
  }
}

TEST_CASE("a name of a megabyte is cut") {
  const MemberName got = neutralize_member_name(std::string(1'000'000, 'a'));
  CHECK(got.shown.size() == 1024);
  CHECK(got.neutralized);
}

TEST_CASE("the second of two equal names gets a number that is not taken") {
  UniqueNames names;
  std::string first = "a.txt", numbered = "a.txt (2)", second = "a.txt";
  CHECK_FALSE(names.make_unique(first));
  CHECK_FALSE(names.make_unique(numbered));
  CHECK(names.make_unique(second));
  CHECK(second == "a.txt (3)");
}

TEST_CASE("names of parts of split archives") {
  for (const char* part : {"a.7z.001", "a.zip.002", "A.ZIP.010", "a.tar.003", "a.z01", "a.r00"})
    CHECK(is_named_as_a_part(part));
  for (const char* whole : {"", "001", "a.log.001", "a.7z", "a.zip", "a.z1", "a.zab", "a.rar"})
    CHECK_FALSE(is_named_as_a_part(whole));
}

}  // namespace
}  // namespace rdptriage::container
