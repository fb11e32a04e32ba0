#include "support/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "base/time.hpp"
#include "base/yaml.hpp"
#include "report/safe_text.hpp"
#include "support/evtx_builder.hpp"

namespace rdptriage::test {

using base::YamlNode;

namespace {
constexpr std::int64_t kTicksPerMillisecond = base::kTicksPerSecond / 1000;
// Words of the script; every other member of an event is a field.
constexpr std::string_view kWords[] = {"at",       "after", "id",   "log",
                                       "activity", "level", "data", "sequence"};

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
  LogScript(const YamlNode& file, std::string date, std::string where)
      : date_(std::move(date)),
        where_(std::move(where)),
        log_(file.text_of("log")),
        computer_(file.text_of("computer")),
        clock_(span(file.text_of("clock"), where_)) {
    const YamlNode* events = file.find("events");
    if (events == nullptr) fail(where_, "the log has no `events`");
    for (const YamlNode& event : events->items) add(event);
    std::stable_sort(events_.begin(), events_.end(),
                     [](const auto& a, const auto& b) { return a.ticks < b.ticks; });
    std::uint64_t record = 0;
    for (ScriptedEvent& event : events_) event.record = ++record;
  }

  const std::vector<ScriptedEvent>& events() const { return events_; }

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

// Code page 850 as far as the scenarios' German and French captures need it.
std::string to_cp850(std::string_view text) {
  static const std::map<std::string_view, char> kLetters = {
      {"ä", '\x84'}, {"ö", '\x94'}, {"ü", '\x81'}, {"Ä", '\x8e'}, {"Ö", '\x99'}, {"Ü", '\x9a'},
      {"ß", '\xe1'}, {"é", '\x82'}, {"è", '\x8a'}, {"à", '\x85'}, {"É", '\x90'}, {"ô", '\x93'}};
  std::string out;
  while (!text.empty()) {
    const auto letter = kLetters.find(text.substr(0, 2));
    out += letter == kLetters.end() ? text.front() : letter->second;
    text.remove_prefix(letter == kLetters.end() ? 1 : 2);
  }
  return out;
}

// ASCII only: what the scenarios write as UTF-16 has no other letters.
std::string to_utf16le(std::string_view text) {
  std::string out = "\xff\xfe";
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}

std::string encoded(std::string text, std::string_view encoding, std::string_view where) {
  if (encoding.empty() || encoding == "utf-8") return text;
  if (encoding == "cp850") return to_cp850(text);
  if (encoding == "utf-16le") return to_utf16le(text);
  fail(where, fmt::format("the encoding `{}` is not known", encoding));
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

ScenarioFile read_file(const YamlNode& node, const std::string& date, const std::string& where) {
  ScenarioFile file;
  file.path = node.text_of("path");
  if (file.path.empty()) fail(where, "a file has no `path`");
  if (const YamlNode* text = node.find("text")) {
    const bool dos = node.text_of("lines") == "crlf";
    file.bytes = bytes_of(
        encoded(dos ? with_crlf(text->text) : text->text, node.text_of("encoding"), where));
    return file;
  }
  const LogScript script(node, date, fmt::format("{}, {}", where, file.path));
  const bool xml = std::filesystem::path(file.path).extension() == ".xml";
  file.bytes = xml ? bytes_of(event_xml(script.events())) : event_log(script.events());
  // A copy that stopped early.
  const YamlNode* keep = node.find("keep");
  if (const auto bytes = keep == nullptr ? std::nullopt : keep->integer()) {
    file.bytes.resize(std::min(file.bytes.size(), static_cast<std::size_t>(*bytes)));
  }
  return file;
}

EvtxEvent as_record(const ScriptedEvent& event) {
  EvtxEvent record;
  record.channel = event.channel;
  record.provider = event.provider;
  record.provider_guid = event.guid;
  record.event_source_name = event.source;
  record.computer = event.computer;
  record.activity_id = event.activity;
  record.event_id = static_cast<std::uint16_t>(event.id);
  record.level = static_cast<std::uint8_t>(event.level);
  if (event.qualifiers) record.qualifiers = static_cast<std::uint16_t>(*event.qualifiers);
  record.time = event.ticks;
  record.process_id = 900;
  record.thread_id = 1204;
  record.user_sid = "S-1-5-20";
  record.user_data = event.wrapper;
  record.user_data_namespace = event.name_space;
  auto& fields = event.wrapper.empty() ? record.event_data : record.user_fields;
  for (const auto& [name, value] : event.fields) fields.push_back({name, EvtxValue::text(value)});
  return record;
}

// Classic events carry their binary data beside the <Data> elements.
void add_binary(EvtxElement& record, std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  for (EvtxPiece& piece : record.content) {
    for (EvtxElement& part : piece.children) {
      if (part.name != "EventData") continue;
      part.content.push_back(
          child({"Binary", {}, {substitution(EvtxValue::binary(bytes))}, false}));
    }
  }
}

Expectation read_expectation(const YamlNode& node) {
  Expectation expect;
  expect.verdicts = texts(node, "verdict");
  expect.cause = node.text_of("cause");
  expect.also = texts(node, "also");
  expect.not_causes = texts(node, "not");
  expect.stopped_at = node.text_of("stopped_at");
  expect.collect = texts(node, "collect");
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

std::vector<Scenario> load_scenarios(const std::filesystem::path& file) {
  const std::string text = read_text(file);
  std::vector<Scenario> out;
  for (const YamlNode& node : parse(file, text)) {
    Scenario scenario;
    scenario.name = node.text_of("scenario");
    scenario.about = node.text_of("about");
    scenario.from = fmt::format("{}:{}", file.filename().string(), node.line);
    std::string date(node.text_of("date"));
    if (date.empty()) date = "2026-11-20";
    const YamlNode* files = node.find("files");
    const YamlNode* expect = node.find("expect");
    if (scenario.name.empty() || files == nullptr || expect == nullptr) {
      fail(scenario.from, "a scenario needs `scenario`, `files` and `expect`");
    }
    for (const YamlNode& item : files->items) {
      scenario.files.push_back(read_file(item, date, scenario.from));
    }
    scenario.expect = read_expectation(*expect);
    out.push_back(std::move(scenario));
  }
  return out;
}

std::string event_xml(const std::vector<ScriptedEvent>& events) {
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>";
  for (const ScriptedEvent& event : events) {
    out += fmt::format(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        "<Provider Name='{}'{}{}/><EventID{}>{}</EventID><Version>0</Version><Level>{}</Level>"
        "<Task>0</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
        "<TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID><Correlation{}/>"
        "<Execution ProcessID='900' ThreadID='1204'/><Channel>{}</Channel><Computer>{}</Computer>"
        "<Security UserID='S-1-5-20'/></System>",
        event.provider, event.guid.empty() ? "" : fmt::format(" Guid='{}'", event.guid),
        event.source.empty() ? "" : fmt::format(" EventSourceName='{}'", event.source),
        event.qualifiers ? fmt::format(" Qualifiers='{}'", *event.qualifiers) : "", event.id,
        event.level, base::format_rfc3339(event.ticks), event.record,
        event.activity.empty() ? "" : fmt::format(" ActivityID='{}'", event.activity),
        event.channel, report::safe_markup(event.computer));
    if (event.wrapper.empty()) {
      out += "<EventData>";
      for (const auto& [name, value] : event.fields) {
        out += name.empty()
                   ? fmt::format("<Data>{}</Data>", report::safe_markup(value))
                   : fmt::format("<Data Name='{}'>{}</Data>", name, report::safe_markup(value));
      }
      if (!event.binary.empty()) out += fmt::format("<Binary>{}</Binary>", event.binary);
      out += "</EventData>";
    } else {
      out += fmt::format("<UserData><{} xmlns='{}'>", event.wrapper, event.name_space);
      for (const auto& [name, value] : event.fields) {
        out += fmt::format("<{0}>{1}</{0}>", name, report::safe_markup(value));
      }
      out += fmt::format("</{}></UserData>", event.wrapper);
    }
    out += "</Event>";
  }
  return out + "</Events>\r\n";
}

std::vector<std::byte> event_log(const std::vector<ScriptedEvent>& events) {
  EvtxBuilder log;
  for (const ScriptedEvent& event : events) {
    EvtxElement record = document(as_record(event), event.record);
    if (!event.binary.empty()) add_binary(record, event.binary);
    log.add(record, event.ticks);
  }
  return log.finish();
}

}  // namespace rdptriage::test
