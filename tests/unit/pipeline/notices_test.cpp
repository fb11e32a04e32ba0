// Every notice of docs/notices.md: a good input is read whole and without it, the damaged one gives
// it, says what is lost, and the rest is still read. A code without a row here fails.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>

#include "rdptriage/rdptriage.hpp"
#include "rdptriage/write_events.hpp"
#include "support/archive_builder.hpp"
#include "support/catch.hpp"
#include "support/evtx_builder.hpp"
#include "support/small_pack.hpp"

using namespace rdptriage;
using namespace rdptriage::test;

namespace {
namespace fs = std::filesystem;

enum class By : std::uint8_t { events, timesketch, analyze };

// What a case gives: records that were read, bytes that its notices say are lost.
struct Told {
  std::set<std::string> codes;
  std::uint64_t records = 0, lost = 0;
};

Told read(const Case& input, By by) {
  std::vector<ArtifactReport> artifacts;
  std::vector<Notice> notices;
  if (by == By::analyze) {
    const Report report =
        analyze(input, pack_of({{"detections/all.yml",
                                 detection("alpha", "AAA") +
                                     detection("beta", "BBB", "stage: host-tcp\nstate: passed")}}));
    artifacts = report.artifacts;
    notices = report.notices;
  } else {
    const auto nowhere = [](std::string_view) { return EventFlow::go_on; };
    WriteSummary summary = write_events(
        input, by == By::events ? EventFormat::jsonl : EventFormat::timesketch, {}, nowhere);
    artifacts = std::move(summary.artifacts);
    notices = std::move(summary.notices);
  }
  Told told;
  for (const ArtifactReport& artifact : artifacts) told.records += artifact.records_read;
  for (const Notice& notice : notices) {
    told.codes.insert(notice.code);
    told.lost += notice.bytes_lost;
  }
  return told;
}

// --- inputs --------------------------------------------------------------------------------------
using Files = std::vector<Entry>;  // name and content

std::string event_line(int id, std::string_view message = "AAA") {
  return R"({"timestamp": "2026-11-20T09:00:00Z", "logsource": {"product": "rdp", "service": )"
         R"("client-trace"}, "Channel": "C", "Computer": "PC", "EventRecordID": )" +
         std::to_string(id) + R"(, "Message": ")" + std::string(message) + "\"}\n";
}
// A record about a connection; `time` is a member of the object, or nothing.
std::string accepted(std::string_view time, std::string_view host) {
  return fmt::format(
      R"({{{}"logsource":{{"product":"rdp","service":"client-trace"}},"EventID":131,"Channel":"C",)"
      R"("Computer":"{}","Message":"BBB"}})"
      "\n",
      time, host);
}
std::string accepted_by_two(std::string_view time) {
  return accepted(time, "RDS01") + accepted(time, "RDS02");
}
constexpr std::string_view kInstant = R"("timestamp":"2026-11-20T09:00:00Z",)";
constexpr std::string_view kLocalTime = R"("timestamp":"2026-11-20T09:00:00",)";
std::string lines(int count, int first = 1) {
  std::string text;
  for (int i = 0; i < count; ++i) text += event_line(first + i);
  return text;
}
Files file(std::string name, std::string_view text) { return {{std::move(name), bytes_of(text)}}; }
Files bundle(Packing packing, const Files& members) { return {{"b", pack(packing, members)}}; }
// Two members of two records each.
Files two(Packing packing = Packing::zip) {
  return bundle(packing, {{"1.json", bytes_of(lines(2))}, {"2.json", bytes_of(lines(2, 3))}});
}

constexpr std::string_view kLocalSystem("\x01\x01\0\0\0\0\0\x05\x12\0\0\0", 12);
Files event_log(int records) {
  EvtxBuilder log;
  for (int i = 0; i < records; ++i) {
    EvtxEvent event;
    event.event_data = {{"text", EvtxValue::text("record " + std::to_string(i))},
                        {"sid", EvtxValue::sid("S-1-5-18")}};
    log.add(event);
    if (i % 10 == 9) log.end_chunk();
  }
  return {{"a.evtx", log.finish()}};
}

constexpr std::string_view kXml =
    "<Events><Event><System><Provider Name='P'/><EventID>1</EventID><Channel>C</Channel></System>"
    "</Event><Event><System><Provider Name='P'/><EventID>2</EventID><Channel>C</Channel></System>"
    "</Event></Events>";
constexpr std::string_view kList =
    "TimeCreated  : 2026-11-20 09:11:53\nProviderName : Provider\nId           : 1\n"
    "Message      : one\n\nTimeCreated  : 2026-11-20 09:11:54\nProviderName : Provider\n"
    "Id           : 2\nMessage      : two\n               more\n\n";
constexpr std::string_view kTable =
    "\"TimeCreated\",\"ProviderName\",\"Id\",\"LogName\",\"RecordId\",\"MachineName\"\n"
    "\"2026-11-20T09:00:00Z\",\"P\",\"1\",\"C\",\"1\",\"PC\"\n"
    "\"2026-11-20T09:00:01Z\",\"P\",\"2\",\"C\",\"2\",\"PC\"\n";
constexpr std::string_view kDialog = "Fehlercode: 0x904\nErweiterter Fehlercode: 0x7\n";

// --- damage --------------------------------------------------------------------------------------
Bytes& first(Files& files) { return files.at(0).content; }
std::size_t find(const Bytes& bytes, std::string_view what, int nth = 0) {
  for (std::size_t i = 0; i + what.size() <= bytes.size(); ++i) {
    if (std::memcmp(bytes.data() + i, what.data(), what.size()) == 0 && nth-- == 0) return i;
  }
  FAIL("not there: " << what);
  return 0;
}
void put(Bytes& bytes, std::size_t at, std::string_view what) {
  std::memcpy(bytes.data() + at, what.data(), what.size());
}
void insert(Bytes& bytes, std::size_t at, std::string_view what) {
  const Bytes more = bytes_of(what);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
}

struct Row {
  const char* code;
  Files good;
  std::function<void(Files&, CaseOptions&)> damage;
  std::uint64_t records_before, records, lost;
  By by = By::events;
};

const std::vector<Row>& rows() {
  // Static: the functions of the table are called when this one has ended.
  static constexpr std::string_view kLocal = "PK\x03\x04", kCentral = "PK\x01\x02";
  static const std::vector<Row> table = {
      {"BUNDLE_DAMAGED", two(),
       [](Files& f, CaseOptions&) { first(f).resize(find(first(f), kLocal, 1) + 20); }, 4, 2, 20},
      {"BUNDLE_ENCRYPTED", two(), [](Files& f, CaseOptions&) { f = two(Packing::zip_encrypted); },
       4, 0, 0},
      {"BUNDLE_METHOD", two(),
       [](Files& f, CaseOptions&) {
         put(first(f), find(first(f), kLocal) + 8, "\x09");
         put(first(f), find(first(f), kCentral) + 10, "\x09");
       },
       4, 2, 0},
      {"BUNDLE_NAME_CHANGED", two(),
       [](Files& f, CaseOptions&) {
         f = bundle(Packing::tar, {{"../../1", bytes_of(lines(4))}});
       },
       4, 4, 0},
      {"BUNDLE_NAME_TWICE", two(),
       [](Files& f, CaseOptions&) {
         f = bundle(Packing::tar, {{"1", bytes_of(lines(2))}, {"1", bytes_of(lines(2, 3))}});
       },
       4, 4, 0},
      {"LINK_NOT_FOLLOWED", two(),
       [](Files& f, CaseOptions&) {
         f = bundle(Packing::tar,
                    {{"1", bytes_of("2"), Entry::Kind::symlink}, {"2", bytes_of(lines(2))}});
       },
       4, 2, 0},
      {"LIMIT_DEPTH",
       bundle(Packing::zip, {{"1.zip", first(*std::make_unique<Files>(two()))},
                             {"2.json", bytes_of(lines(1, 9))}}),
       [](Files&, CaseOptions& o) { o.limits.max_depth = 1; }, 5, 1, 0},
      {"LIMIT_ENTRIES", two(), [](Files&, CaseOptions& o) { o.limits.max_entries = 1; }, 4, 2, 0},
      {"LIMIT_EXPANDED", two(Packing::zip_stored),
       [](Files&, CaseOptions& o) { o.limits.max_expanded_bytes = lines(2).size() + 10; }, 4, 2, 0},
      {"LIMIT_RATIO", bundle(Packing::zip, {{"1.json", bytes_of(lines(200))}}),
       [](Files&, CaseOptions& o) {
         o.limits.ratio_floor_bytes = 1000;
         o.limits.max_ratio = 2;
       },
       200, 0, 0},
      {"LIMIT_REACHED",
       {{"1.zip", pack(Packing::zip, "1", bytes_of(lines(2)))},
        {"2.zip", pack(Packing::zip, "2", bytes_of(lines(2, 3)))}},
       [](Files&, CaseOptions& o) { o.limits.max_expanded_bytes = lines(1).size(); },
       4,
       0,
       0},
      {"EVTX_HEADER_DAMAGED", event_log(20), [](Files& f, CaseOptions&) { zero_page(first(f), 0); },
       20, 20, 4096},
      {"EVTX_CHUNK_DAMAGED", event_log(20),
       [](Files& f, CaseOptions&) { flip_bit(first(f), chunk_offset(1), 0); }, 20, 10, 65536},
      {"EVTX_TRUNCATED", event_log(20),
       [](Files& f, CaseOptions&) { first(f).resize(chunk_offset(1) + 600); }, 20, 10, 88},
      {"EVTX_RECORD_INCOMPLETE", event_log(20),
       // A SID says that it has more parts than there are bytes.
       [](Files& f, CaseOptions&) { put(first(f), find(first(f), kLocalSystem) + 1, "\xFF"); }, 20,
       20, 0},
      {"EVENT_XML_DAMAGED", file("a.xml", kXml),
       [](Files& f, CaseOptions&) { put(first(f), find(first(f), "<System>"), "<Sys <m>"); }, 2, 1,
       92},
      {"JSON_DAMAGED", file("a.json", lines(3)),
       [](Files& f, CaseOptions&) {
         put(first(f), find(first(f), "\"logsource\":", 1), "logsource?:");
       },
       3, 2, lines(1).size() - 1},
      {"JSON_NOT_EVENTS", file("a.json", lines(3)),
       [](Files& f, CaseOptions&) { insert(first(f), 0, "{\"a\": 1}\n"); }, 3, 3, 0},
      {"LIST_RECORDS_REFUSED", file("a.txt", kList),
       [](Files& f, CaseOptions&) { put(first(f), find(first(f), ": 2\n"), ": x"); }, 2, 1, 0},
      {"LIST_VALUES_CUT", file("a.txt", kList),
       // Of 70 lines of a message 65 find room.
       [](Files& f, CaseOptions&) {
         for (int i = 0; i < 70; ++i)
           insert(first(f), first(f).size(), std::string(999, 'x') + '\n');
       },
       2, 2, 5 * 1000},
      {"TABLE_ROWS_REFUSED", file("a.csv", kTable),
       [](Files& f, CaseOptions&) { insert(first(f), first(f).size(), "\"half a row\"\n"); }, 2, 2,
       0},
      {"TEXT_ENCODING_UNKNOWN", file("a.txt", kDialog),
       [](Files& f, CaseOptions&) {
         insert(first(f), first(f).size(), std::string(200, '-') + "\n\x01\x81\x8D\n");
       },
       2, 4, 0},
      {"TEXT_LINE_TOO_LONG", file("a.txt", kDialog),
       [](Files& f, CaseOptions&) {
         insert(first(f), first(f).size(), std::string((1 << 20) + 1, 'x') + "\n");
       },
       2, 2, (1 << 20) + 2},
      {"TEXT_READ_FAILED", bundle(Packing::zip_stored, {{"a", bytes_of(kDialog)}}),
       [](Files& f, CaseOptions&) {
         put(first(f), find(first(f), "Fehlercode"),
             "F"
             "ehler-ode");
       },
       2, 2, 0},
      {"EVENTS_WITHOUT_DATE", file("a.json", lines(3)),
       [](Files& f, CaseOptions&) { put(first(f), find(first(f), "2026"), "when"); }, 3, 3, 0,
       By::timesketch},
      {"RECORDS_REPEATED", file("a.json", lines(3)),
       [](Files& f, CaseOptions&) {
         f.push_back({"b.json", bytes_of(lines(3, 2))});
       },
       3, 6, 0},
      {"RECORDS_REPEATED", file("a.json", lines(3)),
       [](Files& f, CaseOptions&) {
         f.push_back({"b.json", bytes_of(lines(3, 2))});
       },
       3, 6, 0, By::analyze},
      {"NOTICES_NOT_SHOWN", file("a.json", lines(300)),
       [](Files& f, CaseOptions&) {
         std::string text;
         for (int i = 0; i < 300; ++i) text += event_line(i) + "{torn}\n";
         f = file("a.json", text);
       },
       300, 300, 200 * 6},
      {"NOTICES_NOT_SHOWN", file("a.json", lines(300)),
       [](Files& f, CaseOptions&) {
         std::string text;
         for (int i = 0; i < 300; ++i) text += event_line(i) + "{torn}\n";
         f = file("a.json", text);
       },
       300, 300, 200 * 6, By::analyze},
      {"LOCAL_TIMES", file("a.json", accepted_by_two(kInstant)),
       [](Files& f, CaseOptions&) { f = file("a.json", accepted_by_two(kLocalTime)); }, 2, 2, 0,
       By::analyze},
      {"LOCAL_TIMES", file("a.json", accepted_by_two(kInstant)),
       [](Files& f, CaseOptions&) {
         f = file("a.json", accepted(kInstant, "RDS01") + accepted(kLocalTime, "RDS01"));
       },
       2, 2, 0, By::analyze},
      {"TIMES_MISSING", file("a.json", accepted_by_two(kInstant)),
       [](Files& f, CaseOptions&) {
         f = file("a.json", accepted(kInstant, "RDS01") + accepted("", "RDS01"));
       },
       2, 2, 0, By::analyze},
      {"MATCHES_NOT_KEPT", file("a.json", lines(900)),
       [](Files& f, CaseOptions&) { f = file("a.json", lines(1100)); }, 900, 1100, 0, By::analyze},
  };
  return table;
}

// Codes whose inputs are no bytes in memory, or large: where they are tested.
struct Elsewhere {
  const char* code;
  const char* test;
};
constexpr Elsewhere kElsewhere[] = {
    {"INPUT_UNREADABLE", "tests/unit/container/listing_test.cpp"},
    {"INPUT_NOT_A_FILE", "tests/unit/container/listing_test.cpp"},
    {"INPUT_NOT_USED", "tests/cli/exit_codes_test.cpp"},
    {"BUNDLE_TOO_LARGE_INSIDE", "tests/unit/container/walk_hostile_test.cpp"},
    {"ATTEMPTS_LEFT_OUT", "tests/cli/focus_test.cpp"},
    {"USER_NOT_NAMED", "tests/cli/focus_test.cpp"},
    {"HOST_NOT_NAMED", "tests/cli/focus_test.cpp"},
    {"CODE_NOT_UNDERSTOOD", "tests/unit/pipeline/analyze_test.cpp"},
    {"CORRELATIONS_CUT", "tests/unit/pipeline/match_rules_test.cpp"},
    {"RECORDS_NOT_COMPARED", "tests/unit/pipeline/seen_records_test.cpp"},
};

Case case_of(const Files& files, CaseOptions options) {
  options.jobs = 1;
  Case input(std::move(options));
  for (const Entry& entry : files) REQUIRE(input.add_bytes(entry.name, entry.content));
  return input;
}

std::string text_of(const std::string& path) {
  std::ifstream in(fs::path(RDPTRIAGE_SOURCE_DIR) / path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> documented_codes() {
  std::set<std::string> codes;
  const std::string text = text_of("docs/notices.md");
  std::istringstream in(text);
  const std::regex code("`([A-Z]+(_[A-Z]+)+)`");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    const std::string cell = line.substr(0, line.find('|', 1));
    for (std::sregex_iterator at(cell.begin(), cell.end(), code), end; at != end; ++at) {
      codes.insert(at->str(1));
    }
  }
  return codes;
}
}  // namespace

TEST_CASE("notices: a good input that is damaged gives its notice, and what is left is read") {
  for (const Row& row : rows()) {
    INFO(row.code << (row.by == By::analyze ? ", analyze" : ", events"));
    const Told before = read(case_of(row.good, {}), row.by);
    CHECK(before.codes.count(row.code) == 0);
    CHECK(before.records == row.records_before);
    CHECK(before.lost == 0);
    Files damaged = row.good;
    CaseOptions options;
    row.damage(damaged, options);
    const Told after = read(case_of(damaged, options), row.by);
    CHECK(after.codes.count(row.code) == 1);
    CHECK(after.records == row.records);
    CHECK(after.lost == row.lost);
  }
}

TEST_CASE("notices: every documented code has a row, or a test elsewhere that names it") {
  std::set<std::string> covered;
  for (const Row& row : rows()) covered.insert(row.code);
  for (const Elsewhere& row : kElsewhere) {
    INFO(row.code << " in " << row.test);
    CHECK(covered.insert(row.code).second);
    CHECK(text_of(row.test).find(row.code) != std::string::npos);
  }
  CHECK(covered == documented_codes());
}

// The other direction: what the code can emit is documented. Where files are opened and read every
// code is a notice's; the pipeline also refuses calls, which is no notice.
TEST_CASE("notices: every code that the reading side can emit is documented") {
  const std::set<std::string> documented = documented_codes();
  const std::set<std::string> no_codes{"REG_BINARY",   "REG_DWORD", "REG_SZ",   "CLOSE_WAIT",
                                       "SYN_RECEIVED", "SYN_SENT",  "TIME_WAIT"};
  const std::regex anywhere("()\"([A-Z]+(_[A-Z]+)+)\"");
  const std::regex noticed(
      "(code = |add_notice\\(out, |notice\\(\\{|notices\\.push_back\\(\\{)\"([A-Z]+(_[A-Z]+)+)\"");
  std::size_t found = 0;
  for (const char* folder : {"src/container", "src/reader", "src/pipeline"}) {
    const std::regex& code = std::string(folder) == "src/pipeline" ? noticed : anywhere;
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(RDPTRIAGE_SOURCE_DIR) / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string path = fs::relative(entry.path(), RDPTRIAGE_SOURCE_DIR).string();
      const std::string text = text_of(path);
      for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) {
        if (no_codes.count(at->str(2)) != 0) continue;
        INFO(path << ": " << at->str(2));
        CHECK(documented.count(at->str(2)) == 1);
        ++found;
      }
    }
  }
  CHECK(found > 30);
}
