#include "support/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/time.hpp"
#include "base/yaml.hpp"
#include "support/scenario_text.hpp"

namespace rdptriage::test {

using base::YamlNode;

namespace {
constexpr std::int64_t kTicksPerMillisecond = base::kTicksPerSecond / 1000;
// Words of the script; every other member of an event is a field.
constexpr std::string_view kWords[] = {"at",    "after", "id",       "log", "activity",
                                       "level", "data",  "sequence", "lost"};

[[noreturn]] void fail(std::string_view where, std::string_view what) {
  fmt::print(stderr, "{}: {}\n", where, what);
  std::exit(2);
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(file.string(), "cannot be read");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<YamlNode> parse(const std::filesystem::path& file, const std::string& text) {
  const std::string name = file.string();
  auto documents = base::parse_yaml({name, text});
  if (!documents) fail(name, base::to_error(documents.error()).message);
  return std::move(*documents);
}

const std::string& logs_text() {
  static const std::string text =
      read_text(std::filesystem::path(RDPTRIAGE_SOURCE_DIR) / "tests/scenarios/logs.yml");
  return text;
}

const YamlNode& logs() {
  static const std::vector<YamlNode> documents =
      parse(std::filesystem::path("tests/scenarios/logs.yml"), logs_text());
  return documents.front();
}

const YamlNode& row(std::string_view table, std::string_view name, std::string_view where) {
  const YamlNode* rows = logs().find(table);
  const YamlNode* found = rows == nullptr ? nullptr : rows->find(name);
  if (found == nullptr) fail(where, fmt::format("logs.yml has no `{}` in `{}`", name, table));
  return *found;
}

std::vector<std::string> texts(const YamlNode& owner, std::string_view key) {
  const YamlNode* node = owner.find(key);
  if (node == nullptr) return {};
  if (node->is_scalar()) return {node->text};
  std::vector<std::string> out;
  for (const YamlNode& item : node->items) out.push_back(item.text);
  return out;
}

// "3s", "-1h", "500ms".
std::int64_t span(std::string_view text, std::string_view where) {
  if (text.empty()) return 0;
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t value = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  const std::map<std::string_view, std::int64_t> units = {{"ms", kTicksPerMillisecond},
                                                          {"s", base::kTicksPerSecond},
                                                          {"m", 60 * base::kTicksPerSecond},
                                                          {"h", 3600 * base::kTicksPerSecond},
                                                          {"d", 24 * 3600 * base::kTicksPerSecond}};
  const auto unit = units.find(text);
  if (unit == units.end()) fail(where, "a span is a number and one of ms, s, m, h, d");
  return (negative ? -value : value) * unit->second;
}

// Fills "{name}" from the members of the event that names the sequence.
std::string filled(std::string text, const YamlNode& from) {
  for (std::size_t i = 0; i < from.keys.size(); ++i) {
    const std::string mark = fmt::format("{{{}}}", from.keys[i].text);
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), from.items[i].text);
      at += from.items[i].text.size();
    }
  }
  return text;
}

class LogScript {
 public:
  LogScript(const YamlNode& file, std::string date, std::string where, std::int64_t clock)
      : date_(std::move(date)),
        where_(std::move(where)),
        log_(file.text_of("log")),
        computer_(file.text_of("computer")),
        clock_(clock) {
    const YamlNode* events = file.find("events");
    if (events == nullptr) fail(where_, "the log has no `events`");
    for (const YamlNode& event : events->items) add(event);
    std::stable_sort(events_.begin(), events_.end(),
                     [](const auto& a, const auto& b) { return a.ticks < b.ticks; });
    std::uint64_t record = 0;
    for (ScriptedEvent& event : events_) event.record = ++record;
    events_.erase(std::remove_if(events_.begin(), events_.end(),
                                 [](const ScriptedEvent& event) { return event.lost; }),
                  events_.end());
  }

  const std::vector<ScriptedEvent>& events() const { return events_; }

  // Records keep their numbers: nobody deleted any, the file just does not hold them.
  void leave_out(std::uint32_t id) {
    const auto has_id = [id](const ScriptedEvent& event) { return event.id == id; };
    const auto end = std::remove_if(events_.begin(), events_.end(), has_id);
    if (end == events_.end()) fail(where_, fmt::format("no event {} to leave out", id));
    events_.erase(end, events_.end());
  }

 private:
  void add(const YamlNode& node) {
    const auto time = base::parse_iso8601(moment(node.text_of("at")));
    if (!time) fail(where_, fmt::format("line {}: `at` is no time", node.line));
    const std::int64_t ticks = time->ticks + clock_;
    const std::string_view sequence = node.text_of("sequence");
    if (sequence.empty()) {
      add_event(node, node, ticks);
      return;
    }
    for (const YamlNode& step : row("sequences", sequence, where_).items) {
      add_event(step, node, ticks + step.find("after")->integer().value() * kTicksPerMillisecond);
    }
  }

  // "09:11:52" of the scenario's day, or a moment of its own.
  std::string moment(std::string_view at) const {
    return at.find('-') == std::string_view::npos ? fmt::format("{}T{}Z", date_, at)
                                                  : std::string(at);
  }

  void add_event(const YamlNode& node, const YamlNode& owner, std::int64_t ticks) {
    const std::string_view own = owner.text_of("log");
    const YamlNode& log = row("logs", own.empty() ? log_ : own, where_);
    ScriptedEvent event;
    event.channel = log.text_of("channel");
    event.provider = log.text_of("provider");
    event.guid = log.text_of("guid");
    event.source = log.text_of("source");
    event.wrapper = log.text_of("wrapper");
    event.name_space = log.text_of("namespace");
    event.computer = computer_;
    event.ticks = ticks;
    event.lost = owner.text_of("lost") == "true";
    event.id = number(node, "id").value_or(0);
    event.level = number(node, "level").value_or(4);
    event.qualifiers = number(log, "qualifiers");
    if (const auto activity = number(owner, "activity")) {
      event.activity = fmt::format("{{F420AC11-C745-4D99-BA81-D3F0{:08X}}}", *activity);
    }
    for (const std::string& value : texts(node, "data")) event.fields.emplace_back("", value);
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const std::string& key = node.keys[i].text;
      if (std::find(std::begin(kWords), std::end(kWords), key) != std::end(kWords)) continue;
      std::string value = filled(node.items[i].text, owner);
      if (key == "Binary") {
        event.binary = std::move(value);
      } else {
        event.fields.emplace_back(key, std::move(value));
      }
    }
    events_.push_back(std::move(event));
  }

  static std::optional<std::uint32_t> number(const YamlNode& node, std::string_view key) {
    const YamlNode* member = node.find(key);
    const auto value = member == nullptr ? std::nullopt : member->integer();
    if (!value) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
  }

  std::string date_, where_, log_, computer_;
  std::int64_t clock_;
  std::vector<ScriptedEvent> events_;
};

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> out(text.size());
  std::transform(text.begin(), text.end(), out.begin(),
                 [](char c) { return static_cast<std::byte>(c); });
  return out;
}

// What a variant of a scenario lacks: whole files, or some events of a log ("path#id").
struct LeftOut {
  std::set<std::string> files;
  std::multimap<std::string, std::uint32_t> events;
};

class FileScripts {
 public:
  FileScripts(const YamlNode& files, std::string date, std::string where, const ScenarioForm& form)
      : files_(files),
        date_(std::move(date)),
        where_(std::move(where)),
        client_clock_(span(form.client_clock, where_)),
        exported_(form.exported) {
    for (const YamlNode& file : files_.items) {
      const std::string_view log = file.text_of("log");
      if (log.substr(0, 9) == "rdpclient") clients_.emplace(file.text_of("computer"));
    }
  }

  std::vector<ScenarioFile> read(const LeftOut& left_out) const {
    std::vector<ScenarioFile> out;
    std::size_t missed = left_out.files.size();
    for (const YamlNode& file : files_.items) {
      if (left_out.files.count(std::string(file.text_of("path"))) != 0) {
        --missed;
      } else {
        out.push_back(read_file(file, left_out));
      }
    }
    if (missed != 0) fail(where_, "a variant leaves out a file that is not there");
    return out;
  }

 private:
  ScenarioFile read_file(const YamlNode& node, const LeftOut& left_out) const {
    ScenarioFile file;
    file.path = node.text_of("path");
    if (file.path.empty()) fail(where_, "a file has no `path`");
    if (const YamlNode* text = node.find("text")) {
      const std::string told = with_clock(text->text, client_clock_);
      const bool dos = node.text_of("lines") == "crlf";
      const std::string_view encoding = node.text_of("encoding");
      const auto stored = encoded(dos ? with_crlf(told) : told, encoding);
      if (!stored) fail(where_, fmt::format("the encoding `{}` is not known", encoding));
      file.bytes = bytes_of(*stored);
      return file;
    }
    std::int64_t clock = span(node.text_of("clock"), where_);
    if (clients_.count(node.text_of("computer")) != 0) clock += client_clock_;
    LogScript script(node, date_, fmt::format("{}, {}", where_, file.path), clock);
    const auto [first, last] = left_out.events.equal_range(file.path);
    for (auto at = first; at != last; ++at) script.leave_out(at->second);
    const bool xml = std::filesystem::path(file.path).extension() == ".xml";
    file.bytes = is_exported(node) ? bytes_of(event_lines(script.events(), line_times()))
                 : xml             ? bytes_of(event_xml(script.events()))
                                   : event_log(script.events());
    // A copy that stopped early.
    const YamlNode* keep = node.find("keep");
    if (const auto bytes = keep == nullptr ? std::nullopt : keep->integer()) {
      file.bytes.resize(std::min(file.bytes.size(), static_cast<std::size_t>(*bytes)));
    }
    return file;
  }

  LineTimes line_times() const {
    return exported_ == ScenarioForm::Exported::without_times ? LineTimes::none : LineTimes::local;
  }

  bool is_exported(const YamlNode& file) const {
    using Exported = ScenarioForm::Exported;
    const bool is_client = clients_.count(file.text_of("computer")) != 0;
    const auto number = &file - files_.items.data();
    return exported_ == Exported::all || exported_ == Exported::without_times ||
           (exported_ == Exported::clients && is_client) ||
           (exported_ == Exported::servers && !is_client) ||
           (exported_ == Exported::every_other && number % 2 == 0);
  }

  const YamlNode& files_;
  std::string date_, where_;
  std::int64_t client_clock_;
  ScenarioForm::Exported exported_;
  std::set<std::string, std::less<>> clients_;  // the machines that a client's log is of
};

LeftOut read_left_out(const YamlNode& variant, std::string_view where) {
  LeftOut out;
  for (const std::string& item : texts(variant, "without")) {
    const auto mark = item.find('#');
    if (mark == std::string::npos) {
      out.files.insert(item);
    } else {
      out.events.emplace(item.substr(0, mark),
                         static_cast<std::uint32_t>(std::stoul(item.substr(mark + 1))));
    }
  }
  if (out.files.empty() && out.events.empty()) fail(where, "a variant needs `without`");
  return out;
}

Expectation read_expectation(const YamlNode& node) {
  Expectation expect;
  expect.verdicts = texts(node, "verdict");
  expect.cause = node.text_of("cause");
  expect.also = texts(node, "also");
  expect.not_causes = texts(node, "not");
  expect.stopped_at = node.text_of("stopped_at");
  expect.collect = texts(node, "collect");
  expect.card = texts(node, "card");
  expect.missing = texts(node, "missing");
  expect.states = texts(node, "states");
  expect.clocks = texts(node, "clocks");
  for (const auto& [key, out] :
       {std::pair("failed", &expect.failed), std::pair("hosts", &expect.hosts)}) {
    if (const YamlNode* count = node.find(key)) *out = count->integer();
  }
  return expect;
}
}  // namespace

std::vector<Scenario> load_scenarios(const std::filesystem::path& file, const ScenarioForm& form) {
  const std::string text = read_text(file);
  std::vector<Scenario> out;
  for (const YamlNode& node : parse(file, text)) {
    Scenario scenario;
    scenario.name = node.text_of("scenario");
    scenario.about = node.text_of("about");
    scenario.from = fmt::format("{}:{}", file.filename().string(), node.line);
    std::string date(form.date.empty() ? node.text_of("date") : form.date);
    if (date.empty()) date = "2026-11-20";
    scenario.date = date;
    const YamlNode* files = node.find("files");
    const YamlNode* expect = node.find("expect");
    if (scenario.name.empty() || files == nullptr || expect == nullptr) {
      fail(scenario.from, "a scenario needs `scenario`, `files` and `expect`");
    }
    const FileScripts scripts(*files, date, scenario.from, form);
    scenario.files = scripts.read({});
    scenario.expect = read_expectation(*expect);
    const std::string name = scenario.name;
    out.push_back(std::move(scenario));
    const YamlNode* variants = node.find("variants");
    if (variants == nullptr) continue;
    for (const YamlNode& item : variants->items) {
      Scenario variant;
      variant.name = fmt::format("{}/{}", name, item.text_of("variant"));
      variant.date = date;
      variant.about = item.text_of("about");
      variant.from = fmt::format("{}:{}", file.filename().string(), item.line);
      const YamlNode* wanted = item.find("expect");
      if (wanted == nullptr) fail(variant.from, "a variant needs `expect`");
      variant.files = scripts.read(read_left_out(item, variant.from));
      variant.expect = read_expectation(*wanted);
      out.push_back(std::move(variant));
    }
  }
  return out;
}

}  // namespace rdptriage::test
