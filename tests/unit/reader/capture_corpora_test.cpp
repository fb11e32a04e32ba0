#include <fmt/format.h>
#include <iconv.h>

#include <filesystem>

#include "reader/capture_format.hpp"
#include "reader/text_lines.hpp"
#include "support/catch.hpp"
#include "text_events.hpp"

namespace rdptriage::test {
namespace fs = std::filesystem;

namespace {
std::string encode(std::string_view utf8, const char* code_page) {
  iconv_t handle = iconv_open(code_page, "UTF-8");
  std::string in(utf8), out(utf8.size() * 4 + 8, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  const bool failed = iconv(handle, &from, &from_left, &to, &to_left) != 0;
  iconv_close(handle);
  if (failed) return {};
  out.resize(out.size() - to_left);
  return out;
}
}  // namespace

TEST_CASE("corpora: a capture says the same in every code page that can hold it") {
  const fs::path folder = fs::path(RDPTRIAGE_CORPORA_DIR) / "captures";
  if (!fs::exists(folder)) {
    WARN("no corpora at " << folder.string() << ": skipped");
    return;
  }
  constexpr const char* kPages[] = {"CP437",  "CP850",  "CP852",  "CP866",    "CP932",   "CP936",
                                    "CP1250", "CP1251", "CP1252", "UTF-16LE", "UTF-16BE"};
  std::size_t files = 0, readings = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".tsv") continue;
    INFO(entry.path().string());
    const std::string bytes = read_file(entry.path().string());
    const TextResult original = read_bytes(bytes, entry.path().filename().string());
    CHECK(original.reader == "capture");
    CHECK_FALSE(original.events.empty());
    ++files;
    const std::string utf8 =
        reader::decode_head(std::as_bytes(std::span(bytes.data(), bytes.size())),
                            source_formats().captures().key_words);
    for (const char* page : kPages) {
      const std::string encoded = encode(utf8, page);
      if (encoded.empty()) continue;
      INFO(page);
      const TextResult again = read_bytes(encoded, entry.path().filename().string());
      CHECK(again.shown == original.shown);
      ++readings;
    }
  }
  fmt::print("{} captures, {} re-encodings\n", files, readings);
}

}  // namespace rdptriage::test
