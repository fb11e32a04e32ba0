// Texts made to be too much for a reader: huge lines, a million columns or nested elements, numbers
// beyond 32 and 64 bits, zeros, cuts. What it may cost is counted in memory that it asks for, not
// in seconds: never more than so much at a time, and twice the input costs about twice as much.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <vector>

#include "support/catch.hpp"
#include "text_events.hpp"

namespace {
// Relaxed: only one thread reads, others only have to do no harm.
std::atomic<std::uint64_t> g_asked{0};
std::atomic<std::int64_t> g_held{0}, g_most_held{0};

void* counted_or_null(std::size_t size) {
  void* const block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) return nullptr;
  const auto got = static_cast<std::int64_t>(malloc_usable_size(block));
  g_asked.fetch_add(size, std::memory_order_relaxed);
  const auto held = g_held.fetch_add(got, std::memory_order_relaxed) + got;
  if (held > g_most_held.load(std::memory_order_relaxed)) {
    g_most_held.store(held, std::memory_order_relaxed);
  }
  return block;
}
void* counted(std::size_t size) {
  void* const block = counted_or_null(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void uncounted(void* block) {
  if (block == nullptr) return;
  g_held.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(block)), std::memory_order_relaxed);
  std::free(block);
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
// The library's own calls the one above; a sanitizer's would not, and find them mixed.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted_or_null(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted_or_null(size);
}
void operator delete(void* block) noexcept { uncounted(block); }
void operator delete[](void* block) noexcept { uncounted(block); }
void operator delete(void* block, std::size_t) noexcept { uncounted(block); }
void operator delete[](void* block, std::size_t) noexcept { uncounted(block); }

namespace rdptriage::test {
namespace {
namespace fs = std::filesystem;

struct Sample {
  std::string name;
  std::string text;
};

// The inputs of the golden tests, and what they do not have.
std::vector<Sample> samples() {
  std::vector<Sample> all = {
      {"tracerpt XML",
       "<Events><Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
       "<Provider Name=\"Microsoft-Windows-TCPIP\"/><EventID>1002</EventID>"
       "<TimeCreated SystemTime=\"2026-11-20T09:00:00.123456700+00:59\"/></System>"
       "<EventData><Data Name=\"Status\">0xC00000B5</Data></EventData><RenderingInfo>"
       "<Opcode>Connect</Opcode></RenderingInfo><ExtendedTracingInfo>"
       "<EventGuid>{2f07e2ee-15db-40f1-90ef-9d7ba282188a}</EventGuid></ExtendedTracingInfo>"
       "</Event></Events>\n"},
      {"service as JSON (EnumValue)",
       "[{\"Name\": \"TermService\", \"Status\": {\"value\": 1, \"Value\": \"Stopped\"}, "
       "\"StartType\": 3, \"DisplayName\": \"Remote Desktop Services\"}]\n"},
      {"event as JSON",
       "[{\"Id\": 1026, \"LogName\": \"L\", \"ProviderName\": \"P\", \"RecordId\": 7, "
       "\"TimeCreated\": \"/Date(1795165912103)/\", \"LevelDisplayName\": \"Information\", "
       "\"Properties\": [{\"Value\": 2308}]}]\n"},
      {"sc query, an error",
       "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\nThe specified service does not "
       "exist as an installed service.\n"},
      {"Test-NetConnection, quiet",
       "PS C:\\> Test-NetConnection -ComputerName rds01 -Port 3389 -InformationLevel "
       "Quiet\nFalse\n"},
      {"telnet",
       "Connecting To rds01...Could not open connection to the host, on port 3389: Connect "
       "failed\n"},
      {"PsPing", "Connecting to 192.0.2.40:3389: from 198.51.100.7:50112: 1.25ms\n"},
      {"dialog without a code",
       "Remote Desktop can't connect to the remote computer for one of these reasons:\n1) Remote "
       "access to the server is not enabled\n"},
      {"dialog", "Fehlercode: 0x904\nErweiterter Fehlercode: 0x7\n"},
      {"xrdp",
       "[20261120-09:11:52] [ERROR] xrdp_sec_recv_mcs_data: x\n"
       "[2026-11-20T09:11:53.123+0100] [WARN ] libxrdp_force_read: header read error\n"},
      {"FreeRDP",
       "[09:12:01:004] [7231:7232] [ERROR][com.freerdp.core] - "
       "ERRCONNECT_CONNECT_TRANSPORT_FAILED [0x0002000D]\n"},
  };
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/golden/readers")) {
    if (entry.path().extension() != ".in") continue;
    all.push_back(
        {entry.path().parent_path().filename().string() + "/" + entry.path().stem().string(),
         read_file(entry.path().string())});
  }
  return all;
}

std::string times(std::string_view piece, std::size_t count) {
  std::string text;
  text.reserve(piece.size() * count);
  for (; count > 0; --count) text += piece;
  return text;
}
std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1));
}
// Every number becomes `number`.
std::string with_numbers(std::string_view text, std::string_view number) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) {
      out += text[i];
      continue;
    }
    out += number;
    while (i + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0) ++i;
  }
  return out;
}
std::string with_zeros(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == ' ' ? '\0' : c;
    if (c == ',' || c == ':') out += '\0';
  }
  return out;
}

struct Attack {
  const char* name;
  std::function<std::string(const std::string& good)> make;
};
const std::vector<Attack>& attacks() {
  constexpr std::size_t kMillion = 1'000'000;
  static const std::vector<Attack> all = {
      {"nothing", [](const std::string&) { return std::string(); }},
      {"half of it", [](const std::string& good) { return good.substr(0, good.size() / 2); }},
      {"all but the last byte",
       [](const std::string& good) { return good.substr(0, good.size() - 1); }},
      {"4 GiB for every number",
       [](const std::string& good) { return with_numbers(good, "4294967296"); }},
      {"beyond 64 bits for every number",
       [](const std::string& good) { return with_numbers(good, "99999999999999999999999"); }},
      {"less than nothing for every number",
       [](const std::string& good) { return with_numbers(good, "-1"); }},
      {"zeros for blanks", [](const std::string& good) { return with_zeros(good); }},
      {"a megabyte of zeros behind it",
       [](const std::string& good) { return good + std::string(1 << 20, '\0') + good; }},
      {"a line of 64 MB",
       [](const std::string& good) {
         return good + times(last_line(good) + ' ', (64 << 20) / (last_line(good).size() + 1)) +
                '\n' + good;
       }},
      {"a million empty columns, by comma",
       [](const std::string& good) { return good + times(",", kMillion) + '\n' + good; }},
      {"a million empty columns, quoted",
       [](const std::string& good) { return good + times("\"\",", kMillion / 4) + '\n' + good; }},
      {"a million empty columns, by tab",
       [](const std::string& good) { return good + times("\t", kMillion) + '\n' + good; }},
      {"a million blanks",
       [](const std::string& good) { return good + times(" ", kMillion) + "x\n"; }},
      {"a million nested elements",
       [](const std::string& good) { return good + times("<a>", kMillion); }},
      {"a million nested objects",
       [](const std::string& good) { return good + times("{\"a\":", kMillion); }},
      {"a million nested lists",
       [](const std::string& good) { return good + times("[", kMillion); }},
      {"a quote that is never closed",
       [](const std::string& good) { return good + '"' + times("x\n", kMillion); }},
      {"a million times the beginning of a line",
       [](const std::string& good) { return times(good.substr(0, 3) + "\n", kMillion / 4); }},
      {"the last line again and again",
       [](const std::string& good) { return good + times(last_line(good) + '\n', 20'000); }},
  };
  return all;
}

class Discard final : public reader::EventSink {
 public:
  reader::Flow event(EventView& event) override {
    event.system();
    fields += event.fields().size();
    return reader::Flow::go_on;
  }
  void notice(Notice) override { ++notices; }
  std::size_t fields = 0, notices = 0;
};

struct Cost {
  std::uint64_t asked = 0, most_held = 0;
  std::uint64_t lost = 0;
};

Cost cost_of(const reader::ReaderInfo& reader, std::string_view text) {
  const reader::ReadContext context = text_context();
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  const std::uint64_t asked = g_asked;
  const std::int64_t held = g_held;
  g_most_held = held;
  reader.probe(bytes.first(std::min(bytes.size(), reader::kProbeBytes)), "name", context);
  container::MemorySource source(bytes);
  Discard sink;
  const reader::ReadOutcome outcome = reader.read({}, source, context, sink);
  return {g_asked - asked, static_cast<std::uint64_t>(g_most_held - held), outcome.bytes_lost};
}

const reader::ReaderInfo& reader_of(const Sample& sample) {
  const auto bytes = std::as_bytes(std::span(sample.text.data(), sample.text.size()));
  const reader::ReaderInfo* found = reader::find_reader(bytes, "name", text_context());
  REQUIRE(found != nullptr);
  return *found;
}
}  // namespace

TEST_CASE("attacks: no text makes a reader hold more than its limits, whatever its length") {
  // A line of a megabyte, decoded, taken apart into fields that each are a piece of it.
  constexpr std::uint64_t kMostHeld = 48 << 20;
  // What a line that becomes events costs, most of it for copies of the lines around it.
  constexpr std::uint64_t kForALine = 16 << 10;
  for (const Sample& sample : samples()) {
    const reader::ReaderInfo& reader = reader_of(sample);
    for (const Attack& attack : attacks()) {
      INFO(sample.name << " (" << reader.format << "): " << attack.name);
      const std::string text = attack.make(sample.text);
      const Cost cost = cost_of(reader, text);
      CHECK(cost.most_held < kMostHeld);
      const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
      CHECK(cost.asked < 64 * text.size() + kForALine * lines + kMostHeld);
      CHECK(cost.lost <= text.size());
    }
  }
}

TEST_CASE("attacks: twice the lines cost about twice as much") {
  for (const Sample& sample : samples()) {
    const reader::ReaderInfo& reader = reader_of(sample);
    INFO(sample.name << " (" << reader.format << ")");
    const std::string line = last_line(sample.text) + '\n';
    const Cost once = cost_of(reader, sample.text + times(line, 4000));
    const Cost twice = cost_of(reader, sample.text + times(line, 8000));
    CHECK(twice.asked < once.asked * 5 / 2 + (4 << 20));
  }
}

TEST_CASE("attacks: a fuzz target reaches every reader of the table") {
  const std::string targets =
      read_file(std::string(RDPTRIAGE_SOURCE_DIR) + "/tests/fuzz/CMakeLists.txt");
  for (const Sample& sample : samples()) {
    const std::string format(reader_of(sample).format);
    std::string target = "fuzz_reader_" + format;
    std::replace(target.begin(), target.end(), '-', '_');
    INFO(sample.name << " by " << target);
    CHECK(targets.find(' ' + format) != std::string::npos);
    CHECK(fs::is_directory(fs::path(RDPTRIAGE_SOURCE_DIR) / "tests/fuzz/corpus" / target));
  }
}

}  // namespace rdptriage::test
