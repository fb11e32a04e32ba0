#include "reader/mixed_text.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "reader/head_lines.hpp"
#include "reader/netstat.hpp"

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

MixedReading::MixedReading(const container::Artifact& artifact, const ReadContext& context,
                           EventSink& sink, const Parts& parts)
    : set_(context.formats->impl()),
      carried_(parts.carried),
      with_lines_(sink),
      text_(set_, parts.format, context.lines != nullptr ? *context.lines : *set_.every_line,
            artifact.index, sink, parts.gives) {
  if (parts.captures) captures_.emplace(set_.captures, artifact, context, with_lines_);
}

Flow MixedReading::add(const TextLine& line) {
  if (captures_) {
    with_lines_.saw(line);
    TextLine own = line;
    if (carried_ == Carried::yes) own.text = carried_line(set_, line.text);
    if (captures_->add(own)) return Flow::go_on;
  }
  lines_left_ += !base::trim(line.text).empty();
  return text_.add(line);
}

Flow MixedReading::end() {
  if (captures_) captures_->finish();
  return text_.end();
}

bool is_capture_or_block(std::span<const std::string> lines, const ReadContext& context) {
  const FormatSet::Impl& set = context.formats->impl();
  std::vector<int> openers;
  const bool may_be = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return set.every_line->look(line).may_open_any_block() || parse_socket_row(line) ||
           !set.captures.openers || set.captures.openers->match(line, openers);
  });
  if (!may_be) return false;
  NoSink sink;
  const container::Artifact artifact;
  MixedReading reading(artifact, context, sink, {});
  TextLine line;
  for (const std::string& text : lines) {
    ++line.number;
    line.text = text;
    reading.add(line);
  }
  reading.end();
  return reading.records() != 0;
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
  MixedReading::Parts parts{format, TextReading::Gives::lines_and_blocks, false, Carried::no};
  if (main == MainPart::captures && is_plain) parts.gives = TextReading::Gives::blocks;
  // Of a text without a format that had captures, they would be the main part.
  if (main == MainPart::captures || !is_plain) {
    const FoundCaptures found = find_captures(head.head(), artifact.path, context);
    parts.captures = found.records != 0 || main == MainPart::captures;
    parts.carried = found.carried;
  }
  MixedReading reading(artifact, context, sink, parts);
  std::uint64_t all = 0;
  bool is_blank = true;
  Flow flow = Flow::go_on;
  while (flow == Flow::go_on) {
    const auto line = head.next();
    if (!line) break;
    ++all;
    is_blank = is_blank && base::trim(line->text).empty();
    flow = reading.add(*line);
  }
  if (flow == Flow::go_on) reading.end();
  if (main == MainPart::captures) {
    outcome.records_read =
        is_plain ? reading.records() : reading.captures()->records() + reading.lines_left();
    outcome.format = reading.captures()->format();
  } else {
    outcome.records_read = is_blank ? 0 : all;
    outcome.format = format.name;
    if (!is_blank && reading.text().is_foreign())
      outcome.of_no_use = reading.text().has_error_list()
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
