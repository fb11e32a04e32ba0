#include "text_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/time.hpp"
#include "support/catch.hpp"

namespace rdptriage::test {

namespace {
// Without a date or a zone where the text has none.
std::string shown_time(Timestamp time, TimeQuality quality) {
  std::string text = base::format_rfc3339(time.ticks);
  if (quality == TimeQuality::order_only) text.erase(0, text.find('T') + 1);
  if (quality != TimeQuality::utc) text.pop_back();
  return text;
}

class Collector final : public reader::EventSink {
 public:
  explicit Collector(TextResult& result) : result_(result) {}
  reader::Flow event(EventView& event) override {
    const EventKey& key = event.key();
    FieldMap& fields = result_.events.emplace_back();
    const std::string source =
        key.category.empty() ? std::string(key.service) : std::string(key.category);
    fields["logsource"].push_back(source);
    if (event.locator().line) fields["line"].push_back(std::to_string(*event.locator().line));
    if (key.time) fields["time"].push_back(shown_time(*key.time, key.time_quality));
    result_.shown += fmt::format("{}:{}", event.locator().line.value_or(0), source);
    if (key.event_id) {
      result_.shown += fmt::format(" {}/{}/{} at {}", key.channel, key.provider, *key.event_id,
                                   key.time ? format_time(*key.time).substr(0, 19) +
                                                  (key.time_quality == TimeQuality::utc ? "Z" : "")
                                            : "no time");
    }
    for (const Field& field : event.fields()) {
      fields[std::string(field.name)].emplace_back(field.value);
      if (field.name == "Message" || field.name == "RawLine") continue;
      result_.shown += fmt::format(" {}={}", field.name, field.value);
    }
    result_.shown += "\n";
    return reader::Flow::go_on;
  }
  void notice(Notice notice) override { result_.notices.push_back(std::move(notice)); }

 private:
  TextResult& result_;
};
}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const reader::FormatSet& source_formats() {
  static const reader::FormatSet formats = [] {
    std::vector<std::pair<std::string, std::string>> files;
    const std::filesystem::path folder = RDPTRIAGE_SOURCE_DIR "/rules/formats";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".yml") {
        files.emplace_back(entry.path().string(), read_file(entry.path().string()));
      }
    }
    std::sort(files.begin(), files.end());
    std::vector<reader::FormatFile> views;
    for (const auto& [path, text] : files) views.push_back({path, text});
    std::vector<Problem> problems;
    auto set = reader::FormatSet::load(views, problems);
    for (const Problem& problem : problems) FAIL_CHECK(problem.text);
    return set;
  }();
  return formats;
}

reader::ReadContext text_context() {
  reader::ReadContext context;
  context.formats = &source_formats();
  return context;
}

TextResult read_bytes(std::string_view bytes, std::string_view path) {
  TextResult result;
  const auto data = std::as_bytes(std::span(bytes.data(), bytes.size()));
  const reader::ReadContext context = text_context();
  container::Artifact artifact;
  artifact.path = path;
  artifact.name = path.substr(path.rfind('/') + 1);
  const auto head = data.first(std::min(data.size(), reader::kProbeBytes));
  const reader::ReaderInfo* info = reader::find_reader(head, artifact.name, context);
  if (info == nullptr) return result;
  result.reader = info->format;
  container::MemorySource source(data);
  Collector sink(result);
  result.outcome = info->read(artifact, source, context, sink);
  return result;
}

}  // namespace rdptriage::test
