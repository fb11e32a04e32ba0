#include "reader/text_lines.hpp"

#include "support/catch.hpp"
#include "text_events.hpp"

using namespace rdptriage;
using namespace rdptriage::reader;
using namespace std::string_literals;

namespace {
struct Sink final : EventSink {
  Flow event(EventView&) override { return Flow::go_on; }
  void notice(Notice notice) override { notices.push_back(std::move(notice)); }
  std::vector<Notice> notices;
};

struct Lines {
  std::vector<std::string> text;
  std::string encoding;
  std::vector<Notice> notices;
  std::uint64_t lost = 0;
};

Lines read(std::string_view bytes, Limits limits = {}) {
  container::MemorySource source(std::as_bytes(std::span(bytes.data(), bytes.size())));
  container::Artifact artifact;
  Sink sink;
  static const base::KeyWords words = [] {
    base::KeyWords made;
    for (const char* word : {"ABHÖREN"}) made.add(word);
    return made;
  }();
  LineReader reader(artifact, source, limits, words, sink);
  Lines out;
  while (const auto line = reader.next()) out.text.emplace_back(line->text);
  out.encoding = reader.encoding();
  out.notices = std::move(sink.notices);
  out.lost = reader.bytes_lost();
  return out;
}

std::string utf16(std::string_view ascii) {
  std::string out;
  for (const char c : ascii) (out += c) += '\0';
  return out;
}
}  // namespace

TEST_CASE("text lines: line ends, marks, escapes and zero bytes are not part of the text") {
  const Lines got = read(
      "\xEF\xBB\xBF"
      "one\r\ntwo\r\r\n\x1B[31mthree\x1B[0m\nfo\0ur\nfive"s);
  CHECK(got.text == std::vector<std::string>{"one", "two", "three", "four", "five"});
  CHECK(got.encoding == "utf-8");
}

TEST_CASE("text lines: one file may mix encodings") {
  const Lines got = read("ABH\x99REN\r\n" + utf16("after >>\r\nmore\r\n") + "back again\r\n");
  CHECK(got.text == std::vector<std::string>{"ABHÖREN", "after >>", "more", "back again"});
  CHECK(got.encoding == "cp850+utf-16le");
  const Lines other = read("\xFF\xFE" + utf16("first\r\n") + "plain ASCII\r\n");
  CHECK(other.text == std::vector<std::string>{"first", "plain ASCII"});
  const Lines unix_lines =
      read("\xFF\xFE" + utf16("first\n") + "a line of plain ASCII\nand another\n");
  CHECK(unix_lines.text ==
        std::vector<std::string>{"first", "a line of plain ASCII", "and another"});
}

TEST_CASE("text lines: a line over the limit is skipped, counted and said") {
  Limits limits;
  limits.max_line_bytes = 16;
  const Lines got = read("short\n" + std::string(100, 'x') + "\nlast\n", limits);
  CHECK(got.text == std::vector<std::string>{"short", "last"});
  CHECK(got.lost == 101);
  REQUIRE(got.notices.size() == 1);
  CHECK(got.notices.front().code == "TEXT_LINE_TOO_LONG");
}

TEST_CASE("text lines: an endless line costs a buffer, not its size") {
  const Lines got = read(std::string(3 << 20, 'x'));
  CHECK(got.text.empty());
  CHECK(got.lost == 3 << 20);
}

TEST_CASE("text lines: binary data is not text") {
  const auto text = [](std::string_view bytes) {
    return looks_like_text(std::as_bytes(std::span(bytes.data(), bytes.size())));
  };
  CHECK(text("plain text\n"));
  CHECK(text(utf16("plain text\n")));
  CHECK_FALSE(
      text("\x7F"
           "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03"s));
  CHECK_FALSE(text(std::string(64, '\0')));
  CHECK_FALSE(text(""));
}
