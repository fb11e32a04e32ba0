// tests/golden/readers/<format>/<what>.in → <what>.events: found by path, written anew with
// RDPTRIAGE_UPDATE_GOLDENS=1.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "text_events.hpp"

namespace rdptriage::test {
namespace fs = std::filesystem;

TEST_CASE("golden: what the text readers make of their inputs") {
  const bool update = std::getenv("RDPTRIAGE_UPDATE_GOLDENS") != nullptr;
  const fs::path folder = RDPTRIAGE_SOURCE_DIR "/tests/golden/readers";
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    fs::path path = entry.path();
    if (path.extension() != ".in") continue;
    ++count;
    INFO(path.string());
    const TextResult got = read_bytes(read_file(path.string()), path.filename().string());
    std::string shown =
        fmt::format("reader {} format {} encoding {} lost {}\n", got.reader, got.outcome.format,
                    got.outcome.encoding, got.outcome.bytes_lost);
    for (const Notice& notice : got.notices) shown += "notice " + notice.code + "\n";
    shown += got.shown;
    path.replace_extension(".events");
    if (update) std::ofstream(path, std::ios::binary) << shown;
    CHECK(read_file(path.string()) == shown);
  }
  CHECK(count > 0);
}

TEST_CASE("golden: show any file", "[.show]") {
  const char* path = std::getenv("RDPTRIAGE_SHOW");
  REQUIRE(path != nullptr);
  const TextResult got = read_bytes(read_file(path), path);
  fmt::print("reader {} format {} encoding {}\n{}", got.reader, got.outcome.format,
             got.outcome.encoding, got.shown);
}

}  // namespace rdptriage::test
