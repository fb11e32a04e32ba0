#include "reader/capture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/problem.hpp"
#include "base/text.hpp"
#include "reader/capture_record.hpp"
#include "reader/near_lines_sink.hpp"
#include "reader/netstat.hpp"
#include "reader/registry_export.hpp"
#include "reader/socket_properties.hpp"
#include "reader/socket_table.hpp"
#include "reader/tcp_statistics.hpp"
#include "reader/text_format.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
// Below this share of lines that some capture explains, the text is something else that quotes one.
constexpr std::uint64_t kCertainPercent = 30;

class CaptureReading {
 public:
  CaptureReading(const CaptureSet& set, const container::Artifact& artifact,
                 const ReadContext& context, EventSink& sink)
      : set_(set),
        artifact_(artifact),
        sink_(sink),
        given_role_(given_role(context, artifact.path)),
        role_(given_role_.empty() ? set.role_of_path(artifact.path) : given_role_),
        date_order_(context.date_order),
        sockets_(set, artifact, given_role_),
        statistics_(artifact.index),
        registry_(artifact.index, role_) {}

  void line(const TextLine& line) {
    const bool blank = base::trim(line.text).empty();
    lines_ += !blank;
    if (take_socket(line, blank) || (!blank && take_other(line))) {
      known_ += !blank;
    }
    if (!blank) before_ = line.text;
  }

  void finish() {
    close();
    properties_.take({});
    add_property_socket(TextLine{});
    flush_sockets();
    statistics_.finish(sink_, records_);
    registry_.finish(sink_, records_);
  }

  std::uint64_t records() const { return records_; }
  std::uint64_t lines() const { return lines_; }
  std::uint64_t known() const { return known_; }
  const std::string& format() const { return format_; }

 private:
  bool take_socket(const TextLine& line, bool blank) {
    if (const auto row = parse_socket_row(line.text)) {
      close();
      if (sockets_.empty() && is_heading(before_)) sockets_.saw_heading();
      sockets_.add(*row, line.number, line.byte_offset, line.byte_length);
      note("netstat");
      return true;
    }
    const bool property = properties_.take(line.text);
    add_property_socket(line);
    if (property) {
      close();
      return true;
    }
    if (sockets_.empty()) return false;
    if (property_rows_) return blank;  // objects stand between blank lines
    const std::string_view first = base::trim(line.text).substr(0, 4);
    if (first == "TCP " || first == "UDP " || first == "tcp " || first == "udp ") {
      sockets_.saw_cut_row();
      return true;
    }
    if (blank || sockets_.add_owner_line(line.text)) return true;
    flush_sockets();
    return false;
  }

  void add_property_socket(const TextLine& line) {
    const auto socket = properties_.take_socket();
    if (!socket) return;
    if (sockets_.empty()) sockets_.saw_heading();
    property_rows_ = true;
    sockets_.add(*socket, line.number, line.byte_offset, line.byte_length);
    note("netstat");
  }

  // A prompt with a filter behind netstat is no heading.
  static bool is_heading(std::string_view line) {
    return !base::trim(line).empty() && line.find('|') == std::string_view::npos &&
           line.find('>') == std::string_view::npos;
  }

  bool take_other(const TextLine& line) {
    if (registry_.take(line, sink_, records_)) {
      close();
      note("registry");
      return true;
    }
    if (take_record(line)) return true;
    if (!statistics_.take(line, sink_, records_)) return false;
    note("netstat-s");
    return true;
  }

  bool take_record(const TextLine& line) {
    const auto starts = [&](const std::vector<base::Pattern>& patterns) {
      for (std::size_t i = 0; i < patterns.size(); ++i) {
        if (patterns[i].search(line.text)) return static_cast<int>(i);
      }
      return -1;
    };
    if (open_) {
      const int begin = starts(open_->format().begin);
      if (begin >= 0 && open_->restarts_at(begin)) {
        const CaptureFormat& format = open_->format();
        close();
        open_.emplace(set_, format);
      }
      if (begin >= 0) open_->set_begin(begin);
      const bool took = open_->take(line) || begin >= 0;
      if (took) {
        const bool last = starts(open_->format().end) >= 0;
        if (last || open_->full()) close();
        return true;
      }
    }
    const bool indexed = set_.openers && set_.openers->match(line.text, opened_by_);
    for (const CaptureFormat& format : set_.formats) {
      if (indexed && !opens(format)) continue;
      const int begin = starts(format.begin);
      if (begin < 0 && starts(format.lead) < 0) continue;
      if (open_ && &open_->format() == &format) continue;
      close();
      open_.emplace(set_, format);
      open_->set_begin(begin);
      open_->take(line);
      return true;
    }
    if (open_ && open_->full()) close();
    return open_.has_value();
  }

  // Whether one of the openers found in the line is of this format.
  bool opens(const CaptureFormat& format) const {
    const auto index = static_cast<std::size_t>(&format - set_.formats.data());
    return std::any_of(opened_by_.begin(), opened_by_.end(), [&](int found) {
      return set_.opener_format[static_cast<std::size_t>(found)] == index;
    });
  }

  void close() {
    if (!open_) return;
    const std::uint64_t before = records_;
    open_->emit({artifact_.index, role_, date_order_}, sink_, records_);
    if (records_ > before) note(open_->format().name);
    open_.reset();
  }

  void flush_sockets() {
    sockets_.emit(sink_, records_);
    sockets_.clear();
    property_rows_ = false;
  }

  void note(std::string_view format) {
    if (format_.empty()) format_ = format;
  }

  const CaptureSet& set_;
  const container::Artifact& artifact_;
  EventSink& sink_;
  const std::string given_role_;  // by the user; else "" and what the path says
  const std::string role_;
  const DateOrder date_order_;
  SocketTable sockets_;
  SocketProperties properties_;
  bool property_rows_ = false;
  TcpStatistics statistics_;
  RegistryText registry_;
  std::optional<CaptureRecord> open_;
  std::vector<int> opened_by_;  // openers of the line at hand
  std::string before_;          // the line before, for headings
  std::string format_;          // the first that was seen
  std::uint64_t records_ = 0, lines_ = 0, known_ = 0;
};

class NoSink : public EventSink {
 public:
  Flow event(EventView&) override { return Flow::go_on; }
  void notice(Notice) override {}
};

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + value;
  return out;
}

// Events as name → values, for samples.
class SampleSink final : public NoSink {
 public:
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
  const CaptureSet& set = context.formats->captures();
  NoSink sink;
  container::Artifact artifact;
  artifact.path = name;
  container::MemorySource source(head);
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  CaptureReading reading(set, artifact, context, sink);
  while (const auto line = lines.next()) reading.line(*line);
  reading.finish();
  if (reading.records() == 0) return Sureness::no;
  return reading.known() * 100 >= reading.lines() * kCertainPercent ? Sureness::certain
                                                                    : Sureness::possible;
}

ReadOutcome read_capture(const container::Artifact& artifact, container::ByteSource& source,
                         const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const CaptureSet& set = context.formats->captures();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  NearLinesSink with_lines(sink);
  CaptureReading reading(set, artifact, context, with_lines);
  while (const auto line = lines.next()) {
    with_lines.saw(*line);
    reading.line(*line);
  }
  reading.finish();
  outcome.records_read = reading.records();
  outcome.records_refused = lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost();
  outcome.damaged = outcome.bytes_lost != 0;
  outcome.format = reading.format();
  outcome.encoding = lines.encoding();
  return outcome;
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
    while (const auto line = lines.next()) reading.line(*line);
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
