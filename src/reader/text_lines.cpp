#include "reader/text_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rdptriage/function_ref.hpp"

namespace rdptriage::reader {

using base::TextShape;

namespace {
// A folder of small files must not cost a large buffer each.
constexpr std::size_t kFirstReadBytes = 16 * 1024, kMostReadBytes = 256 * 1024;
constexpr std::uint64_t kNoticesPerArtifact = 8;  // then the damage is only counted
// Terminal captures color their lines; zeros are pages that a crash left unwritten.
constexpr std::string_view kUnclean("\x1B\0", 2);
constexpr std::string_view kNoBreak = "\xC2\xA0", kNarrow = "\xE2\x80\xAF";

bool is_utf16(TextShape shape) { return shape != TextShape::bytes; }
base::ByteOrder order_of(TextShape shape) {
  return shape == TextShape::utf16be ? base::ByteOrder::big : base::ByteOrder::little;
}

// True when the text can be nothing but ASCII: 64 bytes of it, or a line of at least 16.
bool starts_with_ascii(std::string_view bytes) {
  constexpr std::size_t kEnough = 64, kShortLine = 16;
  for (std::size_t i = 0; i < std::min(bytes.size(), kEnough); ++i) {
    if (bytes[i] == '\n') return i >= kShortLine && i + 1 < bytes.size() && bytes[i + 1] != '\0';
    if (bytes[i] != '\t' && bytes[i] != '\r' && (bytes[i] < ' ' || bytes[i] > '~')) return false;
  }
  return bytes.size() >= kEnough;
}

std::string_view without_line_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '\0')) {
    text.remove_suffix(1);
  }
  return text;
}

// Bytes up to the first one that needs a second look: beyond ASCII, an escape, a zero.
std::size_t plain_prefix(std::string_view bytes) {
  const auto is_odd = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || c == '\0' || c == '\x1B';
  };
  constexpr std::size_t kStep = 64;
  std::size_t at = 0;
  for (; at + kStep <= bytes.size(); at += kStep) {
    unsigned char odd = 0;
    for (std::size_t i = 0; i < kStep; ++i)
      odd |= static_cast<unsigned char>(is_odd(bytes[at + i]));
    if (odd != 0) break;
  }
  while (at < bytes.size() && !is_odd(bytes[at])) ++at;
  return at;
}

// All lines of `bytes` that are not UTF-8, as a sample to guess the code page from.
std::string foreign_lines(std::string_view bytes) {
  constexpr std::size_t kEnough = 16 * 1024;
  std::string sample;
  while (!bytes.empty() && sample.size() < kEnough) {
    const auto end = bytes.find('\n');
    const std::string_view line = bytes.substr(0, end);
    // A UTF-16 part of a mixed file is no sample of the 8-bit part.
    if (line.find('\0') == std::string_view::npos && !base::is_valid_utf8(line)) {
      sample.append(line.substr(0, kEnough)).push_back('\n');
    }
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
  }
  return sample;
}

// Line ends, tabs and what terminals and printers take aside, no text has these.
constexpr bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\f' && c != '\b' &&
          c != '\x1B') ||
         c == 0x7F;
}

struct ByteCounts {
  std::size_t zeros = 0;     // in runs that a crash leaves, or as the halves of UTF-16
  std::size_t controls = 0;  // and whatever else stands in no text
  std::size_t high = 0;      // beyond ASCII
  std::size_t ends = 0;      // of words and lines
};

// What a byte counts as, three counters side by side; zeros and 0xFF depend on their neighbors.
constexpr unsigned kHighShift = 21, kEndsShift = 42;
constexpr std::array<std::uint64_t, 256> byte_weights() {
  std::array<std::uint64_t, 256> out{};
  for (unsigned c = 1; c < 0xFF; ++c) {
    if (is_control(c)) out[c] = 1;
    if (c >= 0x80) out[c] = std::uint64_t{1} << kHighShift;
    if (c == '\n' || c == '\r' || c == '\t' || c == ' ') out[c] = std::uint64_t{1} << kEndsShift;
  }
  return out;
}

ByteCounts count_bytes(std::string_view bytes) {
  static constexpr std::array<std::uint64_t, 256> kWeights = byte_weights();
  constexpr std::size_t kBlock = std::size_t{1} << (kHighShift - 1);
  constexpr std::uint64_t kCounter = (std::uint64_t{1} << kHighShift) - 1;
  ByteCounts out;
  for (std::string_view rest = bytes; !rest.empty();
       rest.remove_prefix(std::min(rest.size(), kBlock))) {
    std::uint64_t sum = 0;
    for (const char c : rest.substr(0, kBlock)) sum += kWeights[static_cast<unsigned char>(c)];
    out.controls += sum & kCounter;
    out.high += sum >> kHighShift & kCounter;
    out.ends += sum >> kEndsShift;
  }
  // The shortest run of zeros that may be a page's rest, and of 0xFF that is erased memory: both
  // "я" and a blank that cannot break are 0xFF somewhere, but nobody writes eight of them.
  constexpr std::size_t kZeroRun = 16, kErasedRun = 8;
  const auto for_each_run = [bytes](char c, auto&& take) {
    for (auto at = bytes.find(c); at != std::string_view::npos; at = bytes.find(c, at)) {
      const std::size_t end = std::min(bytes.find_first_not_of(c, at), bytes.size());
      take(at, end);
      at = end;
    }
  };
  const auto is_plain = [bytes](std::size_t at) {
    const auto c = at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    return c != 0 && c < 0x80 && !is_control(c);
  };
  for_each_run('\0', [&](std::size_t at, std::size_t end) {
    const bool is_half = end - at == 1 && (is_plain(end) || (at > 0 && is_plain(at - 1)));
    (end - at >= kZeroRun || is_half ? out.zeros : out.controls) += end - at;
  });
  for_each_run('\xFF', [&](std::size_t at, std::size_t end) {
    (end - at >= kErasedRun ? out.controls : out.high) += end - at;
  });
  return out;
}

// Whether what a byte order mark or the zeros take for UTF-16 has the characters of a text. Parts
// in 8 bits that were appended look like ideographs, and are none of those that no text has.
bool looks_like_utf16(std::string_view bytes, base::ByteOrder order) {
  std::size_t units = 0, strange = 0, zeros = 0;
  const auto unit = [&](std::size_t at) -> char32_t {
    const auto a = static_cast<unsigned char>(bytes[at]);
    const auto b = static_cast<unsigned char>(bytes[at + 1]);
    return order == base::ByteOrder::little ? static_cast<char32_t>(a | b << 8)
                                            : static_cast<char32_t>(a << 8 | b);
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2, ++units) {
    const char32_t c = unit(at);
    const bool is_lead = c >= 0xD800 && c < 0xDC00, is_trail = c >= 0xDC00 && c < 0xE000;
    if (is_lead && at + 3 < bytes.size() && unit(at + 2) >= 0xDC00 && unit(at + 2) < 0xE000) {
      at += 2;
      ++units;
      continue;
    }
    const bool is_private = c >= 0xE000 && c < 0xF900;
    const bool is_none = (c >= 0xFDD0 && c < 0xFDF0) || c >= 0xFFFE;
    zeros += c == 0;
    strange += c != 0 && (is_lead || is_trail || is_private || is_none || is_control(c));
  }
  return zeros * 2 <= units && strange * 10 <= units;
}

// Without the character that the end of the head cut in two.
std::string_view without_cut(std::string_view bytes) {
  for (int i = 0; i < 3 && !bytes.empty() && (bytes.back() & 0x80) != 0; ++i) {
    const bool is_lead = (bytes.back() & 0x40) != 0;
    bytes.remove_suffix(1);
    if (is_lead) break;
  }
  return bytes;
}
}  // namespace

LineReader::LineReader(const container::Artifact& artifact, container::ByteSource& source,
                       const Limits& limits, const base::KeyWords& key_words, EventSink& sink)
    : artifact_(artifact), source_(source), limits_(limits), key_words_(key_words), sink_(sink) {}

// Adds to the buffer; false when the source has no more.
bool LineReader::fill() {
  if (ended_) return false;
  buffer_.erase(0, at_);
  plain_until_ -= std::min(plain_until_, at_);
  at_ = 0;
  const std::size_t have = buffer_.size();
  const std::size_t wanted = read_bytes_ == 0 ? kFirstReadBytes : read_bytes_;
  read_bytes_ = std::min(wanted * 2, kMostReadBytes);
  buffer_.resize(have + wanted);
  std::size_t filled = 0;
  while (filled < wanted) {
    const auto got =
        source_.read(std::as_writable_bytes(std::span(buffer_).subspan(have + filled)));
    if (!got || *got == 0) {
      ended_ = true;
      if (!got) {
        sink_.notice(
            {"TEXT_READ_FAILED",
             fmt::format("{}: reading stopped after {} bytes ({}); the lines before are used",
                         artifact_.path, offset_ + have + filled, got.error().message),
             artifact_.index, offset_ + have + filled, 0});
      }
      break;
    }
    filled += *got;
  }
  buffer_.resize(have + filled);
  return filled > 0;
}

// Looks at the coming line for a change between 8-bit text and UTF-16.
void LineReader::adapt_shape(std::string_view bytes) {
  const auto zero = [&](std::size_t i) { return bytes[i] == '\0'; };
  if (shape_ == TextShape::bytes) {
    if (bytes.size() < 6) return;
    if (bytes.starts_with("\xFF\xFE") && zero(3)) shape_ = TextShape::utf16le;
    if (!zero(0) && zero(1) && !zero(2) && zero(3) && !zero(4) && zero(5))
      shape_ = TextShape::utf16le;
    if (zero(0) && !zero(1) && zero(2) && !zero(3) && zero(4) && !zero(5))
      shape_ = TextShape::utf16be;
    return;
  }
  // Back to 8-bit: the two bytes of CR LF side by side are no character of any living script, and
  // no run of ideographs has ASCII in both bytes for long.
  const auto window = bytes.substr(0, 4096);
  const auto plain = window.find("\r\n");
  const bool ended = plain != std::string_view::npos && plain > 0 &&
                     window.substr(0, plain).find('\0') == std::string_view::npos;
  if (ended || starts_with_ascii(window)) shape_ = TextShape::bytes;
}

// Length of the line with its end, when the end is in `bytes`.
std::optional<std::size_t> LineReader::line_end(std::string_view bytes, std::size_t from) const {
  if (!is_utf16(shape_)) {
    const auto at = bytes.find(line_break_, from);
    return at == std::string_view::npos ? std::nullopt : std::optional(at + 1);
  }
  const std::size_t high = shape_ == TextShape::utf16le ? 1 : 0;
  for (std::size_t at = from & ~std::size_t{1}; at + 1 < bytes.size(); at += 2) {
    if (bytes[at + 1 - high] == line_break_ && bytes[at + high] == '\0') return at + 2;
  }
  return std::nullopt;
}

// Drops everything up to the next line end and returns how much that was.
std::uint64_t LineReader::skip_line() {
  std::uint64_t skipped = 0;
  for (;;) {
    const auto end = line_end(unread(), 0);
    const std::size_t step = end ? *end : unread().size() & ~std::size_t{is_utf16(shape_)};
    at_ += step;
    offset_ += step;
    skipped += step;
    if (end || !fill()) return skipped;
  }
}

std::optional<TextLine> LineReader::next() {
  if (!started_) {
    started_ = true;
    fill();
    const base::TextStart start = base::detect_text_start(buffer_);
    shape_ = start.shape;
    at_ = offset_ = start.bom_bytes;
    // Some tools that copy text end lines as the first Macintosh did.
    if (buffer_.find('\n') == std::string::npos && buffer_.find('\r') != std::string::npos)
      line_break_ = '\r';
  }
  for (;;) {
    if (unread().size() < 4096) fill();
    if (unread().empty()) return std::nullopt;
    adapt_shape(unread());
    auto end = line_end(unread(), 0);
    while (!end && unread().size() <= limits_.max_line_bytes) {
      const std::size_t searched = unread().size();
      if (!fill()) break;
      end = line_end(unread(), searched);
    }
    const std::size_t length = end.value_or(unread().size());
    if (length > limits_.max_line_bytes) {
      const std::uint64_t first = offset_;
      ++number_;
      const std::uint64_t lost = skip_line();
      bytes_lost_ += lost;
      if (lines_refused_++ < kNoticesPerArtifact) {
        sink_.notice(
            {"TEXT_LINE_TOO_LONG",
             fmt::format("{}: line {} has {} bytes, the limit is {}; the line is not used. "
                         "Raise it with --max-line if it matters",
                         artifact_.path, number_, lost, limits_.max_line_bytes),
             artifact_.index, first, lost});
      }
      continue;
    }
    TextLine line;
    line.number = ++number_;
    line.byte_offset = offset_;
    line.byte_length = length;
    if (is_plain(length)) {
      saw("utf-8");
      line.text = without_line_end(unread().substr(0, length));
    } else {
      line.text = decode(unread().substr(0, length));
    }
    at_ += length;
    offset_ += length;
    return line;
  }
}

// Whether the next `length` bytes are 8-bit text that is its own decoding.
bool LineReader::is_plain(std::size_t length) {
  if (is_utf16(shape_)) return false;
  if (at_ + length > plain_until_) {
    plain_until_ = std::max(plain_until_, at_);
    plain_until_ += plain_prefix(std::string_view(buffer_).substr(plain_until_));
  }
  return at_ + length <= plain_until_;
}

void LineReader::saw(std::string_view encoding) {
  if (std::find(encodings_.begin(), encodings_.end(), encoding) == encodings_.end()) {
    encodings_.push_back(encoding);
  }
}

std::string_view LineReader::decode(std::string_view bytes) {
  std::string_view text = bytes;
  if (is_utf16(shape_)) {
    saw(shape_ == TextShape::utf16le ? "utf-16le" : "utf-16be");
    decoded_.clear();
    base::append_utf16(bytes, order_of(shape_), decoded_);
    text = decoded_;
  } else if (base::is_valid_utf8(bytes)) {
    saw("utf-8");
  } else {
    if (page_ == nullptr) {
      const auto guess = base::guess_code_page(foreign_lines(unread()), key_words_);
      page_ = guess.page;
      if (guess.uncertain) {
        sink_.notice(
            {"TEXT_ENCODING_UNKNOWN",
             fmt::format("{}: line {} is neither UTF-8 nor in a code page that makes sense; "
                         "read as Windows-1252, letters outside ASCII may be wrong",
                         artifact_.path, number_),
             artifact_.index, offset_, 0});
      }
    }
    saw(page_->name());
    decoded_.clear();
    page_->append(bytes, decoded_);
    text = decoded_;
  }
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);  // a BOM in the middle: appended file
  text = without_line_end(text);
  const bool is_clean = text.find_first_of(kUnclean) == std::string_view::npos &&
                        (!unifies_blanks_ || (text.find(kNoBreak) == std::string_view::npos &&
                                              text.find(kNarrow) == std::string_view::npos));
  return is_clean ? text : cleaned(text);
}

std::string_view LineReader::cleaned(std::string_view line) {
  cleaned_.clear();
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\0') continue;
    if (unifies_blanks_) {
      const std::string_view rest = line.substr(i);
      const std::size_t size = rest.starts_with(kNoBreak)  ? kNoBreak.size()
                               : rest.starts_with(kNarrow) ? kNarrow.size()
                                                           : 0;
      if (size != 0) {
        cleaned_.push_back(' ');
        i += size - 1;
        continue;
      }
    }
    if (line[i] != '\x1B') {
      cleaned_.push_back(line[i]);
      continue;
    }
    if (i + 1 < line.size() && line[i + 1] == '[') {  // CSI … final byte 0x40–0x7E
      i += 2;
      while (i < line.size() && (line[i] < '@' || line[i] > '~')) ++i;
    } else {
      ++i;
    }
  }
  return cleaned_;
}

std::string LineReader::encoding() const {
  // ASCII lines count as UTF-8, so next to a code page "utf-8" says nothing new.
  std::string name;
  for (const std::string_view encoding : encodings_) {
    if (encoding == "utf-8" && page_ != nullptr) continue;
    name += name.empty() ? "" : "+";
    name += encoding;
  }
  return name;
}

bool looks_like_text(std::span<const std::byte> head) {
  const std::string_view bytes(reinterpret_cast<const char*>(head.data()), head.size());
  if (bytes.empty()) return false;
  const base::TextStart start = base::detect_text_start(bytes);
  if (is_utf16(start.shape)) {
    return looks_like_utf16(bytes.substr(start.bom_bytes), order_of(start.shape));
  }
  const ByteCounts counts = count_bytes(bytes);
  // Zeros are allowed for pages lost in a crash and for UTF-16 appended later.
  if (counts.zeros * 2 > bytes.size()) return false;
  if (counts.controls * 100 > bytes.size()) return false;
  // Words end: even Chinese has its digits, blanks and line ends. What is packed has none.
  constexpr std::size_t kLongestWord = 128, kSmall = 512;
  return counts.high * 4 < bytes.size() || bytes.size() < kSmall ||
         counts.ends * kLongestWord >= bytes.size() || base::is_valid_utf8(without_cut(bytes));
}

std::string decode_head(std::span<const std::byte> head, const base::KeyWords& key_words) {
  class Quiet final : public EventSink {
    Flow event(EventView&) override { return Flow::go_on; }
    void notice(Notice) override {}
  };
  Quiet quiet;
  container::MemorySource source(head);
  const container::Artifact artifact;
  LineReader lines(artifact, source, Limits{}, key_words, quiet);
  lines.unify_blanks();
  std::string text;
  while (const auto line = lines.next()) text.append(line->text).push_back('\n');
  return text;
}

}  // namespace rdptriage::reader
