#include "base/text.hpp"
#include "reader/mixed_text.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {
// XML and HTML quote other people's words in elements: an error code in an export of all kinds of
// events is no line of a trace. What no reader of markup takes stays unread.
bool is_markup(std::string_view text) {
  const std::string_view start = base::trim(text);
  return start.size() > 1 && start[0] == '<' &&
         (start[1] == '?' || start[1] == '!' || (start[1] >= 'A' && start[1] <= 'Z') ||
          (start[1] >= 'a' && start[1] <= 'z'));
}
}  // namespace

Sureness probe_text(std::span<const std::byte> head, std::string_view, const ReadContext& context) {
  if (context.formats == nullptr || head.empty() || !looks_like_text(head)) return Sureness::no;
  const FormatSet::Impl& set = context.formats->impl();
  const std::string text = decode_head(head, set.key_words);
  if (is_markup(text)) return Sureness::no;
  return find_format(set, text).second > 0 ? Sureness::likely : Sureness::possible;
}

ReadOutcome read_text(const container::Artifact& artifact, container::ByteSource& source,
                      const ReadContext& context, EventSink& sink) {
  if (context.formats == nullptr) return {};
  return read_mixed_text(artifact, source, context, sink, MainPart::lines);
}

}  // namespace rdptriage::reader
