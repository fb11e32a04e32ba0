// Runs the text formats over an artifact: one event a line, and one more for each block of lines
// that belongs together.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "reader/open_block.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

namespace {

class FieldsDecoder final : public EventDecoder {
 public:
  explicit FieldsDecoder(const std::vector<Field>& fields) : fields_(fields) {}
  void decode_system(SystemFields&) override {}
  void decode_fields(std::vector<Field>& out) override { out = fields_; }

 private:
  const std::vector<Field>& fields_;
};

// Holds each line back until the lines behind it are known.
class LineWindow {
 public:
  // Lines shown before and behind one.
  static constexpr std::uint64_t kAround = 2;

  void add(const TextLine& line) {
    Slot& slot = slots_[added_++ % slots_.size()];
    slot.text = line.text;
    slot.line = line;
  }
  void end() { ended_ = true; }

  // The next line whose neighbors are known; nothing while there is none.
  std::optional<TextLine> take() {
    if (taken_ == added_ || (!ended_ && added_ - taken_ <= kAround)) return std::nullopt;
    TextLine line = at(taken_++);
    return line;
  }

  // The line that was taken last, with its neighbors.
  std::span<const NearLine> around() {
    around_.clear();
    const std::uint64_t own = taken_ - 1;
    for (std::uint64_t i = own - std::min(own, kAround); i < std::min(own + kAround + 1, added_);
         ++i) {
      const TextLine line = at(i);
      if (i == own || !base::trim(line.text).empty())
        around_.push_back({line.number, shortened(line.text)});
    }
    return around_;
  }

 private:
  struct Slot {
    TextLine line;
    std::string text;
  };

  TextLine at(std::uint64_t i) const {
    const Slot& slot = slots_[i % slots_.size()];
    TextLine line = slot.line;
    line.text = slot.text;
    return line;
  }

  static std::string_view shortened(std::string_view text) {
    constexpr std::size_t kLongest = 400;
    if (text.size() <= kLongest) return text;
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
  }

  std::array<Slot, 2 * kAround + 1> slots_;
  std::uint64_t added_ = 0, taken_ = 0;
  bool ended_ = false;
  std::vector<NearLine> around_;
};

// Of what no format knows.
const TextFormat& plain_text() {
  static const TextFormat kPlain{"text", "Line-oriented text", {}, {}, {}, {}};
  return kPlain;
}

class TextReading {
 public:
  TextReading(const FormatSet::Impl& set, const TextFormat& format, const LineFilter& filter,
              std::uint32_t artifact, EventSink& sink)
      : set_(set),
        format_(format),
        service_(&format == &plain_text() ? kForeignLineService : kLineService),
        filter_(filter),
        sink_(sink) {
    locator_.artifact = artifact;
    for (const LineBlock& block : set.blocks) blocks_.emplace_back(block);
  }

  Flow add(const TextLine& line) {
    window_.add(line);
    return take_lines();
  }

  // Neither a format knew the lines nor was there a block in them.
  bool is_foreign() const { return service_ == kForeignLineService && blocks_given_ == 0; }

  // No line comes any more.
  Flow end() {
    window_.end();
    if (take_lines() == Flow::stop) return Flow::stop;
    constexpr auto kBehindAll = std::numeric_limits<std::uint64_t>::max();
    if (emit_lingering(kBehindAll) == Flow::stop) return Flow::stop;
    return emit_waiting(kBehindAll);
  }

 private:
  Flow take_lines() {
    while (const auto line = window_.take()) {
      if (take(*line) == Flow::stop) return Flow::stop;
    }
    return Flow::go_on;
  }

  Flow take(const TextLine& line) {
    locator_.line = line.number;
    locator_.byte_offset = line.byte_offset;
    locator_.byte_length = line.byte_length;
    if (lingering_ && line.number <= lingering_->block.last_line())
      lingering_->block.take(line.text, line.number);
    if (emit_lingering(line.number) == Flow::stop) return Flow::stop;
    if (emit_waiting(line.number) == Flow::stop) return Flow::stop;
    const LineSigns signs = filter_.look(line.text);
    std::vector<OpenBlock*> complete;
    bool has_block = false;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      OpenBlock& block = blocks_[i];
      if (!block.is_open() && !signs.may_open_block(i)) continue;
      if (block.take(line.text, line.number)) complete.push_back(&block);
      has_block = has_block || block.is_open();
    }
    // One event is given whatever it says, so that the artifact is known to hold such events.
    const bool wanted = signs.wanted() || events_ == 0;
    if (base::trim(line.text).empty() || (!wanted && !has_block)) return Flow::go_on;
    // A block has the time of its last line that says one.
    take_line_apart(set_, format_, line.text, signs, storage_, fields_);
    if (fields_.time) {
      time_ = fields_.time;
      time_quality_ = fields_.time_quality;
    }
    for (OpenBlock* block : complete) {
      if (emit_block(*block) == Flow::stop) return Flow::stop;
    }
    if (!wanted) return Flow::go_on;
    if (const std::string_view glued = base::trim(fields_.glued); !glued.empty()) {
      std::vector<Field> before{{"Message", glued, FieldSection::other, ValueKind::text},
                                {"RawLine", line.text, FieldSection::other, ValueKind::text}};
      if (emit(service_, before, fields_.time, fields_.time_quality) == Flow::stop)
        return Flow::stop;
    }
    return emit(service_, fields_.fields, fields_.time, fields_.time_quality);
  }

  Flow emit(std::string_view service, const std::vector<Field>& fields,
            std::optional<Timestamp> time, TimeQuality quality) {
    EventKey key;
    key.product = kLineProduct;
    key.service = service;
    key.time = time;
    key.time_quality = quality;
    FieldsDecoder decoder(fields);
    EventView view(key, locator_, decoder, decoded_);
    view.set_near_lines(held_ != nullptr ? held_->near() : window_.around());
    ++events_;
    return sink_.event(view);
  }

  Flow emit_block(OpenBlock& block) {
    if (block.block().waits) {
      if (!waiting_) waiting_ = hold(block);
      block.reset();
      return Flow::go_on;
    }
    if (waiting_ && waiting_->block.block().service == block.block().service &&
        waiting_->block.first_line() >= block.first_line()) {
      waiting_.reset();
    }
    Flow flow = Flow::go_on;
    if (block.block().linger == 0) {
      flow = emit_values(block, time_, time_quality_);
    } else {
      flow = emit_lingering(std::numeric_limits<std::uint64_t>::max());
      lingering_ = hold(block);
    }
    block.reset();
    return flow;
  }

  Flow emit_values(const OpenBlock& block, std::optional<Timestamp> time, TimeQuality quality) {
    std::vector<Field> fields;
    for (const auto& [name, value] : block.values()) {
      fields.push_back({name, value, FieldSection::other, ValueKind::text});
    }
    fields.push_back({"Message", block.text(), FieldSection::other, ValueKind::text});
    block.time().store(time, quality);
    ++blocks_given_;
    return emit(block.block().service, fields, time, quality);
  }

  // What waited long enough for another block to take its line.
  Flow emit_waiting(std::uint64_t now) {
    if (!waiting_ || now <= waiting_->block.first_line() + waiting_->block.block().within)
      return Flow::go_on;
    return emit_held(waiting_);
  }

  // A whole block that nothing can be added to any more.
  Flow emit_lingering(std::uint64_t now) {
    if (!lingering_ || now <= *lingering_->locator.line + lingering_->block.block().linger)
      return Flow::go_on;
    return emit_held(lingering_);
  }

  struct Held {
    explicit Held(OpenBlock of) : block(std::move(of)) {}

    OpenBlock block;
    Locator locator;
    std::optional<Timestamp> time;
    TimeQuality time_quality = TimeQuality::none;
    std::vector<std::pair<std::uint64_t, std::string>> around = {};  // number and text of lines

    std::span<const NearLine> near() {
      lines_.clear();
      for (const auto& [number, text] : around) lines_.push_back({number, text});
      return lines_;
    }

   private:
    std::vector<NearLine> lines_ = {};
  };

  Held hold(const OpenBlock& block) {
    Held held(block);
    held.locator = locator_;
    held.time = time_;
    held.time_quality = time_quality_;
    for (const NearLine& line : window_.around()) held.around.emplace_back(line.number, line.text);
    return held;
  }

  Flow emit_held(std::optional<Held>& place) {
    Held held = std::move(*place);
    place.reset();
    const Locator here = std::exchange(locator_, held.locator);
    held_ = &held;
    const Flow flow = emit_values(held.block, held.time, held.time_quality);
    held_ = nullptr;
    locator_ = here;
    return flow;
  }

  const FormatSet::Impl& set_;
  const TextFormat& format_;
  std::string_view service_;  // of the lines
  const LineFilter& filter_;
  EventSink& sink_;
  LineWindow window_;
  Locator locator_;
  std::vector<OpenBlock> blocks_;
  std::optional<Held> waiting_;  // one at a time: what stands so close tells of the same dialog
  std::optional<Held> lingering_;
  Held* held_ = nullptr;  // while its event is given
  std::vector<std::string> storage_;
  LineFields fields_;
  std::optional<Timestamp> time_;  // of the last line that had one
  TimeQuality time_quality_ = TimeQuality::none;
  std::vector<Field> decoded_;
  std::uint64_t events_ = 0, blocks_given_ = 0;
};

}  // namespace

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
  ReadOutcome outcome;
  if (context.formats == nullptr) return outcome;
  const FormatSet::Impl& set = context.formats->impl();
  // The format shows in the first lines; they are read ahead and then taken like the others.
  LineReader lines(artifact, source, context.limits, set.key_words, sink);
  std::vector<std::pair<TextLine, std::string>> ahead;
  std::string head;
  bool is_blank = true;
  const auto count = [&](std::string_view line) {
    ++outcome.records_read;
    is_blank = is_blank && base::trim(line).empty();
  };
  while (head.size() < kProbeBytes) {
    const auto line = lines.next();
    if (!line) break;
    ahead.emplace_back(*line, line->text);
    head.append(line->text.substr(0, 4000)).push_back('\n');
  }
  const auto found = find_format(set, head);
  const TextFormat* const named =
      found.first != nullptr ? nullptr : format_of_name(set, artifact.path);
  const TextFormat& format = found.first != nullptr ? *found.first
                             : named != nullptr     ? *named
                                                    : plain_text();
  const LineFilter& filter = context.lines != nullptr ? *context.lines : *set.every_line;
  TextReading reading(set, format, filter, artifact.index, sink);
  Flow flow = Flow::go_on;
  for (auto& [line, text] : ahead) {
    line.text = text;
    if (flow == Flow::go_on) flow = reading.add(line);
    count(text);
  }
  ahead.clear();
  while (flow == Flow::go_on) {
    const auto line = lines.next();
    if (!line) break;
    flow = reading.add(*line);
    count(line->text);
  }
  if (is_blank) outcome.records_read = 0;
  if (flow == Flow::go_on) reading.end();
  if (!is_blank && reading.is_foreign())
    outcome.of_no_use = "text of no known log; none of it is about a connection";
  outcome.records_refused = lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost();
  outcome.damaged = outcome.bytes_lost != 0;
  outcome.format = format.name;
  outcome.encoding = lines.encoding();
  return outcome;
}

}  // namespace rdptriage::reader
