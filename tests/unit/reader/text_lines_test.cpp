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

TEST_CASE("text lines: text is text in every code page and script") {
  const auto text = [](std::string_view bytes) {
    return looks_like_text(std::as_bytes(std::span(bytes.data(), bytes.size())));
  };
  const auto many = [](std::string_view line) {
    std::string out;
    while (out.size() < 8 * 1024) out += line;
    return out;
  };
  // "活动连接" in 936, "アクティブな接続" in 932, "활성 연결" in 949, "Активные подключения" in
  // 1251 and 866, each with what stands beside such words; a table's frame and ticks in 437.
  for (const char* line :
       {"\xBB\xEE\xB6\xAF\xC1\xAC\xBD\xD3\r\n",
        "\x83\x41\x83\x4E\x83\x65\x83\x42\x83\x75\x82\xC8\x90\xDA\x91\xB1\r\n",
        "\xC8\xB0\xBC\xBA \xBF\xAC\xB0\xE1\r\n",
        "\xC0\xEA\xF2\xE8\xE2\xED\xFB\xE5 \xEF\xEE\xE4\xEA\xEB\xFE\xF7\xE5\xED\xE8\xFF\r\n",
        "\x80\xAA\xE2\xA8\xA2\xAD\xEB\xA5 \xAF\xAE\xA4\xAA\xAB\xEE\xE7\xA5\xAD\xA8\xEF\r\n",
        "\xC9\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xBB\r\n\xBA\xFF\xFF\xFB"
        "\xFF\xFF\xBA\r\n",
        "\xD0\x90\xD0\xBA\xD1\x82\xD0\xB8\xD0\xB2\xD0\xBD\xD1\x8B\xD0\xB5"}) {
    INFO(line);
    CHECK(text(line));
    CHECK(text(many(line)));
  }
  for (const char16_t* line : {u"Активные подключения\r\n", u"活动连接 TCP\r\n", u"활성 연결\r\n",
                               u"خروج\r\n", u"ข้อผิดพลาด\r\n", u"\U0001F511 ok\r\n"}) {
    std::string bytes = "\xFF\xFE", swapped = "\xFE\xFF";
    for (int i = 0; i < 200; ++i) {
      for (const char16_t* c = line; *c != 0; ++c) {
        const char low = static_cast<char>(*c & 0xFF), high = static_cast<char>(*c >> 8);
        bytes += low;
        bytes += high;
        swapped += high;
        swapped += low;
      }
    }
    CHECK(text(bytes));
    CHECK(text(swapped));
  }
  // What a crash left unwritten, and UTF-16 behind 8 bits.
  CHECK(text(many("a line\r\n") + std::string(4096, '\0') + "rest\r\n"));
  CHECK(text("a line of cmd.exe\r\n" + utf16(many("a line of PowerShell\r\n").substr(0, 200))));
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
  // The first bytes of a program's data, then erased memory; a head in words, then packed data.
  std::string data;
  for (int i = 0; i < 50; ++i) data += "\1\0\0\0A\0\2\0"s;
  CHECK_FALSE(text(data + std::string(64 * 1024 - data.size(), '\xFF')));
  CHECK_FALSE(text(std::string(4096, '\xFF')));
  std::string packed, high, units = "\xFF\xFE";
  std::uint32_t state = 1;
  const auto next = [&state] {
    return static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  };
  for (int i = 0; i < 16 * 1024; ++i) {
    packed += next();
    high += static_cast<char>(next() | '\x80');
    units += next();
  }
  CHECK_FALSE(text(packed));
  CHECK_FALSE(text("a head in words\r\n" + packed));
  CHECK_FALSE(text(high));
  CHECK_FALSE(text(units));
  CHECK_FALSE(text("\xFF\xFE" + std::string(4096, '\xFF')));
  CHECK_FALSE(text(""));
}
