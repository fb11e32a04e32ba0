#include "recorder.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("members of every bundle format are read") {
  const std::pair<Packing, std::string> cases[] = {{Packing::zip, "zip"},
                                                   {Packing::zip_stored, "zip"},
                                                   {Packing::seven_zip, "7z"},
                                                   {Packing::tar, "tar"},
                                                   {Packing::tar_gz, "gzip"}};
  for (const auto& row : cases) {
    INFO(row.second);
    const Bytes bundle = pack(row.first, {{"logs", {}, Entry::Kind::folder},
                                          {"logs/a.txt", bytes_of("one")},
                                          {"b.txt", bytes_of("two")}});
    const Walked walked = walk_bytes(bundle);
    CHECK(walked.record.lines == Lines{"begin " + row.second + " in",
                                       "artifact in/logs/a.txt = one", "artifact in/b.txt = two",
                                       "end in"});
    CHECK(walked.record.artifacts.at(1).parent == 0);
    CHECK(walked.record.artifacts.at(1).index == 2);
  }
}

TEST_CASE("a compressed file is a bundle of one, named after it") {
  const std::pair<Packing, std::string> cases[] = {
      {Packing::gz, ".gz"}, {Packing::bz2, ".bz2"}, {Packing::xz, ".xz"}, {Packing::zst, ".zst"}};
  for (const auto& row : cases) {
    INFO(row.second);
    const Walked walked =
        walk_bytes(pack(row.first, "any", bytes_of("text")), {}, "t.log" + row.second);
    CHECK(walked.record.has("artifact t.log" + row.second + "/t.log = text"));
  }
}

TEST_CASE("bundles inside bundles are opened, whatever holds what") {
  for (const Packing outer :
       {Packing::zip, Packing::zip_stored, Packing::seven_zip, Packing::tar_gz}) {
    for (const Packing inner :
         {Packing::zip, Packing::zip_stored, Packing::seven_zip, Packing::tar_gz}) {
      INFO(static_cast<int>(outer) << " holds " << static_cast<int>(inner));
      const Bytes bundle = pack(outer, {{"first.txt", bytes_of("one")},
                                        {"inner", pack(inner, "deep.txt", bytes_of("two"))},
                                        {"last.txt", bytes_of("three")}});
      const Walked walked = walk_bytes(bundle);
      CHECK(walked.record.has("artifact in/first.txt = one"));
      CHECK(walked.record.has("artifact in/inner/deep.txt = two"));
      CHECK(walked.record.has("artifact in/last.txt = three"));
      CHECK(walked.record.notices.empty());
    }
  }
}

TEST_CASE("a cabinet file is read, also over several blocks") {
  const Walked walked =
      walk_bytes(pack(Packing::cab, {{"a.txt", bytes_of("hello")},
                                     {"b.txt", bytes_of(std::string(100'000, 'x'))}}));
  CHECK(walked.record.has("artifact in/a.txt = hello"));
  CHECK(walked.record.bytes == 100'005);
  CHECK(walked.record.notices.empty());
}

TEST_CASE("members that hold no logs are told apart, not read") {
  const Walked walked = walk_bytes(pack(
      Packing::zip, {{"shot.png", bytes_of("\x89PNG\r\n\x1A\n....")}, {"a.txt", bytes_of("one")}}));
  CHECK(walked.record.lines ==
        Lines{"begin zip in", "not-used in/shot.png = png", "artifact in/a.txt = one", "end in"});
}

TEST_CASE("names outside ASCII come out in UTF-8 whatever the locale") {
  const Bytes seven = pack(Packing::tar,
                           "\xC3\x9C"
                           "bersicht.txt",
                           bytes_of("x"));
  CHECK(
      walk_bytes(seven).record.has("artifact in/\xC3\x9C"
                                   "bersicht.txt = x"));
}

TEST_CASE("a reader that stops early does not disturb the members behind") {
  const std::string large(1'000'000, 'x');
  for (const Packing packing : {Packing::zip, Packing::seven_zip, Packing::tar_gz}) {
    const Bytes bundle = pack(packing, {{"a", bytes_of(large)}, {"b", bytes_of("two")}});
    Recorder record;
    record.read_everything = false;
    container::Guard guard{Limits{}};
    const std::vector<container::WalkInput> inputs{{"in", {}, bundle}};
    const container::Listing listing = container::list_artifacts(inputs, guard);
    container::Walk(listing, guard).open(listing.files[0], record);
    CHECK(record.artifacts.size() == 2);
    CHECK(record.notices.empty());
  }
}

TEST_CASE("indices follow the listing, then the bundles") {
  const Bytes zip = pack(Packing::zip, {{"m1", bytes_of("1")}, {"m2", bytes_of("2")}});
  const Bytes plain = bytes_of("plain");
  const Walked walked = walk_inputs({{"b.txt", {}, plain}, {"a.zip", {}, zip}, {"c.zip", {}, zip}});
  Lines seen;
  for (const auto& artifact : walked.record.artifacts) {
    seen.push_back(std::to_string(artifact.index) + ' ' + artifact.path);
  }
  CHECK(seen == Lines{"3 a.zip/m1", "4 a.zip/m2", "1 b.txt", "5 c.zip/m1", "6 c.zip/m2"});
}

}  // namespace
}  // namespace rdptriage::test
