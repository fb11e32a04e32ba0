// Line-oriented text as data: the formats of rules/formats/ and the engine that runs them.
//
// A format says how the lines of one producer begin (its prefixes) and by what its files are known;
// the extractions, shared by all formats, say which words of a message become fields. Adding a
// format takes a file, no code (docs/formats/client-trace.md).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rdptriage/problem.hpp"
#include "reader/reader.hpp"

namespace rdptriage::reader {

struct CaptureSet;  // capture_format.hpp

// The log source of the event that a line becomes. A text of which no format knows a line is no
// trace: what it says of refused connections or HTTP is about something else.
inline constexpr std::string_view kLineProduct = "rdp", kLineService = "client-trace",
                                  kForeignLineService = "text";

struct FormatFile {
  std::string_view path, text;
};

// All text formats of a rule set. Immutable, safe to share between threads.
class FormatSet {
 public:
  // Reads all files and runs their sample lines; the problems of all files come back together.
  static FormatSet load(std::span<const FormatFile> files, std::vector<Problem>& problems);

  FormatSet(FormatSet&&) noexcept;
  FormatSet& operator=(FormatSet&&) noexcept;
  ~FormatSet();

  // Output of commands: its formats, word tables and the names of hosts' roles.
  const CaptureSet& captures() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit FormatSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

Sureness probe_text(std::span<const std::byte> head, std::string_view name, const ReadContext&);
ReadOutcome read_text(const container::Artifact&, container::ByteSource&, const ReadContext&,
                      EventSink&);

}  // namespace rdptriage::reader
