// Windows events as blocks of lines, in one of the ways of list_grammar.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "reader/column_formats.hpp"
#include "reader/event_row.hpp"
#include "reader/list_grammar.hpp"
#include "reader/mixed_text.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {

// What tells the grammar.
constexpr std::size_t kHeadBytes = 16 * 1024;

// A list in a text, and how its lines are carried.
struct FoundList {
  std::unique_ptr<ListGrammar> grammar;  // null: there is none
  Carried carried = Carried::no;
};

// Every text is asked for its list: looking at each line for what may have carried it would cost
// more than the rest, so only quotes are.
bool is_quoted(std::string_view head) {
  return base::trim(head).starts_with('>') || head.find("\n>") != std::string_view::npos;
}

FoundList find_list(const FormatSet::Impl& set, std::string_view head) {
  FoundList found{find_list_grammar(set.columns.event_labels, head)};
  if (found.grammar || !is_quoted(head)) return found;
  std::string without;
  for (const std::string_view line : base::split(head, '\n'))
    without.append(carried_line(set, line)).push_back('\n');
  return {find_list_grammar(set.columns.event_labels, without), Carried::yes};
}

class ListReading {
 public:
  ListReading(const container::Artifact& artifact, const ReadContext& context, FoundList& list,
              EventSink& sink)
      : context_(context),
        set_(context.formats->impl()),
        list_(list),
        row_(set_.columns, artifact, list.grammar->date_order().value_or(context.date_order)),
        beside_(artifact, context, sink, {.carried = list.carried}),
        sink_(sink) {
    locator_.artifact = artifact.index;
  }

  Flow add(const TextLine& raw) {
    TextLine line = raw;
    if (list_.carried == Carried::yes) line.text = carried_line(set_, raw.text);
    if (list_.grammar->begins_record(line.text, record_)) {
      if (end_record() == Flow::stop) return Flow::stop;
      open_ = true;
      locator_.line = line.number;
      locator_.byte_offset = line.byte_offset;
    }
    if (!open_) return beside_.add(raw);
    if (base::trim(line.text).empty() && end_paragraph() == Flow::stop) return Flow::stop;
    if (!open_) return Flow::go_on;
    if (paragraph_) {
      if (paragraph_->is_full() && end_paragraph() == Flow::stop) return Flow::stop;
      if (!open_) return beside_.add(raw);
      if (paragraph_) paragraph_->add(raw);
    }
    locator_.byte_length = line.byte_offset + line.byte_length - locator_.byte_offset;
    list_.grammar->take(line.text, record_);
    if (record_.take_cut()) bytes_cut_ += line.byte_length;
    if (base::trim(line.text).empty() && record_.in_message())
      paragraph_.emplace(record_.last_value().size(), locator_.byte_length);
    return Flow::go_on;
  }

  // No line comes any more.
  Flow end() {
    if (end_record() == Flow::stop) return Flow::stop;
    return beside_.end();
  }

  std::uint64_t read() const { return read_; }
  std::uint64_t beside() const { return beside_.records(); }
  std::uint64_t refused() const { return refused_; }
  // Of lines that a record had no room for.
  std::uint64_t bytes_cut() const { return bytes_cut_; }

 private:
  // Of a message, all but its first one.
  struct Paragraph {
    Paragraph(std::size_t size, std::uint64_t bytes) : message_size(size), record_bytes(bytes) {}

    // What it is can be told by now.
    bool is_full() const { return lines.size() == 200; }
    void add(const TextLine& line) {
      lines.push_back(line);
      texts.emplace_back(line.text);
    }

    std::size_t message_size;    // before it
    std::uint64_t record_bytes;  // before it
    std::vector<TextLine> lines;
    std::vector<std::string> texts;
  };

  // What has been read of the open record is all of it.
  Flow end_record() {
    if (end_paragraph() == Flow::stop) return Flow::stop;
    if (!open_) return Flow::go_on;
    row_.begin();
    for (const auto& [name, value] : record_.values()) row_.take(name, base::trim(value));
    const bool is_event = row_.is_event();
    const Flow flow = is_event ? row_.give(locator_, sink_) : Flow::go_on;
    ++(is_event ? read_ : refused_);
    record_.clear();
    open_ = false;
    return flow;
  }

  // People paste an event and go on below it: a message ends before what is a capture or a dialog.
  Flow end_paragraph() {
    if (!paragraph_) return Flow::go_on;
    Paragraph paragraph = std::move(*paragraph_);
    paragraph_.reset();
    if (!is_capture_or_block(paragraph.texts, context_)) return Flow::go_on;
    record_.cut_last_value(paragraph.message_size);
    locator_.byte_length = paragraph.record_bytes;
    if (end_record() == Flow::stop) return Flow::stop;
    for (std::size_t i = 0; i < paragraph.lines.size(); ++i) {
      paragraph.lines[i].text = paragraph.texts[i];
      if (beside_.add(paragraph.lines[i]) == Flow::stop) return Flow::stop;
    }
    return Flow::go_on;
  }

  const ReadContext& context_;
  const FormatSet::Impl& set_;
  FoundList& list_;
  EventRow row_;
  MixedReading beside_;
  EventSink& sink_;
  Locator locator_;
  ListRecord record_;
  bool open_ = false;
  std::optional<Paragraph> paragraph_;
  std::uint64_t read_ = 0, refused_ = 0, bytes_cut_ = 0;
};
}  // namespace

Sureness probe_event_list(std::span<const std::byte> head, std::string_view,
                          const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const FormatSet::Impl& set = context.formats->impl();
  const std::string text =
      decode_head(head.first(std::min(head.size(), kHeadBytes)), set.key_words);
  return find_list(set, text).grammar ? Sureness::certain : Sureness::no;
}

ReadOutcome read_event_list(const container::Artifact& artifact, container::ByteSource& source,
                            const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const FormatSet::Impl& set = context.formats->impl();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  lines.unify_blanks();
  // The first lines tell the grammar: they are read ahead and then taken like the others.
  std::vector<std::pair<TextLine, std::string>> ahead;
  std::string head;
  while (head.size() < kHeadBytes) {
    const auto line = lines.next();
    if (!line) break;
    ahead.emplace_back(*line, line->text);
    head.append(line->text.substr(0, kHeadBytes)).push_back('\n');
  }
  FoundList list = find_list(set, head);
  if (!list.grammar) {  // the lines that the probe took for a list are refused ones
    outcome.records_refused = ahead.size();
    while (lines.next()) ++outcome.records_refused;
    outcome.records_refused += lines.lines_refused();
    outcome.bytes_lost = lines.bytes_lost();
    outcome.encoding = lines.encoding();
    return outcome;
  }
  ListReading reading(artifact, context, list, sink);
  Flow flow = Flow::go_on;
  for (auto& [line, text] : ahead) {
    line.text = text;
    if (flow == Flow::go_on) flow = reading.add(line);
  }
  while (flow == Flow::go_on) {
    const auto line = lines.next();
    if (!line) break;
    flow = reading.add(*line);
  }
  if (flow == Flow::go_on) reading.end();
  outcome.records_read = reading.read() + reading.beside();
  outcome.records_refused = reading.refused() + lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost() + reading.bytes_cut();
  outcome.damaged = outcome.bytes_lost != 0;
  outcome.encoding = lines.encoding();
  if (reading.refused() != 0) {
    sink.notice({"LIST_RECORDS_REFUSED",
                 fmt::format("{}: {} records have no event id; they are not used", artifact.path,
                             reading.refused()),
                 artifact.index,
                 {},
                 0});
  }
  if (reading.bytes_cut() != 0) {
    sink.notice({"LIST_VALUES_CUT",
                 fmt::format("{}: a record has more lines than are kept of one; the rest of it is "
                             "lost",
                             artifact.path),
                 artifact.index,
                 {},
                 reading.bytes_cut()});
  }
  return outcome;
}

}  // namespace rdptriage::reader
