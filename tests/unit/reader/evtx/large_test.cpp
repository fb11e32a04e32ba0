// Logs larger than 32-bit offsets, as sparse files: what lies between their chunks is zeros.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "container/file_source.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "reader/evtx/layout.hpp"
#include "support/catch.hpp"
#include "support/evtx_builder.hpp"

using namespace rdptriage;
using namespace rdptriage::test;
using reader::evtx::kChunkBytes;
using reader::evtx::kFileHeaderBytes;

namespace {

struct Places final : reader::EventSink {
  reader::Flow event(EventView& event) override {
    offsets.push_back(event.locator().byte_offset);
    numbers.push_back(event.locator().record_number.value_or(0));
    return reader::Flow::go_on;
  }
  void notice(Notice) override { ++notices; }
  std::unique_ptr<EventSink> fork() override { return std::make_unique<Places>(); }
  reader::Flow join(EventSink& forked) override {
    auto& other = static_cast<Places&>(forked);
    offsets.insert(offsets.end(), other.offsets.begin(), other.offsets.end());
    numbers.insert(numbers.end(), other.numbers.begin(), other.numbers.end());
    other.offsets.clear();
    other.numbers.clear();
    return reader::Flow::go_on;
  }
  std::vector<std::uint64_t> offsets, numbers;
  std::size_t notices = 0;
};

}  // namespace

TEST_CASE("evtx large: records beyond 4 GiB are read, with their places") {
  EvtxBuilder log(1'000'000);
  log.add(EvtxEvent{});
  log.end_chunk();
  log.add(EvtxEvent{});
  const auto bytes = log.finish();
  // Chunk 65,536 is the first to start beyond 4 GiB.
  constexpr std::uint64_t kFar = kFileHeaderBytes + std::uint64_t{65'600} * kChunkBytes;
  const auto path = std::filesystem::path(RDPTRIAGE_BINARY_DIR) / "large.evtx";
  {
    std::ofstream out(path, std::ios::binary);
    const auto* const data = reinterpret_cast<const char*>(bytes.data());
    out.write(data, kFileHeaderBytes + kChunkBytes);
    out.seekp(static_cast<std::streamoff>(kFar));
    out.write(data + kFileHeaderBytes + kChunkBytes, kChunkBytes);
    if (!out) {
      std::printf("%s: no sparse file of this size can be made: not tested\n", path.c_str());
      std::filesystem::remove(path);
      return;
    }
  }
  auto source = container::open_file(path, container::Opening::named_by_user);
  REQUIRE(source);
  reader::ReadContext context;
  context.jobs = 2;
  Places places;
  const auto outcome = reader::read_evtx({}, **source, context, places);
  CHECK(outcome.records_read == 2);
  CHECK(outcome.bytes_lost == 0);
  CHECK(places.notices == 0);
  CHECK(places.numbers == std::vector<std::uint64_t>{1'000'000, 1'000'001});
  CHECK(places.offsets == std::vector<std::uint64_t>{kFileHeaderBytes + 512, kFar + 512});
  std::filesystem::remove(path);
}
