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
// Empty when a character has no place there.
std::string convert(std::string_view text, const char* to_page, const char* from_page) {
  iconv_t handle = iconv_open(to_page, from_page);
  std::string in(text), out(text.size() * 4 + 8, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  const bool failed = iconv(handle, &from, &from_left, &to, &to_left) != 0;
  iconv_close(handle);
  if (failed) return {};
  out.resize(out.size() - to_left);
  return out;
}

// What the events say, without the text that is quoted of them.
std::string facts_of(const TextResult& result) {
  std::string out;
  for (const FieldMap& event : result.events) {
    for (const auto& [name, values] : event) {
      if (name == "Message") continue;
      out += name + "=" + fmt::format("{}", fmt::join(values, "|")) + ";";
    }
    out += '\n';
  }
  return out;
}

struct Page {
  const char* name;
  const char* prefix = "";
};
// Every OEM and ANSI code page of the languages of Windows, and what PowerShell and editors write.
constexpr Page kPages[] = {{"CP437"},
                           {"CP737"},
                           {"CP775"},
                           {"CP850"},
                           {"CP852"},
                           {"CP857"},
                           {"CP862"},
                           {"CP866"},
                           {"CP932"},
                           {"GBK"},
                           {"CP949"},
                           {"CP950"},
                           {"CP1250"},
                           {"CP1251"},
                           {"CP1252"},
                           {"CP1253"},
                           {"CP1254"},
                           {"CP1255"},
                           {"CP1257"},
                           {"UTF-16LE"},
                           {"UTF-16BE"},
                           {"UTF-8", "\xEF\xBB\xBF"},
                           {"UTF-16LE", "\xFF\xFE"},
                           {"UTF-16BE", "\xFE\xFF"}};

// The console's page, and the editor's in which its bytes were read and saved.
struct Mixup {
  const char* console;
  const char* editor;
};
constexpr Mixup kMixups[] = {{"CP850", "CP1252"}, {"CP437", "CP1252"}, {"CP1252", "CP850"},
                             {"CP852", "CP1250"}, {"CP866", "CP1251"}, {"CP1251", "CP866"}};
}  // namespace

TEST_CASE("corpora: a capture says the same in every code page that can hold it") {
  const fs::path folder = fs::path(RDPTRIAGE_CORPORA_DIR) / "captures";
  if (!fs::exists(folder)) {
    WARN("no corpora at " << folder.string() << ": skipped");
    return;
  }
  std::size_t files = 0, readings = 0, mixups = 0;
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
    for (const Page& page : kPages) {
      const std::string encoded = page.prefix + convert(utf8, page.name, "UTF-8");
      if (encoded == page.prefix) continue;
      INFO(page.name);
      const TextResult again = read_bytes(encoded, entry.path().filename().string());
      CHECK(again.shown == original.shown);
      ++readings;
    }
    for (const Mixup& mixup : kMixups) {
      const std::string bytes_then = convert(utf8, mixup.console, "UTF-8");
      const std::string seen = convert(bytes_then, "UTF-8", mixup.editor);
      if (seen.empty() || seen == utf8) continue;
      INFO(mixup.console << " read as " << mixup.editor);
      const TextResult again = read_bytes(seen, entry.path().filename().string());
      CHECK(facts_of(again) == facts_of(original));
      ++mixups;
    }
  }
  fmt::print("{} captures, {} re-encodings, {} readings in a wrong code page\n", files, readings,
             mixups);
}

}  // namespace rdptriage::test
