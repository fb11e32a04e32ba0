#include "pipeline/same_bytes.hpp"

#include "base/sha256.hpp"
#include "support/catch.hpp"
#include "support/text_source.hpp"

namespace rdptriage::pipeline {
namespace {

std::size_t read_all(container::ByteSource& source) {
  std::vector<std::byte> block(std::size_t{1} << 20);
  for (std::size_t total = 0;;) {
    const auto count = source.read(block);
    if (!count || *count == 0) return total;
    total += *count;
  }
}

// Reads a member as it is met: the path of what it repeats, or "".
std::string meet(SeenBytes& seen, std::uint32_t index, const std::string& path, std::size_t bytes) {
  const std::string text(bytes, 'x');
  test::TextSource member(text);
  container::PeekSource source(member);
  if (const std::string* const first = seen.find(source)) return *first;
  const auto head = source.peek(8192);
  const std::vector<std::byte> begin(head.begin(), head.end());
  CHECK(read_all(source) == bytes);  // looking took nothing away
  base::Sha256 hash;
  hash.update(std::as_bytes(std::span(text)));
  container::Artifact artifact;
  artifact.index = index;
  artifact.path = path;
  seen.add(artifact, begin, hash.finish());
  return "";
}

TEST_CASE("members with the same bytes are found, whatever their size") {
  const container::Listing nothing_listed;
  SeenBytes seen(nothing_listed);
  std::uint32_t index = 0;
  for (const std::size_t bytes : {1U, 4095U, 4096U, 4097U, 65536U, 262144U, 262145U, 3000000U}) {
    INFO(bytes);
    const std::string path = std::to_string(bytes);
    CHECK(meet(seen, index++, path, bytes) == "");
    CHECK(meet(seen, index++, "again", bytes) == path);
  }
  CHECK(meet(seen, index++, "empty", 0) == "");
  CHECK(meet(seen, index++, "empty, too", 0) == "");
}

TEST_CASE("a member that is too large to be held is not compared, and read as it is") {
  const container::Listing nothing_listed;
  SeenBytes seen(nothing_listed);
  CHECK(meet(seen, 0, "largest", SeenBytes::kMostHeld) == "");
  CHECK(meet(seen, 1, "again", SeenBytes::kMostHeld) == "largest");
  CHECK(meet(seen, 2, "larger", SeenBytes::kMostHeld + 1) == "");
  CHECK(meet(seen, 3, "larger, again", SeenBytes::kMostHeld + 1) == "");
}

}  // namespace
}  // namespace rdptriage::pipeline
