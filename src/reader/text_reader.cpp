// Runs the text formats over an artifact: one event a line, and one more for each block of lines
// that belongs together.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"
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

// The value of a field as events show it.
std::string shown_value(const FieldPattern& pattern, std::string_view field,
                        std::string_view value) {
  const auto is_in = [field](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), field) != names.end();
  };
  if (is_in(pattern.hex)) {
    std::uint32_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return fmt::format("{:#x}", number);
  }
  return is_in(pattern.lowered) ? base::to_lower_ascii(value) : std::string(value);
}

// A block that has been opened and waits for its other lines.
class OpenBlock {
 public:
  explicit OpenBlock(const LineBlock& block) : block_(&block) {}

  // Takes the line in when it belongs here. True when the block is complete.
  bool take(std::string_view line, std::uint64_t number) {
    if (first_line_ != 0 && number > first_line_ + block_->within) reset();
    // Hardly any line opens a block, and the groups are what an expression costs.
    if (first_line_ == 0 && !block_->lines.front().pattern.search(line)) return false;
    for (std::size_t i = first_line_ == 0 ? 0 : 1; i < block_->lines.size(); ++i) {
      std::array<std::string_view, 12> captures;
      const FieldPattern& pattern = block_->lines[i];
      if (!pattern.pattern.match(line, base::Anchor::nowhere, captures)) {
        if (first_line_ == 0) return false;
        continue;
      }
      bool took = false;
      for (const auto& [name, index] : pattern.pattern.named_groups()) {
        if (index >= captures.size() || captures[index].data() == nullptr || has(name)) continue;
        values_.emplace_back(name, shown_value(pattern, name, captures[index]));
        took = true;
      }
      for (const auto& [name, value] : pattern.set) {
        if (has(name)) continue;
        values_.emplace_back(name, value);
        took = true;
      }
      if (took && first_line_ == 0) first_line_ = number;
      if (took) text_ += (text_.empty() ? "" : " / ") + std::string(base::trim(line));
      if (took) break;
    }
    return first_line_ != 0 && std::all_of(block_->required.begin(), block_->required.end(),
                                           [&](const std::string& name) { return has(name); });
  }

  bool is_open() const { return first_line_ != 0; }
  const LineBlock& block() const { return *block_; }
  const std::vector<std::pair<std::string, std::string>>& values() const { return values_; }
  const std::string& text() const { return text_; }
  std::uint64_t first_line() const { return first_line_; }
  void reset() {
    first_line_ = 0;
    values_.clear();
    text_.clear();
  }

 private:
  bool has(std::string_view name) const {
    return std::any_of(values_.begin(), values_.end(),
                       [&](const auto& value) { return value.first == name; });
  }

  const LineBlock* block_;
  std::uint64_t first_line_ = 0;
  std::vector<std::pair<std::string, std::string>> values_;
  std::string text_;
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

class TextReading {
 public:
  TextReading(const FormatSet::Impl& set, const TextFormat& format, const LineFilter& filter,
              std::uint32_t artifact, EventSink& sink)
      : set_(set), format_(format), filter_(filter), sink_(sink) {
    locator_.artifact = artifact;
    for (const LineBlock& block : set.blocks) blocks_.emplace_back(block);
  }

  Flow add(const TextLine& line) {
    window_.add(line);
    return take_lines();
  }

  // No line comes any more.
  Flow end() {
    window_.end();
    if (take_lines() == Flow::stop) return Flow::stop;
    return emit_waiting(std::numeric_limits<std::uint64_t>::max());
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
    if (emit_waiting(line.number) == Flow::stop) return Flow::stop;
    const LineSigns signs = filter_.look(line.text);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      OpenBlock& block = blocks_[i];
      if (!block.is_open() && !signs.may_open_block(i)) continue;
      if (block.take(line.text, line.number) && emit_block(block) == Flow::stop) return Flow::stop;
    }
    // One event is given whatever it says, so that the artifact is known to hold such events.
    if (!signs.wanted() && events_ != 0) return Flow::go_on;
    if (base::trim(line.text).empty()) return Flow::go_on;
    take_line_apart(set_, format_, line.text, signs, storage_, fields_);
    if (const std::string_view glued = base::trim(fields_.glued); !glued.empty()) {
      std::vector<Field> before{{"Message", glued, FieldSection::other, ValueKind::text},
                                {"RawLine", line.text, FieldSection::other, ValueKind::text}};
      if (emit(kLineService, before) == Flow::stop) return Flow::stop;
    }
    return emit(kLineService, fields_.fields);
  }

  Flow emit(std::string_view service, const std::vector<Field>& fields) {
    EventKey key;
    key.product = kLineProduct;
    key.service = service;
    key.time = fields_.time;
    key.time_quality = fields_.time_quality;
    FieldsDecoder decoder(fields);
    EventView view(key, locator_, decoder, decoded_);
    view.set_near_lines(window_.around());
    ++events_;
    return sink_.event(view);
  }

  Flow emit_block(OpenBlock& block) {
    if (block.block().waits) {
      if (!waiting_) waiting_ = Waiting{block, locator_};
      block.reset();
      return Flow::go_on;
    }
    if (waiting_ && waiting_->block.block().service == block.block().service &&
        waiting_->block.first_line() >= block.first_line()) {
      waiting_.reset();
    }
    const Flow flow = emit_values(block);
    block.reset();
    return flow;
  }

  Flow emit_values(const OpenBlock& block) {
    std::vector<Field> fields;
    for (const auto& [name, value] : block.values()) {
      fields.push_back({name, value, FieldSection::other, ValueKind::text});
    }
    fields.push_back({"Message", block.text(), FieldSection::other, ValueKind::text});
    return emit(block.block().service, fields);
  }

  // What waited long enough for another block to take its line.
  Flow emit_waiting(std::uint64_t now) {
    if (!waiting_ || now <= waiting_->block.first_line() + waiting_->block.block().within)
      return Flow::go_on;
    const Waiting waiting = std::move(*waiting_);
    waiting_.reset();
    const Locator here = std::exchange(locator_, waiting.locator);
    const Flow flow = emit_values(waiting.block);
    locator_ = here;
    return flow;
  }

  struct Waiting {
    OpenBlock block;
    Locator locator;
  };

  const FormatSet::Impl& set_;
  const TextFormat& format_;
  const LineFilter& filter_;
  EventSink& sink_;
  LineWindow window_;
  Locator locator_;
  std::vector<OpenBlock> blocks_;
  std::optional<Waiting> waiting_;  // one at a time: what stands so close tells of the same dialog
  std::vector<std::string> storage_;
  LineFields fields_;
  std::vector<Field> decoded_;
  std::uint64_t events_ = 0;
};

const TextFormat& plain_text() {
  static const TextFormat kPlain{"text", "Line-oriented text", {}, {}, {}};
  return kPlain;
}

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
  const TextFormat& format = found.first ? *found.first : plain_text();
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
  outcome.records_refused = lines.lines_refused();
  outcome.bytes_lost = lines.bytes_lost();
  outcome.damaged = outcome.bytes_lost != 0;
  outcome.format = format.name;
  outcome.encoding = lines.encoding();
  return outcome;
}

}  // namespace rdptriage::reader
