#include "reader/event_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "container/artifact.hpp"
#include "reader/json_splitter.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/utf8_stream.hpp"

namespace rdptriage::reader {

Sureness probe_event_json(std::span<const std::byte> head, std::string_view, const ReadContext&) {
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  std::string decoded;
  const base::TextStart start = base::detect_text_start(text);
  text.remove_prefix(start.bom_bytes);
  if (start.shape != base::TextShape::bytes) {
    base::append_utf16(
        text.substr(0, 256),
        start.shape == base::TextShape::utf16le ? base::ByteOrder::little : base::ByteOrder::big,
        decoded);
    text = decoded;
  }
  const auto next = [&text] {
    const auto at = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(at == std::string_view::npos ? text.size() : at);
    return text.empty() ? '\0' : text.front();
  };
  char c = next();
  // evtx_dump numbers its objects (json_splitter.cpp).
  if (text.starts_with("Record ")) {
    text.remove_prefix(std::min(text.find('\n'), text.size()));
    c = next();
  }
  if (c == '[') {
    text.remove_prefix(1);
    c = next();
    if (c == ']') return Sureness::likely;
  }
  if (c != '{') return Sureness::no;
  text.remove_prefix(1);
  c = next();
  return c == '"' || c == '}' ? Sureness::likely : Sureness::no;
}

ReadOutcome read_event_json(const container::Artifact& artifact, container::ByteSource& source,
                            const ReadContext& context, EventSink& sink) {
  ReadOutcome outcome;
  outcome.format = "event_json";
  outcome.encoding = "utf-8";
  std::vector<Field> storage;
  Utf8Stream stream(source);
  const auto lose = [&](std::string why, JsonPiece where) {
    // The splitter takes half a unit at the end of UTF-16 for a whole one.
    where.byte_length = std::min(where.byte_length, stream.bytes_read() - where.byte_offset);
    ++outcome.records_refused;
    outcome.bytes_lost += where.byte_length;
    outcome.damaged = true;
    Notice notice;
    notice.code = "JSON_DAMAGED";
    notice.text = fmt::format("{}: {}; {} bytes at {} are not used", artifact.path, why,
                              where.byte_length, where.byte_offset);
    notice.artifact = artifact.index;
    notice.byte_offset = where.byte_offset;
    notice.bytes_lost = where.byte_length;
    sink.notice(std::move(notice));
  };
  const ColumnFormats* const formats =
      context.formats == nullptr ? nullptr : &context.formats->impl().columns;
  std::uint64_t others = 0;
  const auto on_object = [&](std::string_view text, const JsonPiece& where) {
    Flow flow = Flow::go_on;
    Locator locator;
    locator.artifact = artifact.index;
    locator.line = where.line;
    locator.byte_offset = where.byte_offset;
    locator.byte_length = where.byte_length;
    const auto give = [&](EventView& view, JsonObject kind) {
      if (flow == Flow::stop) return;
      if (kind == JsonObject::other && context.json == JsonObjects::events) {
        ++others;
        return;
      }
      ++outcome.records_read;
      flow = sink.event(view);
    };
    if (visit_json_object(text, locator, formats, give) == JsonObject::damaged)
      lose("an object is not valid JSON", where);
    return flow;
  };
  JsonSplitter splitter(static_cast<std::size_t>(context.limits.max_line_bytes), on_object, lose);

  bool is_more = true;
  for (bool is_first = true; is_more; is_first = false) {
    is_more = stream.more();
    if (is_first) {
      outcome.encoding = stream.encoding();
      const bool is_utf8 = outcome.encoding == "utf-8";
      splitter.start_at(stream.offset(), is_utf8 ? SourceText::utf8 : SourceText::utf16);
    }
    if (splitter.feed(stream.text()) == Flow::stop) return outcome;
    stream.skip(0, stream.text().size());
    stream.drop_used(stream.text().size());
  }
  splitter.finish();
  if (splitter.is_list_open() && !outcome.damaged) {
    outcome.damaged = true;
    Notice notice;
    notice.code = "JSON_DAMAGED";
    notice.text =
        artifact.path + ": the list of events is not closed; what followed the last one is missing";
    notice.artifact = artifact.index;
    notice.byte_offset = stream.bytes_read();
    sink.notice(std::move(notice));
  }
  if (stream.error()) lose(stream.error()->message, {stream.offset(), 0, 0});
  if (others != 0 && outcome.records_read == 0) {
    outcome.of_no_use = "JSON without events";
  } else if (others != 0) {
    outcome.records_refused += others;
    sink.notice({"JSON_NOT_EVENTS",
                 fmt::format("{}: {} objects have neither a time nor an id, channel, provider, "
                             "computer or message, as events have; they are not used",
                             artifact.path, others),
                 artifact.index,
                 {},
                 0});
  }
  return outcome;
}

}  // namespace rdptriage::reader
