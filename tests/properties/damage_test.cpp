// Damage accounting, over every file of the corpora: whatever is cut off, flipped, zeroed, dropped
// or swapped, reading ends, no more is lost than there is, and records outside of the damaged
// region are still read. RDPTRIAGE_DAMAGE=full makes it 200 cuts and 2,000 flips a file; the
// default is a sample.
#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "text_events.hpp"

namespace rdptriage::test {
namespace fs = std::filesystem;

namespace {
struct Counts {
  std::size_t cuts = 20, flips = 60, regions = 4;
};

Counts counts_wanted() {
  const char* const wanted = std::getenv("RDPTRIAGE_DAMAGE");
  return wanted != nullptr && std::string_view(wanted) == "full" ? Counts{200, 2000, 20} : Counts{};
}

constexpr std::clock_t kNoHang = 10;  // seconds of processor time: other programs may be at work
// Of the whole process, which holds the file twice; sanitizers take more.
constexpr long kMostKilobytes = 1024 * 1024;

// Where a record stands.
using Place = std::pair<std::uint64_t, std::uint64_t>;

struct Reading {
  reader::ReadOutcome outcome;
  std::multiset<Place> places;
};

class PlaceSink final : public reader::EventSink {
 public:
  explicit PlaceSink(std::multiset<Place>& places) : places_(places) {}
  reader::Flow event(EventView& event) override {
    // Everything is decoded, as an output would.
    event.system();
    event.fields();
    places_.emplace(event.locator().byte_offset, event.locator().byte_length);
    return reader::Flow::go_on;
  }
  void notice(Notice) override {}

 private:
  std::multiset<Place>& places_;
};

Reading read_with(const reader::ReaderInfo& reader, const std::string& bytes) {
  Reading out;
  PlaceSink sink(out.places);
  container::MemorySource source(std::as_bytes(std::span(bytes.data(), bytes.size())));
  out.outcome = reader.read({}, source, text_context(), sink);
  return out;
}

// What damage can reach in a format whose records stand on their own.
struct Region {
  std::uint64_t from = 0, to = 0;  // bytes of the good file
};
// Nothing where a record's meaning depends on lines far away (a heading): then only the accounting
// can be held against it.
std::optional<Region> region_of(std::string_view format, const std::multiset<Place>& places,
                                std::uint64_t first, std::uint64_t last) {
  if (format == "evtx") {
    // A chunk shares strings and templates. The file header says nothing that its chunks do not.
    constexpr std::uint64_t kHeader = 4096, kChunk = 64 * 1024;
    if (first < kHeader) return std::nullopt;
    return Region{(first - kHeader) / kChunk * kChunk + kHeader,
                  (last - kHeader) / kChunk * kChunk + kHeader + kChunk};
  }
  if (format != "text" && format != "event-xml") return std::nullopt;
  // What is hit, and the neighbors: an end that was hit joins two records.
  Region out{first, last + 1};
  const auto behind = places.lower_bound({first, 0});
  auto before = behind;
  for (int i = 0; i < 2 && before != places.begin(); ++i) --before;
  if (before != places.end()) out.from = std::min(out.from, before->first);
  auto next = places.lower_bound({last + 1, 0});
  if (next != places.end()) out.to = next->first + next->second;
  return out;
}

// Whether every byte is a record's or counted as lost, but for what stands between records.
bool has_full_account(std::string_view format) { return format == "text" || format == "event-xml"; }

// Bytes that are no record's, not lost and not blank.
std::uint64_t unexplained(const Reading& reading, std::string_view bytes) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  std::uint64_t out = 0, at = 0;
  const auto skip_to = [&](std::uint64_t end) {
    for (; at < std::min<std::uint64_t>(end, bytes.size()); ++at)
      out += kBlank.find(bytes[at]) == std::string_view::npos;
  };
  for (const auto& [offset, length] : reading.places) {
    skip_to(offset);
    at = std::max(at, offset + length);
  }
  skip_to(bytes.size());
  return out - std::min(out, reading.outcome.bytes_lost);
}

class File {
 public:
  File(const reader::ReaderInfo& reader, std::string bytes)
      : reader_(reader), bytes_(std::move(bytes)), good_(read_with(reader_, bytes_)) {}

  const Reading& good() const { return good_; }
  std::size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }

  // Whatever was done to it.
  Reading check_bounds(const std::string& damaged) const {
    const std::clock_t started = std::clock();
    Reading reading = read_with(reader_, damaged);
    CHECK((std::clock() - started) / CLOCKS_PER_SEC < kNoHang);
    CHECK(reading.outcome.bytes_lost <= damaged.size());
    CHECK((reading.outcome.bytes_lost == 0 || reading.outcome.damaged));
    return reading;
  }

  // `first` to `last` is what was damaged; nothing behind `kept_until` can be expected.
  void check(const std::string& damaged, std::uint64_t first, std::uint64_t last,
             std::uint64_t kept_until = UINT64_MAX) const {
    const Reading reading = check_bounds(damaged);
    if (has_full_account(reader_.format)) {
      // A blank may have become a letter.
      CHECK(unexplained(reading, damaged) <= unexplained(good_, bytes_) + 1);
    }
    const auto region = region_of(reader_.format, good_.places, first, last);
    if (!region) return;
    std::size_t missing = 0;
    for (const Place& place : good_.places) {
      if (place.first + place.second > kept_until) continue;
      if (place.first < region->to && place.first + place.second > region->from) continue;
      missing += reading.places.count(place) == 0;
    }
    CHECK(missing == 0);
  }

 private:
  const reader::ReaderInfo& reader_;
  std::string bytes_;
  Reading good_;
};

void damage(const File& file, const Counts& wanted, std::mt19937& random,
            std::map<std::string, std::size_t>& done) {
  const auto somewhere = [&] { return random() % file.size(); };
  for (std::size_t i = 0; i < wanted.cuts; ++i) {
    const std::size_t length = file.size() * i / wanted.cuts;
    INFO("cut to " << length);
    file.check(file.bytes().substr(0, length), length, length, length);
    ++done["cuts"];
  }
  std::string damaged = file.bytes();
  for (std::size_t i = 0; i < wanted.flips; ++i) {
    const std::size_t at = somewhere();
    INFO("flipped at " << at);
    const char good = damaged[at];
    damaged[at] = static_cast<char>(static_cast<unsigned char>(good) ^ (1U << random() % 8));
    file.check(damaged, at, at);
    damaged[at] = good;
    ++done["flips"];
  }
  constexpr std::size_t kPage = 4096, kChunk = 64 * 1024;
  for (std::size_t i = 0; i < wanted.regions; ++i) {
    const std::size_t at = somewhere() / kPage * kPage;
    const std::size_t length = std::min(kPage, file.size() - at);
    std::string zeroed = file.bytes();
    std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at), length, '\0');
    INFO("zeroed at " << at);
    file.check(zeroed, at, at + length - 1);
    ++done["zero pages"];
  }
  // Positions move, so only the accounting can be looked at.
  for (std::size_t i = 0; i < wanted.regions; ++i) {
    const std::size_t at = somewhere() / kChunk * kChunk;
    std::string dropped = file.bytes(), swapped = file.bytes();
    dropped.erase(at, kChunk);
    std::rotate(swapped.begin(), swapped.begin() + static_cast<std::ptrdiff_t>(at), swapped.end());
    for (const std::string& bytes : {dropped, swapped}) file.check_bounds(bytes);
    done["chunks dropped or moved"] += 2;
  }
}
}  // namespace

TEST_CASE("corpora: damage is accounted for and costs nothing outside of its region") {
  const fs::path folder(RDPTRIAGE_CORPORA_DIR);
  if (!fs::exists(folder)) {
    WARN("no corpora at " << folder.string() << ": skipped");
    return;
  }
  const Counts wanted = counts_wanted();
  const std::uintmax_t largest = wanted.flips > 100 ? UINTMAX_MAX : 200'000;
  std::mt19937 random(1);
  std::map<std::string, std::size_t> done;
  std::vector<fs::path> paths;
  for (const char* const part : {"captures", "traces", "xml", "evtx"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder / part)) {
      if (entry.is_regular_file() && entry.file_size() != 0 && entry.file_size() <= largest) {
        paths.push_back(entry.path());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    INFO(path.string());
    std::string bytes = read_file(path.string());
    const auto head =
        std::as_bytes(std::span(bytes.data(), std::min(bytes.size(), reader::kProbeBytes)));
    const auto* const reader = reader::find_reader(head, path.filename().string(), text_context());
    if (reader == nullptr) continue;
    const File file(*reader, std::move(bytes));
    ++done["files"];
    done["records"] += file.good().places.size();
    damage(file, wanted, random, done);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#if !defined(__SANITIZE_ADDRESS__)
  CHECK(usage.ru_maxrss < kMostKilobytes);
#endif
  for (const auto& [what, count] : done) fmt::print("{}: {}\n", what, count);
  fmt::print("peak memory: {} MB\n", usage.ru_maxrss / 1024);
}

}  // namespace rdptriage::test
