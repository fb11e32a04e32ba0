#include "support/event_lines.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "report/event_json.hpp"
#include "report/event_xml.hpp"

namespace rdptriage::test {

reader::Flow LineSink::event(EventView& event) {
  base::OutputBuffer buffer;
  report::EventJsonWriter writer;
  writer.write("", event, buffer);
  lines.emplace_back(buffer.view());
  return reader::Flow::go_on;
}

reader::Flow LineSink::join(EventSink& forked) {
  auto& other = static_cast<LineSink&>(forked);
  std::move(other.lines.begin(), other.lines.end(), std::back_inserter(lines));
  other.lines.clear();
  return reader::Flow::go_on;
}

Reading read_events(ReadFunction read, std::span<const std::byte> bytes,
                    const reader::ReadContext& context) {
  LineSink sink;
  container::MemorySource source(bytes);
  Reading reading;
  reading.outcome = read({}, source, context, sink);
  reading.lines = std::move(sink.lines);
  reading.notices = std::move(sink.notices);
  return reading;
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::string xml_of(ReadFunction read, std::span<const std::byte> bytes) {
  struct XmlSink final : reader::EventSink {
    reader::Flow event(EventView& event) override {
      writer.write(event, out);
      return reader::Flow::go_on;
    }
    void notice(Notice) override {}
    report::EventXmlWriter writer;
    base::OutputBuffer out;
  } sink;
  container::MemorySource source(bytes);
  read({}, source, {}, sink);
  return std::string(sink.out.view());
}

std::string as_xml_has_it(std::string line) {
  const std::size_t at = line.find("\"record_number\":");
  if (at != std::string::npos) line.erase(at, line.find(',', at) + 1 - at);
  constexpr std::string_view kMark = ",\"damaged\":true";
  const std::size_t mark = line.rfind(kMark);
  if (mark != std::string::npos) line.erase(mark, kMark.size());
  constexpr std::string_view kEscape = "\\u00";
  for (std::size_t i = 0; (i = line.find(kEscape, i)) != std::string::npos;) {
    std::size_t backslashes = 1;
    while (i >= backslashes && line[i - backslashes] == '\\') ++backslashes;
    const bool is_below_space = line[i + 4] == '0' || line[i + 4] == '1';
    if (backslashes % 2 == 1 && is_below_space) line.replace(i, 6, "\xEF\xBF\xBD");
    ++i;
  }
  return line;
}

std::vector<std::byte> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto* const data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

std::vector<std::filesystem::path> corpus_files(const std::filesystem::path& folder,
                                                const std::string& extension) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(folder)) {
    std::printf("%s is not there: nothing compared\n", folder.c_str());
    return files;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace rdptriage::test
