#include "reader/capture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/problem.hpp"
#include "base/text.hpp"
#include "reader/capture_reading.hpp"
#include "reader/mixed_text.hpp"
#include "reader/text_format.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
// Below this share of lines that some capture explains, the text is something else that quotes one.
constexpr std::uint64_t kCertainPercent = 30;

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + value;
  return out;
}

// Events as name → values, for samples.
class SampleSink final : public EventSink {
 public:
  void notice(Notice) override {}
  Flow event(EventView& event) override {
    auto& fields = events.emplace_back();
    fields["category"].push_back(std::string(event.key().category));
    for (const Field& field : event.fields())
      fields[std::string(field.name)].emplace_back(field.value);
    return Flow::go_on;
  }
  std::vector<std::map<std::string, std::vector<std::string>>> events;
};
}  // namespace

Sureness probe_capture(std::span<const std::byte> head, std::string_view name,
                       const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const std::string text = decode_head(head, context.formats->captures().key_words);
  const FoundCaptures found = find_captures(text, name, context);
  if (found.records == 0) return Sureness::no;
  return found.known * 100 >= found.lines * kCertainPercent ? Sureness::certain
                                                            : Sureness::possible;
}

ReadOutcome read_capture(const container::Artifact& artifact, container::ByteSource& source,
                         const ReadContext& context, EventSink& sink) {
  if (context.formats == nullptr) return {};
  return read_mixed_text(artifact, source, context, sink, MainPart::captures);
}

void check_capture_samples(const base::YamlNode& document, const base::SourceText& source,
                           const CaptureSet& set, std::vector<Problem>& problems) {
  const auto problem = [&](const base::YamlNode& node, std::string message) {
    problems.push_back(base::make_problem("P080", source, node, std::move(message)));
  };
  if (document.find("capture") == nullptr) return;
  const base::YamlNode* samples = document.find("samples");
  if (samples == nullptr || !samples->is_sequence()) {
    return problem(document, "the capture has no samples");
  }
  for (const base::YamlNode& sample : samples->items) {
    const base::YamlNode* events = sample.find("events");
    if (events == nullptr || !events->is_sequence()) {
      problem(sample, "a sample needs `text` and `events`");
      continue;
    }
    const std::string_view text = sample.text_of("text");
    SampleSink sink;
    container::Artifact artifact;
    container::MemorySource bytes(std::as_bytes(std::span(text.data(), text.size())));
    LineReader lines(artifact, bytes, Limits{}, set.key_words, sink);
    CaptureReading reading(set, artifact, ReadContext(), sink);
    while (const auto line = lines.next()) reading.add(*line);
    reading.finish();
    if (sink.events.size() != events->items.size()) {
      problem(sample, fmt::format("the sample gives {} events", sink.events.size()));
    }
    for (std::size_t i = 0; i < std::min(sink.events.size(), events->items.size()); ++i) {
      const base::YamlNode& want = events->items[i];
      for (std::size_t k = 0; k < want.keys.size(); ++k) {
        const std::string got = joined(sink.events[i][want.keys[k].text]);
        if (got != want.items[k].text) {
          problem(want.items[k],
                  fmt::format("the sample gives `{}` = `{}`", want.keys[k].text, got));
        }
      }
    }
  }
}

}  // namespace rdptriage::reader
