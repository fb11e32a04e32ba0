// Windows events as blocks of lines, in one of the ways of list_grammar.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "reader/column_formats.hpp"
#include "reader/event_row.hpp"
#include "reader/list_grammar.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {

// What tells the grammar.
constexpr std::size_t kHeadBytes = 16 * 1024;

class ListReading {
 public:
  ListReading(const ColumnFormats& formats, const container::Artifact& artifact,
              ListGrammar& grammar, DateOrder date_order, EventSink& sink)
      : grammar_(grammar),
        row_(formats, artifact, grammar.date_order().value_or(date_order)),
        sink_(sink) {
    locator_.artifact = artifact.index;
  }

  Flow add(const TextLine& line) {
    if (grammar_.begins_record(line.text, record_)) {
      if (end() == Flow::stop) return Flow::stop;
      open_ = true;
      locator_.line = line.number;
      locator_.byte_offset = line.byte_offset;
    }
    if (!open_) return Flow::go_on;
    locator_.byte_length = line.byte_offset + line.byte_length - locator_.byte_offset;
    grammar_.take(line.text, record_);
    if (record_.take_cut()) bytes_cut_ += line.byte_length;
    return Flow::go_on;
  }

  // What has been read of the open record is all of it.
  Flow end() {
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

  std::uint64_t read() const { return read_; }
  std::uint64_t refused() const { return refused_; }
  // Of lines that a record had no room for.
  std::uint64_t bytes_cut() const { return bytes_cut_; }

 private:
  ListGrammar& grammar_;
  EventRow row_;
  EventSink& sink_;
  Locator locator_;
  ListRecord record_;
  bool open_ = false;
  std::uint64_t read_ = 0, refused_ = 0, bytes_cut_ = 0;
};
}  // namespace

Sureness probe_event_list(std::span<const std::byte> head, std::string_view,
                          const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const FormatSet::Impl& set = context.formats->impl();
  const std::string text =
      decode_head(head.first(std::min(head.size(), kHeadBytes)), set.key_words);
  return find_list_grammar(set.columns.event_labels, text) ? Sureness::certain : Sureness::no;
}

ReadOutcome read_event_list(const container::Artifact& artifact, container::ByteSource& source,
                            const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const FormatSet::Impl& set = context.formats->impl();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  // The first lines tell the grammar: they are read ahead and then taken like the others.
  std::vector<std::pair<TextLine, std::string>> ahead;
  std::string head;
  while (head.size() < kHeadBytes) {
    const auto line = lines.next();
    if (!line) break;
    ahead.emplace_back(*line, line->text);
    head.append(line->text.substr(0, kHeadBytes)).push_back('\n');
  }
  const auto grammar = find_list_grammar(set.columns.event_labels, head);
  if (!grammar) {  // the lines that the probe took for a list are refused ones
    outcome.records_refused = ahead.size();
    while (lines.next()) ++outcome.records_refused;
    outcome.records_refused += lines.lines_refused();
    outcome.bytes_lost = lines.bytes_lost();
    outcome.encoding = lines.encoding();
    return outcome;
  }
  ListReading reading(set.columns, artifact, *grammar, context.date_order, sink);
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
  outcome.records_read = reading.read();
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
