#include "container/peek_source.hpp"

#include "support/archive_builder.hpp"
#include "support/catch.hpp"

namespace rdptriage::container {
namespace {

// Gives one byte a call, then fails.
class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(std::size_t good) : left_(good) {}
  Result<std::size_t> read(std::span<std::byte> out) override {
    if (left_ == 0) return fail("BUNDLE_DAMAGED", "torn");
    --left_;
    out[0] = std::byte{'x'};
    return std::size_t{1};
  }

 private:
  std::size_t left_;
};

TEST_CASE("peeked bytes are read again from the start") {
  const auto bytes = test::bytes_of("0123456789");
  MemorySource memory(bytes);
  PeekSource source(memory);
  CHECK(source.peek(4).size() == 4);
  CHECK(source.peek(100).size() == 10);
  std::vector<std::byte> all(20);
  CHECK(read_fully(source, all) == 10);
  CHECK(std::equal(bytes.begin(), bytes.end(), all.begin()));
}

TEST_CASE("an error met while peeking comes after the bytes in front of it") {
  FailingSource failing(3);
  PeekSource source(failing);
  CHECK(source.peek(100).size() == 3);
  std::vector<std::byte> block(3);
  CHECK(source.read(block) == 3);
  const auto torn = source.read(block);
  REQUIRE_FALSE(torn);
  CHECK(torn.error().code == "BUNDLE_DAMAGED");
}

}  // namespace
}  // namespace rdptriage::container
