#include "reader/text_reading.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/text.hpp"

namespace rdptriage::reader {

namespace {
constexpr auto kBehindAll = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kMostHeld = 100;  // sentences; a longer list is looked at in parts

class FieldsDecoder final : public EventDecoder {
 public:
  explicit FieldsDecoder(const std::vector<Field>& fields) : fields_(fields) {}
  void decode_system(SystemFields&) override {}
  void decode_fields(std::vector<Field>& out) override { out = fields_; }

 private:
  const std::vector<Field>& fields_;
};
}  // namespace

const TextFormat& plain_text() {
  static const TextFormat kPlain{"text", "Line-oriented text", {}, {}, {}, {}};
  return kPlain;
}

std::span<const NearLine> TextReading::Held::near() {
  lines_.clear();
  for (const auto& [number, text] : around) lines_.push_back({number, text});
  return lines_;
}

TextReading::TextReading(const FormatSet::Impl& set, const TextFormat& format,
                         const LineFilter& filter, std::uint32_t artifact, EventSink& sink,
                         Gives gives)
    : set_(set),
      format_(format),
      service_(&format == &plain_text() ? kForeignLineService : kLineService),
      gives_(gives),
      is_prose_(&format == &plain_text() || format.catch_all),
      filter_(filter),
      sink_(sink) {
  locator_.artifact = artifact;
  for (const LineBlock& block : set.blocks) blocks_.emplace_back(block);
}

Flow TextReading::add(const TextLine& line) {
  window_.add(line);
  return take_lines();
}

Flow TextReading::end() {
  window_.end();
  if (take_lines() == Flow::stop) return Flow::stop;
  if (emit_lingering(kBehindAll) == Flow::stop) return Flow::stop;
  if (emit_waiting(kBehindAll) == Flow::stop) return Flow::stop;
  return emit_sentences(kBehindAll);
}

Flow TextReading::take_lines() {
  while (const auto line = window_.take()) {
    if (take(*line) == Flow::stop) return Flow::stop;
  }
  return Flow::go_on;
}

Flow TextReading::take(const TextLine& line) {
  locator_.line = line.number;
  locator_.byte_offset = line.byte_offset;
  locator_.byte_length = line.byte_length;
  const LineSigns signs = filter_.look(line.text);
  const auto may_take = [&](std::size_t i) {
    return blocks_[i].is_open() || signs.may_open_block(i);
  };
  const bool lingers = lingering_ && line.number <= lingering_->block.last_line();
  bool looks_at_blocks = lingers;
  for (std::size_t i = 0; i < blocks_.size(); ++i) looks_at_blocks = looks_at_blocks || may_take(i);
  const std::string_view own = looks_at_blocks ? carried_line(set_, line.text) : line.text;
  if (lingers) {
    const std::size_t had = lingering_->block.values().size();
    lingering_->block.take(line.text, line.number);
    if (lingering_->block.values().size() == had) lingering_->block.take(own, line.number);
  }
  if (emit_lingering(line.number) == Flow::stop) return Flow::stop;
  if (emit_waiting(line.number) == Flow::stop) return Flow::stop;
  if (emit_sentences(line.number) == Flow::stop) return Flow::stop;
  std::vector<OpenBlock*> complete;
  bool has_block = false;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    OpenBlock& block = blocks_[i];
    if (!may_take(i)) continue;
    const auto is_of_service = [&block](const OpenBlock* other) {
      return other->block().service == block.block().service;
    };
    if (block.block().waits && std::any_of(complete.begin(), complete.end(), is_of_service))
      continue;
    const bool was_open = block.is_open();
    const std::size_t had = block.values().size();
    bool is_complete = block.take(line.text, line.number);
    const bool took = block.is_open() != was_open || block.values().size() != had;
    // A block knows some carriers itself, and what looks like one may be its own words.
    if (!took && own.size() != line.text.size()) is_complete = block.take(own, line.number);
    if (is_complete) {
      if (block.is_sentence() && is_mention(own)) {
        block.reset();
        continue;
      }
      complete.push_back(&block);
    }
    has_block = has_block || block.is_open();
  }
  if (complete.empty() && take_wrapped(own) == Flow::stop) return Flow::stop;
  // One event is given whatever it says, so that the artifact is known to hold such events.
  const bool wanted = gives_ != Gives::blocks && (signs.wanted() || events_ == 0);
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
  // Advice around a trace is no line of it.
  const bool is_advice = !fields_.has_prefix && service_ == kLineService && is_mention(own);
  const std::string_view service = is_advice ? kForeignLineService : service_;
  if (const std::string_view glued = base::trim(fields_.glued); !glued.empty()) {
    std::vector<Field> before{{"Message", glued, FieldSection::other, ValueKind::text},
                              {"RawLine", line.text, FieldSection::other, ValueKind::text}};
    if (emit(service, before, fields_.time, fields_.time_quality) == Flow::stop) return Flow::stop;
  }
  return emit(service, fields_.fields, fields_.time, fields_.time_quality);
}

Flow TextReading::emit(std::string_view service, const std::vector<Field>& fields,
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

Flow TextReading::emit_block(OpenBlock& block) {
  if (block.block().waits) {
    if (!waiting_ && !has_given(block.block().service)) waiting_ = hold(block);
    block.reset();
    return Flow::go_on;
  }
  given_ = {block.block().service, *locator_.line};
  if (waiting_ && waiting_->block.block().service == block.block().service &&
      waiting_->block.first_line() >= block.first_line()) {
    waiting_.reset();
  }
  Flow flow = Flow::go_on;
  if (block.is_sentence() && is_prose_ && !fields_.time) {
    sentences_.push_back(hold(block));
  } else if (block.block().linger == 0) {
    flow = emit_values(block, time_, time_quality_);
  } else {
    flow = emit_lingering(kBehindAll);
    lingering_ = hold(block);
  }
  block.reset();
  return flow;
}

// Mails wrap long sentences: one that only the line and the next together say.
Flow TextReading::take_wrapped(std::string_view line) {
  constexpr std::size_t kShortest = 40, kLongest = 120;
  if (!is_prose_ || line.size() < kShortest || line.size() > kLongest) return Flow::go_on;
  const auto behind = window_.behind();
  if (!behind || base::trim(behind->text).empty()) return Flow::go_on;
  const std::string_view rest = base::trim(carried_line(set_, behind->text));
  joined_.assign(base::trim(line)).append(" ").append(rest);
  const LineSigns signs = filter_.look(joined_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const LineBlock& block = set_.blocks[i];
    OpenBlock whole(block), first(block), second(block);
    if (!whole.is_sentence() || block.waits || !signs.may_open_block(i)) continue;
    const std::uint64_t number = *locator_.line;
    if (!whole.take(joined_, number) || first.take(line, number) || second.take(rest, number))
      continue;
    if (!is_mention(joined_)) return emit_block(whole);
  }
  return Flow::go_on;
}

// A line that denies an error, asks for it or explains it is no proof of one.
bool TextReading::is_mention(std::string_view line) const {
  return std::any_of(set_.mentions.begin(), set_.mentions.end(),
                     [line](const base::Pattern& mention) { return mention.search(line); });
}

// Whether the line at hand completed another block of the service.
bool TextReading::has_given(std::string_view service) const {
  return given_.service == service && given_.line == *locator_.line;
}

Flow TextReading::emit_values(const OpenBlock& block, std::optional<Timestamp> time,
                              TimeQuality quality) {
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
Flow TextReading::emit_waiting(std::uint64_t now) {
  if (!waiting_ || now <= waiting_->block.first_line() + waiting_->block.block().within)
    return Flow::go_on;
  return emit_held(*std::exchange(waiting_, std::nullopt));
}

// A whole block that nothing can be added to any more.
Flow TextReading::emit_lingering(std::uint64_t now) {
  if (!lingering_ || now <= *lingering_->locator.line + lingering_->block.block().linger)
    return Flow::go_on;
  return emit_held(*std::exchange(lingering_, std::nullopt));
}

TextReading::Held TextReading::hold(const OpenBlock& block) {
  Held held(block);
  held.locator = locator_;
  held.time = time_;
  held.time_quality = time_quality_;
  for (const NearLine& line : window_.around()) held.around.emplace_back(line.number, line.text);
  return held;
}

Flow TextReading::emit_held(Held held) {
  const Locator here = std::exchange(locator_, held.locator);
  held_ = &held;
  const Flow flow = emit_values(held.block, held.time, held.time_quality);
  held_ = nullptr;
  locator_ = here;
  return flow;
}

// Who lists one error after the other explains them; nobody has them all at once.
Flow TextReading::emit_sentences(std::uint64_t now) {
  constexpr std::uint64_t kNear = 3;
  constexpr std::size_t kList = 3;
  if (sentences_.empty()) return Flow::go_on;
  const std::uint64_t last = *sentences_.back().locator.line;
  if (now != kBehindAll && now <= last + kNear && sentences_.size() < kMostHeld) return Flow::go_on;
  std::vector<Held> sentences = std::exchange(sentences_, {});
  std::set<std::vector<std::pair<std::string, std::string>>> different;
  for (const Held& held : sentences) different.insert(held.block.values());
  if (different.size() >= kList) {
    has_error_list_ = true;
    return Flow::go_on;
  }
  for (Held& held : sentences) {
    if (emit_held(std::move(held)) == Flow::stop) return Flow::stop;
  }
  return Flow::go_on;
}

}  // namespace rdptriage::reader
