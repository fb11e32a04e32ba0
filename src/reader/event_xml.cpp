#include "reader/event_xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <pugixml.hpp>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "reader/event_assembler.hpp"
#include "reader/event_xml_splitter.hpp"
#include "reader/list_grammar.hpp"
#include "reader/mixed_text.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/utf8_stream.hpp"

namespace rdptriage::reader {

namespace {

using base::TextShape;

constexpr std::size_t kMaxNotices = 50;

// Gives the parsed element to the assembler; false when it is nested too deeply to be followed.
bool assemble(const pugi::xml_node& root, EventAssembler& out) {
  const auto enter = [&](const pugi::xml_node& node) {
    out.open(node.name());
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      out.attribute(attribute.name(), attribute.value());
    }
  };
  enter(root);
  unsigned depth = 1;
  bool complete = true;
  pugi::xml_node node = root.first_child();
  pugi::xml_node parent = root;
  while (true) {
    if (!node) {
      out.close();
      if (--depth == 0) return complete;
      node = parent.next_sibling();
      parent = parent.parent();
      continue;
    }
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
      out.text(node.value());
    } else if (node.type() == pugi::node_element) {
      if (depth < kMaxXmlDepth) {
        enter(node);
        ++depth;
        parent = node;
        node = node.first_child();
        continue;
      }
      complete = false;
    }
    node = node.next_sibling();
  }
}

// tracerpt writes numbers at the right of eight columns.
void strip_padding(std::vector<Field>& fields) {
  for (Field& field : fields) {
    const std::size_t first = field.value.find_first_not_of(' ');
    if (first == 0 || first == std::string_view::npos) continue;
    const std::string_view rest = field.value.substr(first);
    if (parse_number(rest)) field.value = rest;
  }
}

class Decoder final : public EventDecoder {
 public:
  // False: this is no event.
  bool begin(std::string_view xml) {
    arena_.reset();
    assembler_.begin();
    text_.assign(xml);
    // Events that another tool cut or joined without care for their encoding.
    if (!base::is_valid_utf8(text_)) {
      std::string repaired;
      base::find_code_page("cp1252")->append(text_, repaired);
      text_ = std::move(repaired);
    }
    constexpr unsigned kOptions =
        (pugi::parse_default | pugi::parse_ws_pcdata_single) & ~pugi::parse_eol;
    const pugi::xml_parse_result parsed =
        document_.load_buffer_inplace(text_.data(), text_.size(), kOptions, pugi::encoding_utf8);
    damaged_ = !parsed;
    const pugi::xml_node root = document_.document_element();
    if (!root || !assemble(root, assembler_)) damaged_ = true;
    damaged_ = damaged_ || assembler_.overflowed();
    if (!assembler_.is_event()) return false;
    fill_key(assembler_.system(), key_);
    // Events of a trace were in no log, so they have no number there.
    is_trace_ = !assembler_.system()[static_cast<std::size_t>(SystemSlot::record_id)];
    if (is_trace_) strip_padding(assembler_.fields());
    // Of a torn event only what says which event it was is worth having.
    return !damaged_ || key_.event_id.has_value();
  }
  const EventKey& key() const { return key_; }
  bool damaged() const override { return damaged_; }
  void decode_system(SystemFields& out) override {
    fill_system(assembler_.system(), out);
    constexpr std::string_view kNoActivity = "{00000000-0000-0000-0000-000000000000}";
    if (is_trace_ && out.activity_id == kNoActivity) out.activity_id.reset();
  }
  void decode_fields(std::vector<Field>& out) override { out = assembler_.fields(); }

 private:
  base::Arena arena_;
  EventAssembler assembler_{arena_};
  pugi::xml_document document_;
  std::string text_;
  EventKey key_;
  bool damaged_ = false;
  bool is_trace_ = false;
};

// Whether nothing stands before the element in its line but what browsers and mails put there.
bool begins_line(std::string_view text, std::size_t element) {
  const auto before = text.substr(0, element).find_last_not_of(" \t>-");
  return before == std::string_view::npos || text[before] == '\n' || text[before] == '\r';
}

// Whether a text begins as no file of events does. Only such ones are looked through for more than
// events: whether there are formats for that must not depend on what was read before.
bool is_pasted(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] != '<';
}

class XmlReading {
 public:
  XmlReading(const container::Artifact& artifact, container::ByteSource& source,
             const ReadContext& context, EventSink& sink)
      : artifact_(artifact), context_(context), stream_(source), sink_(sink) {}

  ReadOutcome run() {
    using Kind = EventXmlPiece::Kind;
    bool is_all = false;
    std::size_t used = 0;
    Flow flow = Flow::go_on;
    while (flow == Flow::go_on) {
      const std::string_view rest = std::string_view(stream_.text()).substr(used);
      const EventXmlPiece piece = splitter_.next(rest, is_all);
      if (piece.kind == Kind::need_more) {
        if (is_all) break;
        stream_.drop_used(used);
        used = 0;
        is_all = !stream_.more();
        continue;
      }
      const std::uint64_t bytes = stream_.source_bytes(used, piece.size);
      flow = take(piece.kind, rest.substr(0, piece.size), bytes);
      lines_before_ += static_cast<std::uint64_t>(
          std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(piece.size), '\n'));
      stream_.skip(used, piece.size);
      used += piece.size;
    }
    if (beside_) {
      if (flow == Flow::go_on) beside_->end();
      outcome_.records_read += beside_->records();
    }
    if (stream_.error()) {
      notice(stream_.error()->code,
             fmt::format("the events could be read up to byte {} only: {}", stream_.offset(),
                         stream_.error()->message),
             0);
      outcome_.damaged = true;
    }
    if (notices_ > kMaxNotices) {
      notice("EVENT_XML_DAMAGED", fmt::format("{} more places are damaged", notices_ - kMaxNotices),
             0);
    }
    outcome_.encoding = stream_.encoding();
    return outcome_;
  }

 private:
  Flow take(EventXmlPiece::Kind kind, std::string_view text, std::uint64_t bytes) {
    if (!is_begun_) is_pasted_ = context_.formats != nullptr && is_pasted(text);
    is_begun_ = true;
    if (kind == EventXmlPiece::Kind::between) {
      if (is_markup_between_events(text)) return Flow::go_on;
      // Markup is of an event that is torn.
      if (is_pasted_ && text.find('<') == std::string_view::npos) return read_beside(text, bytes);
      lost("text between events is no event", bytes);
      return Flow::go_on;
    }
    const bool known = decoder_.begin(text);
    if (!known) {
      ++outcome_.records_refused;
      lost("an event is not well-formed", bytes);
      return Flow::go_on;
    }
    ++outcome_.records_read;
    if (decoder_.damaged()) {
      outcome_.damaged = true;
      damaged_notice("an event is not well-formed and is given as far as it goes", 0);
    }
    Locator locator;
    locator.artifact = artifact_.index;
    locator.byte_offset = stream_.offset();
    locator.byte_length = bytes;
    EventView view(decoder_.key(), locator, decoder_, fields_);
    return sink_.event(view);
  }

  // What people write around an event that they paste.
  Flow read_beside(std::string_view text, std::uint64_t bytes) {
    if (!beside_) beside_.emplace(artifact_, context_, sink_, MixedReading::Parts());
    TextLine line;
    line.number = lines_before_;
    for (const std::string_view part : base::split(text, '\n')) {
      ++line.number;
      line.text = part.ends_with('\r') ? part.substr(0, part.size() - 1) : part;
      const auto at = static_cast<std::uint64_t>(part.data() - text.data());
      line.byte_offset = stream_.offset() + at * bytes / text.size();  // UTF-16 has two for one
      line.byte_length = (part.size() + 1) * bytes / text.size();
      if (beside_->add(line) == Flow::stop) return Flow::stop;
    }
    return Flow::go_on;
  }

  void lost(std::string_view what, std::uint64_t bytes) {
    outcome_.damaged = true;
    outcome_.bytes_lost += bytes;
    damaged_notice(what, bytes);
  }
  void damaged_notice(std::string_view what, std::uint64_t bytes) {
    if (++notices_ > kMaxNotices) return;
    std::string text = fmt::format("{}, at offset {}", what, stream_.offset());
    if (bytes != 0) text += fmt::format("; {} bytes lost", bytes);
    notice("EVENT_XML_DAMAGED", std::move(text), bytes);
  }
  void notice(std::string code, std::string text, std::uint64_t bytes) {
    Notice out;
    out.code = std::move(code);
    out.text = std::move(text);
    out.artifact = artifact_.index;
    out.byte_offset = stream_.offset();
    out.bytes_lost = bytes;
    sink_.notice(std::move(out));
  }

  const container::Artifact& artifact_;
  const ReadContext& context_;
  Utf8Stream stream_;
  EventSink& sink_;
  EventXmlSplitter splitter_;
  Decoder decoder_;
  std::vector<Field> fields_;
  ReadOutcome outcome_;
  std::size_t notices_ = 0;
  std::uint64_t lines_before_ = 0;
  bool is_begun_ = false, is_pasted_ = false;
  std::optional<MixedReading> beside_;
};

}  // namespace

Sureness probe_event_xml(std::span<const std::byte> head, std::string_view,
                         const ReadContext& context) {
  const std::string_view raw(reinterpret_cast<const char*>(head.data()), head.size());
  const base::TextStart start = base::detect_text_start(raw);
  std::string text;
  if (start.shape == TextShape::bytes) {
    text = raw.substr(start.bom_bytes);
  } else {
    const auto order =
        start.shape == TextShape::utf16be ? base::ByteOrder::big : base::ByteOrder::little;
    base::append_utf16(raw.substr(start.bom_bytes), order, text);
  }
  const std::size_t event = std::min(text.find("<Event "), text.find("<Event>"));
  if (event == std::string::npos) return Sureness::no;
  const bool is_windows = text.find("<System>", event) != std::string::npos ||
                          text.find("2004/08/events/event", event) != std::string::npos;
  if (!is_windows) return Sureness::no;
  if (!is_pasted(text)) return Sureness::certain;
  // What stands around a pasted event is read by formats: being sure before there are any would
  // keep them from being loaded.
  if (context.formats == nullptr || !begins_line(text, event)) return Sureness::likely;
  // Event Viewer copies each event as text and then once more, if at all, as XML.
  const WordTable& labels = context.formats->impl().columns.event_labels;
  return find_list_grammar(labels, std::string_view(text).substr(0, event)) ? Sureness::likely
                                                                            : Sureness::certain;
}

ReadOutcome read_event_xml(const container::Artifact& artifact, container::ByteSource& source,
                           const ReadContext& context, EventSink& sink) {
  return XmlReading(artifact, source, context, sink).run();
}

}  // namespace rdptriage::reader
