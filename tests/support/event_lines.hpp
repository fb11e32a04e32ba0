// What a reader makes of some bytes, as text that tests can compare.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/event.hpp"
#include "reader/reader.hpp"

namespace rdptriage::test {

struct Reading {
  std::vector<std::string> lines;  // one JSON object an event, as `events --format jsonl` shows it
  std::vector<Notice> notices;
  reader::ReadOutcome outcome;
};

using ReadFunction = reader::ReadOutcome (*)(const container::Artifact&, container::ByteSource&,
                                             const reader::ReadContext&, reader::EventSink&);

// Reads as the program does; with `context.jobs` above 1 into a sink that forks.
Reading read_events(ReadFunction read, std::span<const std::byte> bytes,
                    const reader::ReadContext& context = {});

// `text` must outlive the bytes.
std::span<const std::byte> as_bytes(std::string_view text);
// The same events as `events --format xml` writes them, without its frame.
std::string xml_of(ReadFunction read, std::span<const std::byte> bytes);
// A line as it comes back from XML, which has no number of the record's header, no mark of damage
// and no control characters.
std::string as_xml_has_it(std::string line);

// Collects lines from whatever gives it events.
class LineSink final : public reader::EventSink {
 public:
  reader::Flow event(EventView& event) override;
  void notice(Notice notice) override { notices.push_back(std::move(notice)); }
  std::unique_ptr<EventSink> fork() override { return std::make_unique<LineSink>(); }
  reader::Flow join(EventSink& forked) override;

  std::vector<std::string> lines;
  std::vector<Notice> notices;
};

std::vector<std::byte> read_file(const std::filesystem::path& path);
// Files below `folder` with this extension, sorted; empty, with a word on standard output, when the
// folder is not there.
std::vector<std::filesystem::path> corpus_files(const std::filesystem::path& folder,
                                                const std::string& extension);

}  // namespace rdptriage::test
