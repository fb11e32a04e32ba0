// The rule engine alone, one mode a run, so that a profiler counts nothing else:
//
//   rule_bench load  RULES MAP            reading and compiling all rules of a folder
//   rule_bench match RULES MAP LOG…       EVTX logs through all rules, one core, nothing printed
//   rule_bench plain RULES MAP LOG…       the same by the evaluator that asks one rule after
//   another rule_bench grow                       made rules over events that none of them wants
//
// match runs the logs three times: their keys alone, their fields where some rule may want them,
// and the rules; the differences are the shares of decoding and matching. Seconds are those of the
// processor, so that other programs on the machine change them little.
#include <fmt/format.h>

#include <algorithm>
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

#include "reader/event_json.hpp"
#include "reader/evtx/evtx_reader.hpp"
#include "rule/matcher.hpp"
#include "rule/rule_loader.hpp"
#include "support/plain_matcher.hpp"
#include "support/text_source.hpp"

namespace {

using namespace rdptriage;
namespace fs = std::filesystem;

double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

// Rule files below a folder, and the map of log sources, in memory.
struct Rules {
  std::vector<std::pair<std::string, std::string>> texts;
  std::string map_text;
  std::vector<rule::RuleFile> files;
  rule::RuleFile map;

  Rules(const char* folder, const char* map_path) : map_text(read_file(map_path)) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".yml")
        texts.emplace_back(entry.path().generic_string(), read_file(entry.path()));
    }
    std::sort(texts.begin(), texts.end());
    for (const auto& [path, text] : texts) files.push_back({path, text});
    map = {"map", map_text};
  }
  rule::LoadedRules load() const {
    rule::LoadOptions options;
    options.log_sources = rule::LogSourceUse::apply;
    options.log_source_files = {&map, 1};
    return rule::load_rules(files, options);
  }
};

enum class Depth { keys, fields, rules };

class Sink final : public reader::EventSink {
 public:
  Sink(const rule::CompiledRules& rules, Depth depth) : matcher_(rules), depth_(depth) {}
  reader::Flow event(EventView& event) override {
    ++events;
    if (depth_ == Depth::rules) {
      matcher_.match(event, hits_);
      matches += hits_.size();
    } else if (!matcher_.ignores(event.key())) {
      ++wanted;
      if (depth_ == Depth::fields) bytes_ += event.fields().size();
    }
    return reader::Flow::go_on;
  }
  void notice(Notice) override {}
  std::uint64_t events = 0, wanted = 0, matches = 0;

 private:
  rule::Matcher matcher_;
  Depth depth_;
  std::vector<rule::RuleIndex> hits_;
  std::size_t bytes_ = 0;
};

class PlainSink final : public reader::EventSink {
 public:
  PlainSink(const rule::CompiledRules& rules, const rule::LogSourceMap& map)
      : matcher_(rules, map, rule::LogSourceUse::apply) {}
  reader::Flow event(EventView& event) override {
    ++events;
    matches += matcher_.match(event).size();
    return seconds() < kLongEnough ? reader::Flow::go_on : reader::Flow::stop;
  }
  void notice(Notice) override {}
  std::uint64_t events = 0, matches = 0;
  double seconds() const { return now() - start_; }

 private:
  static constexpr double kLongEnough = 20;
  tests::PlainMatcher matcher_;
  double start_ = now();
};

void read_all(const std::vector<std::string>& logs, reader::EventSink& sink) {
  reader::ReadContext context;
  context.jobs = 1;
  for (const std::string& log : logs) {
    test::TextSource source(log);
    reader::read_evtx({}, source, context, sink);
  }
}

int match(const Rules& rules, const std::vector<std::string>& logs) {
  const rule::LoadedRules loaded = rules.load();
  std::size_t bytes = 0;
  for (const std::string& log : logs) bytes += log.size();
  double took[3] = {};
  std::uint64_t events = 0, wanted = 0, matches = 0;
  Sink first(loaded.rules, Depth::keys);  // makes what is made on first use
  read_all(logs, first);
  for (const Depth depth : {Depth::keys, Depth::fields, Depth::rules}) {
    Sink sink(loaded.rules, depth);
    const double start = now();
    read_all(logs, sink);
    took[static_cast<int>(depth)] = now() - start;
    events = sink.events;
    if (depth == Depth::keys) wanted = sink.wanted;
    matches = sink.matches;
  }
  const double all = took[2];
  fmt::print(
      "{} rules {} events ({} wanted) {} matches {:.3f} s {:.0f} MB/s {:.0f} events/s; "
      "keys {:.0f} % fields {:.0f} % rules {:.0f} %\n",
      loaded.rules.rules().size(), events, wanted, matches, all,
      static_cast<double>(bytes) / 1e6 / all, static_cast<double>(events) / all,
      100 * took[0] / all, 100 * (took[1] - took[0]) / all, 100 * (all - took[1]) / all);
  return 0;
}

int plain(const Rules& rules, const std::vector<std::string>& logs) {
  const rule::LoadedRules loaded = rules.load();
  rule::LogSourceMap map;
  std::vector<Problem> none;
  map.add({"map", rules.map_text}, none);
  PlainSink sink(loaded.rules, map);
  read_all(logs, sink);
  fmt::print("{} rules {} events {} matches {:.3f} s {:.0f} events/s\n",
             loaded.rules.rules().size(), sink.events, sink.matches, sink.seconds(),
             static_cast<double>(sink.events) / sink.seconds());
  return 0;
}

// A rule set of its kind: event ids, paths, words. None wants the event below.
std::vector<std::string> made_rules(std::size_t count) {
  constexpr std::size_t kInOneFile = 500;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % kInOneFile == 0) out.emplace_back();
    out.back() += fmt::format(
        "title: r{0}\nname: r{0}\nlogsource: {{product: windows, service: security}}\n"
        "detection:\n  s:\n    Image|endswith: '\\tool{0}.exe'\n    CommandLine|contains:\n"
        "      - 'switch{0} '\n      - '/option{0}'\n  f:\n    User: 'svc{0}'\n"
        "  condition: s and not f\n---\n",
        i);
  }
  return out;
}

int grow() {
  const std::string map_text = "services: {security: [Security]}\n";
  const rule::RuleFile map{"map", map_text};
  const std::string event =
      R"({"Event": {"System": {"EventID": 4688, "Channel": "Security", "Computer": "host"},)"
      R"( "EventData": {"Image": "C:\\Windows\\System32\\svchost.exe", "User": "SYSTEM",)"
      R"( "CommandLine": "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule"}}})";
  for (const std::size_t count : {std::size_t{60}, std::size_t{2000}}) {
    const std::vector<std::string> texts = made_rules(count);
    std::vector<rule::RuleFile> files;
    for (const std::string& text : texts) files.push_back({"made.yml", text});
    rule::LoadOptions options;
    options.log_source_files = {&map, 1};
    const rule::LoadedRules loaded = rule::load_rules(files, options);
    rule::Matcher matcher(loaded.rules);
    std::vector<rule::RuleIndex> hits;
    double best = 1e9;
    reader::visit_json_event(event, {}, [&](EventView& view) {
      constexpr int kTimes = 200'000, kRounds = 5;
      for (int round = 0; round < kRounds; ++round) {
        const double start = now();
        for (int i = 0; i < kTimes; ++i) matcher.match(view, hits);
        best = std::min(best, (now() - start) / kTimes);
      }
    });
    fmt::print("{} rules {:.0f} ns an event\n", loaded.rules.rules().size(), best * 1e9);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "grow") return grow();
  if (argc < 4) {
    std::fputs("usage: rule_bench load|match|plain RULES MAP [LOG…], or rule_bench grow\n", stderr);
    return 2;
  }
  const Rules rules(argv[2], argv[3]);
  if (mode == "load") {
    const double start = now();
    const rule::LoadedRules loaded = rules.load();
    fmt::print("{} rules {} problems {:.3f} s\n", loaded.rules.rules().size(),
               loaded.problems.size(), (now() - start));
    return 0;
  }
  std::vector<std::string> logs;
  for (int i = 4; i < argc; ++i) logs.push_back(read_file(argv[i]));
  return mode == "plain" ? plain(rules, logs) : match(rules, logs);
}
