// The EVTX reader and the rules over it, one mode a run and nothing else in it:
//
//   evtx_bench walk   LOG [JOBS]   the bare walk over all records: the floor
//   evtx_bench key    LOG [JOBS]   each event's key, as a scan asks for
//   evtx_bench fields LOG [JOBS]   System and all fields, decoded and dropped
//   evtx_bench jsonl  LOG [JOBS]   the lines that `events --format jsonl` writes, dropped
//   evtx_bench scan   LOG [JOBS] [COUNT RULES…]   the detections of the built-in rules, or of the
//                                  first COUNT of these files; loading them is not counted
//   evtx_bench make   LOG MB SEED…  a log of that size from the full chunks of other logs
//   evtx_bench build  LOG MB        the same from made-up events
//
// Prints records, bytes, seconds, processor seconds and MB/s; `measured` is what callgrind is told
// to count. tests/bench/run is the one command for all of it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_buffer.hpp"
#include "pipeline/rule_files.hpp"
#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rule_set.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "reader/evtx/layout.hpp"
#include "reader/evtx/record_walk.hpp"
#include "reader/evtx/slot_source.hpp"
#include "report/event_json.hpp"
#include "rule/matcher.hpp"
#include "support/evtx_builder.hpp"

namespace {

using namespace rdptriage;
using namespace rdptriage::reader;

class StreamSource final : public container::ByteSource {
 public:
  explicit StreamSource(const char* path) : file_(std::fopen(path, "rb")) {
    if (file_ != nullptr) std::setvbuf(file_, nullptr, _IONBF, 0);
  }
  ~StreamSource() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;
  bool is_open() const { return file_ != nullptr; }
  Result<std::size_t> read(std::span<std::byte> out) override {
    const std::size_t count = std::fread(out.data(), 1, out.size(), file_);
    bytes += count;
    return count;
  }
  std::uint64_t bytes = 0;

 private:
  std::FILE* file_;
};

enum class Mode { key, fields, jsonl, scan };

class Sink final : public EventSink {
 public:
  Sink(Mode mode, const rule::CompiledRules* rules) : mode_(mode), rules_(rules) {
    if (rules != nullptr) matcher_ = std::make_unique<rule::Matcher>(*rules);
  }
  Flow event(EventView& event) override {
    ++records;
    sum_ += event.key().event_id.value_or(0);
    if (mode_ == Mode::fields) sum_ += event.fields().size() + event.system().level.value_or(0);
    if (mode_ == Mode::scan) {
      matcher_->match(event, hits_);
      matches += hits_.size();
    }
    if (mode_ == Mode::jsonl) {
      writer_.write("log.evtx", event, out_);
      if (out_.size() > 256 * 1024) out_.clear();
    }
    return Flow::go_on;
  }
  void notice(Notice) override {}
  std::unique_ptr<EventSink> fork() override { return std::make_unique<Sink>(mode_, rules_); }
  Flow join(EventSink& forked) override {
    auto& other = static_cast<Sink&>(forked);
    records += other.records;
    matches += other.matches;
    other.records = other.matches = 0;
    other.out_.clear();
    return Flow::go_on;
  }
  std::uint64_t records = 0, matches = 0;

 private:
  Mode mode_;
  const rule::CompiledRules* rules_;
  std::unique_ptr<rule::Matcher> matcher_;
  std::vector<rule::RuleIndex> hits_;
  report::EventJsonWriter writer_;
  base::OutputBuffer out_;
  std::uint64_t sum_ = 0;
};

std::uint64_t walk(StreamSource& source) {
  evtx::SlotSource slots(source);
  evtx::SlotBatch batch;
  std::uint64_t records = 0;
  while (slots.next(batch) && !batch.slots.empty()) {
    for (const evtx::Slot& slot : batch.slots) {
      if (slot.kind != evtx::Slot::Kind::chunk) continue;
      evtx::RecordWalk walk(slot.bytes, evtx::kChunkHeaderBytes, evtx::live_end(slot.bytes).offset);
      for (evtx::RecordSpan span; walk.next(span);) ++records;
    }
  }
  return records;
}

// Chunk and record numbers count up, as in a log that was written in one go.
int make(const char* path, std::size_t megabytes, std::span<char*> seeds) {
  using namespace evtx;
  std::string header;
  std::vector<std::string> chunks;
  for (const char* seed : seeds) {
    std::ifstream in(seed, std::ios::binary);
    const std::string log((std::istreambuf_iterator<char>(in)), {});
    if (log.size() < kFileHeaderBytes) continue;
    if (header.empty()) header = log.substr(0, kFileHeaderBytes);
    for (std::size_t at = kFileHeaderBytes; at + kChunkBytes <= log.size(); at += kChunkBytes) {
      const std::string chunk = log.substr(at, kChunkBytes);
      const Bytes bytes(reinterpret_cast<const std::byte*>(chunk.data()), chunk.size());
      if (starts_with(bytes, kChunkMagic) && live_end(bytes).offset > 50'000)
        chunks.push_back(chunk);
    }
  }
  if (chunks.empty()) {
    std::fputs("no full chunks in the seeds\n", stderr);
    return 1;
  }
  std::ofstream out(path, std::ios::binary);
  out << header;
  std::uint64_t number = 1;
  for (std::size_t i = 0; i < megabytes * 16; ++i) {
    std::string chunk = chunks[i % chunks.size()];
    const Bytes bytes(reinterpret_cast<const std::byte*>(chunk.data()), chunk.size());
    RecordWalk walk(bytes, kChunkHeaderBytes, live_end(bytes).offset);
    for (RecordSpan span; walk.next(span); ++number) {
      std::memcpy(chunk.data() + span.offset + 8, &number, sizeof number);
    }
    out << chunk;
  }
  return out ? 0 : 1;
}

// The same from events of a few kinds, when there are no real logs: what a session host's Security
// and RemoteConnectionManager logs are made of, the first far more often.
// What a server's logs are full of: many small values (logons), long texts (processes, scripts),
// strings in a row (services).
test::EvtxEvent made_event(std::uint32_t i) {
  using test::EvtxValue;
  const auto text = [](std::string value) { return EvtxValue::text(value); };
  const std::string number = std::to_string(i), user = "user" + std::to_string(i % 97);
  const std::string program = "C:\\Program Files\\Vendor " + std::to_string(i % 9) + "\\agent.exe";
  test::EvtxEvent event;
  event.time += std::int64_t{i} * 12'345'678;
  event.computer = "SRV" + std::to_string(i % 7) + ".contoso.example";
  event.process_id = 600 + i % 50;
  switch (i / 64 % 8) {  // a log is of one channel: a chunk of few kinds of events
    case 0:
      event.provider = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
      event.channel = event.provider + "/Operational";
      event.event_id = i % 16 == 0 ? 1149 : 261;
      event.user_data = "EventXML";
      event.user_data_namespace = "Event_NS";
      event.user_fields = {{"Param1", text(user)},
                           {"Param2", text("CONTOSO")},
                           {"Param3", text("10.0.0." + std::to_string(i % 251))}};
      break;
    case 1:
      event.provider = "Service Control Manager";
      event.channel = "System";
      event.event_id = 7036;
      event.qualifiers = 16384;
      event.event_data = {
          {"param1", text("Software Protection")},
          {"param2", text(i % 2 == 0 ? "running" : "stopped")},
          {"Binary", EvtxValue::binary(std::string("s\0p\0p\0s\0v\0c\0/\0001\0", 16))}};
      break;
    case 2:
      event.provider = "Microsoft-Windows-PowerShell";
      event.channel = event.provider + "/Operational";
      event.event_id = 4104;
      event.activity_id = "{3FB80CAA-2356-43C8-9991-B852526F2500}";
      event.event_data = {
          {"MessageNumber", EvtxValue::i32(1)},
          {"MessageTotal", EvtxValue::i32(1)},
          {"ScriptBlockText",
           text("function Get-Inventory" + number +
                " {\r\n    param([string]$Path, [switch]$Recurse)\r\n    Get-ChildItem -Path $Path "
                "-Recurse:$Recurse | Where-Object { $_.Length -gt 1MB } | ForEach-Object {\r\n     "
                "  "
                " [pscustomobject]@{ Name = $_.FullName; Size = $_.Length; Owner = (Get-Acl "
                "$_.FullName).Owner; Written = $_.LastWriteTimeUtc }\r\n    } | Sort-Object Size "
                "-Descending | Export-Csv -NoTypeInformation -Path "
                "\"$env:TEMP\\inventory.csv\"\r\n}")},
          {"ScriptBlockId",
           text("68fa4c46-9a2d-4d9c-a0ff-a0e0d2d1b" + std::to_string(100 + i % 900))},
          {"Path", text("C:\\Scripts\\inventory.ps1")}};
      break;
    case 3:
    case 4:
      event.provider = "Microsoft-Windows-Sysmon";
      event.channel = event.provider + "/Operational";
      event.event_id = 1;
      event.user_sid = "S-1-5-18";
      event.event_data = {
          {"RuleName", text("-")},
          {"UtcTime", text("2026-11-20 08:11:52.103")},
          {"ProcessGuid", EvtxValue::guid("{247E89E9-7A2D-5D9C-0000-0010A0FF1B00}")},
          {"ProcessId", EvtxValue::u32(4000 + i % 4000)},
          {"Image", text(program)},
          {"FileVersion", text("7.1." + std::to_string(i % 40))},
          {"Description", text("Vendor Management Agent")},
          {"Company", text("Vendor Corporation")},
          {"OriginalFileName", text("agent.exe")},
          {"CommandLine", text('"' + program + "\" --collect --site HQ --session " + number +
                               " --output \"C:\\ProgramData\\Vendor\\Collections\\run-" + number +
                               ".json\" --quiet")},
          {"CurrentDirectory", text("C:\\Windows\\system32\\")},
          {"User", text("NT AUTHORITY\\SYSTEM")},
          {"LogonId", EvtxValue::hex64(0x3E7)},
          {"TerminalSessionId", EvtxValue::u32(0)},
          {"IntegrityLevel", text("System")},
          {"Hashes", text("SHA1=1B4F0E9851971998E732078544C96B36C3D01CED,MD5="
                          "B1946AC92492D2347C6235B4D2611184,SHA256="
                          "5891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03")},
          {"ParentImage", text("C:\\Windows\\System32\\services.exe")},
          {"ParentCommandLine", text("C:\\Windows\\system32\\services.exe")}};
      break;
    default:
      event.provider = "Microsoft-Windows-Security-Auditing";
      event.provider_guid = "{54849625-5478-4994-A5BA-3E3B0328C30D}";
      event.channel = "Security";
      event.event_id = i % 9 == 1 ? 4625 : i % 9 == 2 ? 4634 : 4624;
      event.event_data = {
          {"SubjectUserSid", EvtxValue::sid("S-1-5-18")},
          {"SubjectUserName", EvtxValue::text("SRV01$")},
          {"SubjectDomainName", EvtxValue::text("CONTOSO")},
          {"SubjectLogonId", EvtxValue::hex64(0x3E7)},
          {"TargetUserSid", EvtxValue::sid("S-1-5-21-1004336348-1177238915-682003330-1105")},
          {"TargetUserName", EvtxValue::text("user" + std::to_string(i % 97))},
          {"TargetDomainName", EvtxValue::text("CONTOSO")},
          {"TargetLogonId", EvtxValue::hex64(0x10000 + i * 17)},
          {"LogonType", EvtxValue::u32(i % 3 == 0 ? 10 : 3)},
          {"LogonProcessName", EvtxValue::text("NtLmSsp ")},
          {"AuthenticationPackageName", EvtxValue::text("NTLM")},
          {"WorkstationName", EvtxValue::text("PC-" + std::to_string(i % 300))},
          {"LogonGuid", EvtxValue::guid("{00000000-0000-0000-0000-000000000000}")},
          {"TransmittedServices", EvtxValue::text("-")},
          {"LmPackageName", EvtxValue::text("NTLM V2")},
          {"KeyLength", EvtxValue::u32(128)},
          {"ProcessId", EvtxValue::size_type(0)},
          {"ProcessName", EvtxValue::text("C:\\Windows\\System32\\svchost.exe")},
          {"IpAddress", EvtxValue::text("10.0.0." + std::to_string(i % 251))},
          {"IpPort", EvtxValue::text(std::to_string(49152 + i % 16000))}};
      break;
  }
  return event;
}

int build(const char* path, std::size_t megabytes) {
  test::EvtxBuilder log;
  constexpr std::uint32_t kMade = 3600;  // some 4 MB, then repeated as `make` does
  for (std::uint32_t i = 0; i < kMade; ++i) log.add(made_event(i));
  const std::vector<std::byte> bytes = log.finish();
  const std::string seed = std::string(path) + ".seed";
  std::ofstream(seed, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  std::string name = seed;
  char* seeds[] = {name.data()};
  const int outcome = make(path, megabytes, seeds);
  std::filesystem::remove(seed);
  return outcome;
}

const rule::CompiledRules* load_rules(std::span<char*> given,
                                      std::unique_ptr<pipeline::SelectedRules>& selected) {
  if (given.size() < 2) return &RuleSet::builtin().impl().rules();
  RuleSelection selection;
  selection.on_problem = RuleSelection::OnProblem::keep_going;
  const std::size_t count = std::strtoul(given[0], nullptr, 10);
  for (char* folder : given.subspan(1)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".yml") selection.paths.push_back(entry.path());
    }
  }
  std::sort(selection.paths.begin(), selection.paths.end());
  if (selection.paths.size() > count) {
    // Evenly from all areas, so that few rules are about the same things as many.
    std::vector<std::filesystem::path> some;
    for (std::size_t i = 0; i < count; ++i) {
      some.push_back(selection.paths[i * selection.paths.size() / count]);
    }
    selection.paths = std::move(some);
  }
  auto loaded = pipeline::load_selection(selection);
  if (!loaded) {
    fmt::print(stderr, "{}\n", loaded.error().message);
    return nullptr;
  }
  selected = std::move(*loaded);
  return &selected->loaded.rules;
}

struct Measured {
  std::uint64_t records = 0, matches = 0;
  double seconds = 0, processor_seconds = 0;
};

// All that is counted, and in one function that a profiler can be pointed at.
[[gnu::noinline]] Measured measured(StreamSource& source, Sink* sink, unsigned jobs) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t processor_start = std::clock();
  Measured out;
  if (sink == nullptr) {
    out.records = walk(source);
  } else {
    ReadContext context;
    context.jobs = jobs;
    read_evtx({}, source, context, *sink);
    out.records = sink->records;
    out.matches = sink->matches;
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out.processor_seconds = static_cast<double>(std::clock() - processor_start) / CLOCKS_PER_SEC;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (argc < 3) return 2;
  const std::string_view mode = argv[1];
  const auto number = [&](std::size_t i) { return std::strtoul(arguments[i], nullptr, 10); };
  if (mode == "make") return argc < 5 ? 2 : make(argv[2], number(3), arguments.subspan(4));
  if (mode == "build") return argc < 4 ? 2 : build(argv[2], number(3));
  StreamSource source(argv[2]);
  if (!source.is_open()) return 1;
  const auto jobs = argc > 3 ? static_cast<unsigned>(number(3)) : 1;
  Measured result;
  if (mode == "walk") {
    result = measured(source, nullptr, jobs);
  } else if (mode == "key" || mode == "fields" || mode == "jsonl" || mode == "scan") {
    std::unique_ptr<pipeline::SelectedRules> selected;
    const rule::CompiledRules* rules = nullptr;
    if (mode == "scan") {
      rules = load_rules(argc > 4 ? arguments.subspan(4) : std::span<char*>(), selected);
      if (rules == nullptr) return 1;
    }
    Sink sink(mode == "key"      ? Mode::key
              : mode == "fields" ? Mode::fields
              : mode == "jsonl"  ? Mode::jsonl
                                 : Mode::scan,
              rules);
    result = measured(source, &sink, jobs);
  } else {
    return 2;
  }
  const double megabytes = static_cast<double>(source.bytes) / 1e6;
  fmt::print("{} records {} bytes {:.4f} s {:.4f} processor s {:.0f} MB/s {} matches\n",
             result.records, source.bytes, result.seconds, result.processor_seconds,
             megabytes / result.seconds, result.matches);
  return 0;
}
