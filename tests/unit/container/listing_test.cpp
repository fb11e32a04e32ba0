#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "recorder.hpp"
#include "support/catch.hpp"
#include "support/without_privileges.hpp"

namespace rdptriage::test {
namespace {

namespace fs = std::filesystem;

constexpr fs::perms kOpenToAll = fs::perms::owner_all | fs::perms::group_read |
                                 fs::perms::group_exec | fs::perms::others_read |
                                 fs::perms::others_exec;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "rdptriage-listing-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  void write(const std::string& name, const std::string& content) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << content;
  }
  Walked walk(Limits limits = {}) const { return walk_inputs({{"case", path, {}}}, limits); }
  fs::path path;
};

TEST_CASE("a folder is listed to the bottom, sorted by path") {
  const Folder folder;
  folder.write("b.txt", "two");
  folder.write("a/z/deep.txt", "one");
  folder.write("a-1.txt", "zero");
  const Walked walked = folder.walk();
  CHECK(walked.record.lines == std::vector<std::string>{"artifact case/a-1.txt = zero",
                                                        "artifact case/a/z/deep.txt = one",
                                                        "artifact case/b.txt = two"});
  CHECK(walked.record.artifacts[2].index == 2);
  CHECK(walked.record.artifacts[2].name == "b.txt");
  CHECK(walked.record.artifacts[2].bytes == 3);
}

TEST_CASE("the order of the inputs does not matter") {
  const Bytes one = bytes_of("one"), two = bytes_of("two");
  const Walked forward = walk_inputs({{"a", {}, one}, {"b", {}, two}});
  const Walked backward = walk_inputs({{"b", {}, two}, {"a", {}, one}});
  CHECK(forward.record.lines == backward.record.lines);
  const Walked same_name = walk_inputs({{"a", {}, one}, {"a", {}, two}});
  const Walked same_name_backward = walk_inputs({{"a", {}, two}, {"a", {}, one}});
  CHECK(same_name.record.lines == same_name_backward.record.lines);
  CHECK(same_name.record.lines.back() == "artifact a (2) = two");
}

TEST_CASE("a path given twice is one file") {
  const Folder folder;
  folder.write("a.txt", "one");
  const fs::path file = folder.path / "a.txt";
  CHECK(walk_inputs({{"a.txt", file, {}}, {"a.txt", file, {}}}).record.artifacts.size() == 1);
}

TEST_CASE("links in folders are not followed, also not in circles") {
  const Folder folder;
  folder.write("a.txt", "one");
  fs::create_directory_symlink(folder.path, folder.path / "circle");
  fs::create_symlink("/etc/hostname", folder.path / "out");
  const Walked walked = folder.walk();
  CHECK(walked.record.lines == std::vector<std::string>{"artifact case/a.txt = one",
                                                        "refused case/circle = LINK_NOT_FOLLOWED",
                                                        "refused case/out = LINK_NOT_FOLLOWED"});
}

TEST_CASE("a link that the user names is followed") {
  const Folder folder;
  folder.write("a.txt", "one");
  fs::create_symlink(folder.path / "a.txt", folder.path / "link");
  const Walked walked = walk_inputs({{"link", folder.path / "link", {}}});
  CHECK(walked.record.has("artifact link = one"));
}

TEST_CASE("pipes and devices in folders are refused without being opened") {
  const Folder folder;
  REQUIRE(mkfifo((folder.path / "pipe").c_str(), 0600) == 0);
  CHECK(folder.walk().record.has("refused case/pipe = INPUT_NOT_A_FILE"));
  CHECK(walk_inputs({{"zero", "/dev/zero", {}}}).record.has("refused zero = INPUT_NOT_A_FILE"));
}

TEST_CASE("an unreadable file is refused and the others are read") {
  const Folder folder;
  folder.write("a.txt", "one");
  folder.write("b.txt", "two");
  fs::permissions(folder.path, kOpenToAll);
  fs::permissions(folder.path / "a.txt", fs::perms::none);
  const WithoutPrivileges nobody;
  if (!nobody.is_effective()) return;
  const Walked walked = folder.walk();
  CHECK(walked.record.has("refused case/a.txt = INPUT_UNREADABLE"));
  CHECK(walked.record.has("artifact case/b.txt = two"));
}

TEST_CASE("a folder that cannot be listed is refused, and the others are read") {
  const Folder folder;
  folder.write("closed/a.txt", "one");
  folder.write("open/b.txt", "two");
  fs::permissions(folder.path, kOpenToAll);
  fs::permissions(folder.path / "closed", fs::perms::none);
  {
    const WithoutPrivileges nobody;
    if (!nobody.is_effective()) return;
    const Walked walked = folder.walk();
    CHECK(walked.record.has("refused case/closed = INPUT_UNREADABLE"));
    CHECK(walked.record.has("artifact case/open/b.txt = two"));
    CHECK(walked.listing_notices.empty());
    const Walked alone = walk_inputs({{"closed", folder.path / "closed", {}}});
    CHECK(alone.record.has("refused closed = INPUT_UNREADABLE"));
    REQUIRE(alone.record.notices.size() == 1);
    CHECK(alone.record.notices[0].text.find("the folder cannot be listed") != std::string::npos);
  }
  fs::permissions(folder.path / "closed", fs::perms::owner_all);
}

TEST_CASE("an input that vanished is refused") {
  CHECK(walk_inputs({{"gone", "/nonexistent/gone", {}}})
            .record.has("refused gone = INPUT_UNREADABLE"));
}

TEST_CASE("an empty file is an artifact of no bytes") {
  const Folder folder;
  folder.write("empty.txt", "");
  const Walked walked = folder.walk();
  REQUIRE(walked.record.artifacts.size() == 1);
  CHECK(walked.record.artifacts[0].bytes == 0);
}

TEST_CASE("a folder with too many files is cut at the same file everywhere, and says so") {
  const Folder folder;
  for (int i = 0; i < 30; ++i) folder.write("f" + std::to_string(100 + i), "x");
  Limits limits;
  limits.max_entries = 10;
  const Walked walked = folder.walk(limits);
  CHECK(walked.record.artifacts.size() == 10);
  CHECK(walked.record.artifacts.back().path == "case/f109");
  REQUIRE(walked.listing_notices.size() == 1);
  CHECK(walked.listing_notices[0].code == "LIMIT_ENTRIES");
  CHECK(walked.listing_notices[0].text.find("--max-entries") != std::string::npos);
}

}  // namespace
}  // namespace rdptriage::test
