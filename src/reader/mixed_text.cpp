#include "reader/mixed_text.hpp"

#include <optional>

#include "base/text.hpp"
#include "reader/capture_reading.hpp"
#include "reader/head_lines.hpp"
#include "reader/near_lines_sink.hpp"
#include "reader/text_reading.hpp"

namespace rdptriage::reader {

namespace {
class NoSink final : public EventSink {
 public:
  Flow event(EventView&) override { return Flow::go_on; }
  void notice(Notice) override {}
};

FoundCaptures look(std::string_view head, std::string_view path, const ReadContext& context,
                   Carried carried) {
  const FormatSet::Impl& set = context.formats->impl();
  NoSink sink;
  container::Artifact artifact;
  artifact.path = path;
  CaptureReading reading(set.captures, artifact, context, sink);
  TextLine line;
  for (const std::string_view text : base::split(head, '\n')) {
    ++line.number;
    line.text = carried == Carried::yes ? carried_line(set, text) : text;
    reading.add(line);
  }
  reading.finish();
  return {reading.records(), reading.lines(), reading.known(), carried};
}

// The format of the lines between captures: a word about a gateway in the output of a command makes
// nobody's trace of what is around it.
const TextFormat& format_of(const FormatSet::Impl& set, const HeadLines& head,
                            std::string_view path, MainPart main) {
  const TextFormat* found = find_format(set, head.head()).first;
  if (main == MainPart::captures) {
    return found != nullptr && !found->catch_all ? *found : plain_text();
  }
  if (found == nullptr) found = format_of_name(set, path);
  return found != nullptr ? *found : plain_text();
}
}  // namespace

FoundCaptures find_captures(std::string_view head, std::string_view path,
                            const ReadContext& context) {
  const FoundCaptures found = look(head, path, context, Carried::no);
  if (found.records != 0) return found;
  const FormatSet::Impl& set = context.formats->impl();
  for (const std::string_view text : base::split(head, '\n')) {
    if (carried_line(set, text).size() != text.size())
      return look(head, path, context, Carried::yes);
  }
  return found;
}

ReadOutcome read_mixed_text(const container::Artifact& artifact, container::ByteSource& source,
                            const ReadContext& context, EventSink& sink, MainPart main) {
  ReadOutcome outcome;
  const FormatSet::Impl& set = context.formats->impl();
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  lines.unify_blanks();
  HeadLines head(lines);
  const TextFormat& format = format_of(set, head, artifact.path, main);
  const bool is_plain = &format == &plain_text();
  const LineFilter& filter = context.lines != nullptr ? *context.lines : *set.every_line;
  const auto gives = main == MainPart::captures && is_plain ? TextReading::Gives::blocks
                                                            : TextReading::Gives::lines_and_blocks;
  TextReading text(set, format, filter, artifact.index, sink, gives);
  NearLinesSink with_lines(sink);
  std::optional<CaptureReading> captures;
  Carried carried = Carried::no;
  // Of a text without a format that had captures, they would be the main part.
  if (main == MainPart::captures || !is_plain) {
    const FoundCaptures found = find_captures(head.head(), artifact.path, context);
    carried = found.carried;
    if (found.records != 0 || main == MainPart::captures)
      captures.emplace(set.captures, artifact, context, with_lines);
  }
  std::uint64_t all = 0, left = 0;
  bool is_blank = true;
  Flow flow = Flow::go_on;
  while (flow == Flow::go_on) {
    auto line = head.next();
    if (!line) break;
    ++all;
    is_blank = is_blank && base::trim(line->text).empty();
    if (captures) {
      with_lines.saw(*line);
      TextLine own = *line;
      if (carried == Carried::yes) own.text = carried_line(set, line->text);
      if (captures->add(own)) continue;
    }
    left += !base::trim(line->text).empty();
    flow = text.add(*line);
  }
  if (captures) captures->finish();
  if (flow == Flow::go_on) text.end();
  if (main == MainPart::captures) {
    outcome.records_read = captures->records() + (is_plain ? text.blocks_given() : left);
    outcome.format = captures->format();
  } else {
    outcome.records_read = is_blank ? 0 : all;
    outcome.format = format.name;
    if (!is_blank && text.is_foreign())
      outcome.of_no_use = text.has_error_list()
                              ? "a list of errors, without a word that one of them happened"
                              : "text of no known log; none of it is about a connection";
  }
  outcome.records_refused = lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost();
  outcome.damaged = outcome.bytes_lost != 0;
  outcome.encoding = lines.encoding();
  return outcome;
}

}  // namespace rdptriage::reader
