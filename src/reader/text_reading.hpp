// Runs the text formats over lines: one event a line, and one more for each block of lines that
// belongs together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reader/line_window.hpp"
#include "reader/open_block.hpp"
#include "reader/text_format_impl.hpp"
#include "reader/text_lines.hpp"

namespace rdptriage::reader {

// Of what no format knows.
const TextFormat& plain_text();

class TextReading {
 public:
  enum class Gives : std::uint8_t { lines_and_blocks, blocks };

  // All of them must outlive the reading.
  TextReading(const FormatSet::Impl& set, const TextFormat& format, const LineFilter& filter,
              std::uint32_t artifact, EventSink& sink, Gives gives = Gives::lines_and_blocks);

  Flow add(const TextLine& line);
  // No line comes any more.
  Flow end();

  // Neither a format knew the lines nor was there a block in them.
  bool is_foreign() const { return service_ == kForeignLineService && blocks_given_ == 0; }
  // So many sentences stood together that they are a list of errors, not what happened.
  bool has_error_list() const { return has_error_list_; }
  // Blocks of lines that became events.
  std::uint64_t blocks_given() const { return blocks_given_; }

 private:
  // A whole block that is not given yet, with what was around it.
  struct Held {
    explicit Held(OpenBlock of) : block(std::move(of)) {}
    std::span<const NearLine> near();

    OpenBlock block;
    Locator locator;
    std::optional<Timestamp> time;
    TimeQuality time_quality = TimeQuality::none;
    std::vector<std::pair<std::uint64_t, std::string>> around = {};  // number and text of lines

   private:
    std::vector<NearLine> lines_ = {};
  };

  Flow take_lines();
  Flow take(const TextLine& line);
  Flow take_wrapped(std::string_view line);
  bool is_mention(std::string_view line) const;
  Flow emit(std::string_view service, const std::vector<Field>& fields,
            std::optional<Timestamp> time, TimeQuality quality);
  Flow emit_block(OpenBlock& block);
  Flow emit_values(const OpenBlock& block, std::optional<Timestamp> time, TimeQuality quality);
  Flow emit_waiting(std::uint64_t now);
  Flow emit_lingering(std::uint64_t now);
  Flow emit_held(Held held);
  Flow emit_sentences(std::uint64_t now);
  Held hold(const OpenBlock& block);
  bool has_given(std::string_view service) const;

  const FormatSet::Impl& set_;
  const TextFormat& format_;
  std::string_view service_;  // of the lines
  const Gives gives_;
  const bool is_prose_;  // of no program that is known: people may have written it
  const LineFilter& filter_;
  EventSink& sink_;
  LineWindow window_;
  Locator locator_;
  std::vector<OpenBlock> blocks_;
  std::string joined_;  // a line and the one behind it
  struct {
    std::string_view service;
    std::uint64_t line = 0;
  } given_;                      // the last block that did not wait
  std::optional<Held> waiting_;  // one at a time: what stands so close tells of the same dialog
  std::optional<Held> lingering_;
  std::vector<Held> sentences_;  // that stand close together, of a text without a format
  bool has_error_list_ = false;
  Held* held_ = nullptr;  // while its event is given
  std::vector<std::string> storage_;
  LineFields fields_;
  std::optional<Timestamp> time_;  // of the last line that had one
  TimeQuality time_quality_ = TimeQuality::none;
  std::vector<Field> decoded_;
  std::uint64_t events_ = 0, blocks_given_ = 0;
};

}  // namespace rdptriage::reader
