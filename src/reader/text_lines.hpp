// A text artifact as lines of UTF-8, whatever it was written in, read once from first to last.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "base/key_words.hpp"
#include "container/artifact.hpp"
#include "rdptriage/limits.hpp"
#include "rdptriage/notice.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

struct TextLine {
  std::string_view text;          // UTF-8 without line end, BOM and escape sequences
  std::uint64_t number = 0;       // 1-based
  std::uint64_t byte_offset = 0;  // of its first byte in the artifact
  std::uint64_t byte_length = 0;  // with its line end
};

// Reads lines as they come; holds one buffer, never the artifact. The shape of the text may change
// on the way: PowerShell appends UTF-16 to what cmd.exe wrote in the OEM code page, and the other
// way round. Each line that is not UTF-8 is read in the code page that the first such lines
// suggest.
class LineReader {
 public:
  // `source`, `sink` and `key_words` (see base::guess_code_page) must outlive the reader.
  LineReader(const container::Artifact& artifact, container::ByteSource& source,
             const Limits& limits, const base::KeyWords& key_words, EventSink& sink);

  // Gives blanks that do not break a line as plain ones: what was copied out of a mail or a browser
  // has them where a terminal printed columns. Before the first line.
  void unify_blanks() { unifies_blanks_ = true; }
  // The next line, or nothing at the end; its text is valid until the next call. Lines over the
  // limit are skipped with a notice, an I/O error ends the text with one.
  std::optional<TextLine> next();

  std::uint64_t bytes_lost() const { return bytes_lost_; }
  std::uint64_t lines_refused() const { return lines_refused_; }
  // What the text was decoded from: "utf-8", "utf-16le", "cp850", "utf-8+cp850".
  std::string encoding() const;

 private:
  bool fill();
  std::string_view unread() const { return std::string_view(buffer_).substr(at_); }
  void adapt_shape(std::string_view bytes);
  std::optional<std::size_t> line_end(std::string_view bytes, std::size_t from) const;
  std::uint64_t skip_line();
  bool is_plain(std::size_t length);
  std::string_view decode(std::string_view bytes);
  void saw(std::string_view encoding);
  std::string_view cleaned(std::string_view line);

  const container::Artifact& artifact_;
  container::ByteSource& source_;
  const Limits limits_;
  const base::KeyWords& key_words_;
  EventSink& sink_;

  std::string buffer_;
  std::size_t read_bytes_ = 0;  // of the next filling; 0 before the first
  std::size_t at_ = 0;          // first unread byte of buffer_
  std::uint64_t offset_ = 0;    // of buffer_[at_] in the artifact
  std::uint64_t number_ = 0;
  bool started_ = false, ended_ = false, unifies_blanks_ = false;
  char line_break_ = '\n';       // or CR, in texts that have no other
  std::size_t plain_until_ = 0;  // buffer_[at_ … plain_until_) is plain ASCII
  base::TextShape shape_ = base::TextShape::bytes;
  const base::CodePage* page_ = nullptr;  // chosen at the first line that needs one
  std::string decoded_, cleaned_;
  std::vector<std::string_view> encodings_;  // in order of appearance
  std::uint64_t bytes_lost_ = 0, lines_refused_ = 0;
};

// False for bytes that no text has, in 8 bits or 16: many control characters, zeros that are
// neither UTF-16 nor a page that a crash left unwritten, erased memory, a mass of bytes beyond
// ASCII without any end of a word, UTF-16 of halves and of characters that nobody uses.
bool looks_like_text(std::span<const std::byte> head);

// The first bytes of an artifact as UTF-8, for probing; at most one cut line at the end.
std::string decode_head(std::span<const std::byte> head, const base::KeyWords& key_words);

}  // namespace rdptriage::reader
