// Code pages: the tables are asked once of the platform's iconv, so that decoding itself holds no
// state and needs no lock; which page a text is in is guessed by reading it under each.
#include <iconv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/encoding.hpp"
#include "base/key_words.hpp"

namespace rdptriage::base {

namespace {
constexpr char32_t kUndefined = 0xFFFD;

struct PageInfo {
  std::string_view name;   // ours
  const char* iconv_name;  // theirs
  bool double_byte;
};

// In the order in which equals win: Western first, OEM (console) before ANSI (editor).
constexpr PageInfo kPages[] = {
    {"cp850", "CP850", false},   {"cp1252", "CP1252", false}, {"cp437", "CP437", false},
    {"cp852", "CP852", false},   {"cp1250", "CP1250", false}, {"cp866", "CP866", false},
    {"cp1251", "CP1251", false}, {"cp932", "CP932", true},    {"cp936", "GBK", true},
    {"cp949", "CP949", true},    {"cp950", "CP950", true},    {"cp857", "CP857", false},
    {"cp1254", "CP1254", false}, {"cp737", "CP737", false},   {"cp1253", "CP1253", false},
    {"cp862", "CP862", false},   {"cp1255", "CP1255", false}, {"cp775", "CP775", false},
    {"cp1257", "CP1257", false}, {"koi8-r", "KOI8-R", false},
};

// Windows-1252 above 0x7F; the fallback must exist on every platform. 0 marks undefined bytes.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

class Converter {
 public:
  explicit Converter(const char* name) : handle_(iconv_open("UTF-32LE", name)) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (valid()) iconv_close(handle_);
  }
  bool valid() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // The one character that these bytes are, or nothing.
  std::optional<char32_t> convert(std::string_view bytes) {
    std::array<char, 2> in{};
    std::copy(bytes.begin(), bytes.end(), in.begin());
    std::array<unsigned char, 16> out{};
    char* from = in.data();
    char* to = reinterpret_cast<char*>(out.data());
    std::size_t from_left = bytes.size(), to_left = out.size();
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    if (iconv(handle_, &from, &from_left, &to, &to_left) != 0 || from_left != 0 || to_left != 12) {
      return std::nullopt;
    }
    return static_cast<char32_t>(out[0]) | static_cast<char32_t>(out[1]) << 8 |
           static_cast<char32_t>(out[2]) << 16;
  }

 private:
  iconv_t handle_;
};

class TablePage final : public CodePage {
 public:
  TablePage(const PageInfo& info, Converter& converter) : info_(&info) {
    for (unsigned i = 0; i < 128; ++i) {
      const char byte = static_cast<char>(0x80 + i);
      single_[i] =
          converter.valid() ? converter.convert({&byte, 1}).value_or(kUndefined) : from_1252(i);
    }
    if (!info.double_byte) return;
    pairs_.assign(128 * 256, kUndefined);
    for (unsigned lead = 0x81; lead < 0xFF; ++lead) {
      if (single_[lead - 0x80] != kUndefined) continue;  // half-width katakana stand alone
      for (unsigned trail = 0x40; trail < 0xFF; ++trail) {
        const std::array<char, 2> bytes = {static_cast<char>(lead), static_cast<char>(trail)};
        pairs_[(lead - 0x80) * 256 + trail] =
            converter.convert({bytes.data(), 2}).value_or(kUndefined);
      }
    }
  }

  std::string_view name() const override { return info_->name; }

  std::size_t append(std::string_view bytes, std::string& out) const override {
    return decode(
        bytes, [&out](std::string_view ascii) { out.append(ascii); },
        [&out](char32_t code) { append_utf8(code, out); });
  }
  // The same as code points.
  std::size_t append(std::string_view bytes, std::u32string& out) const {
    return decode(
        bytes, [&out](std::string_view ascii) { out.append(ascii.begin(), ascii.end()); },
        [&out](char32_t code) { out.push_back(code); });
  }

  // The byte that stands for `code` in a single-byte page.
  std::optional<char> byte_of(char32_t code) const {
    if (code < 0x80) return static_cast<char>(code);
    const auto at = std::find(single_.begin(), single_.end(), code);
    if (code == kUndefined || at == single_.end()) return std::nullopt;
    return static_cast<char>(0x80 + (at - single_.begin()));
  }

 private:
  // Calls `ascii` for runs of it and `other` for each character beyond; returns how many bytes the
  // page does not define.
  template <class Ascii, class Other>
  std::size_t decode(std::string_view bytes, Ascii ascii, Other other) const {
    std::size_t undefined = 0;
    for (std::size_t i = 0; i < bytes.size();) {
      std::size_t end = i;
      while (end < bytes.size() && static_cast<signed char>(bytes[end]) >= 0) ++end;
      if (end != i) ascii(bytes.substr(i, end - i));
      if (end == bytes.size()) break;
      i = end + 1;
      const std::size_t row = static_cast<unsigned char>(bytes[end]) - 0x80U;
      char32_t code = single_[row];
      if (code == kUndefined && !pairs_.empty() && i < bytes.size()) {
        code = pairs_[row * 256 + static_cast<unsigned char>(bytes[i])];
        if (code != kUndefined) ++i;
      }
      undefined += code == kUndefined;
      other(code);
    }
    return undefined;
  }

  static char32_t from_1252(unsigned i) {
    return i >= 32 ? 0x80 + i : kWindows1252[i] == 0 ? kUndefined : kWindows1252[i];
  }

  const PageInfo* info_;
  std::array<char32_t, 128> single_{};
  std::vector<char32_t> pairs_;  // double-byte pages: [lead - 0x80][trail]
};

const TablePage* page_at(std::size_t index) {
  static const auto pages = [] {
    std::array<std::unique_ptr<TablePage>, std::size(kPages)> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      Converter converter(kPages[i].iconv_name);
      if (converter.valid() || kPages[i].name == "cp1252") {
        made[i] = std::make_unique<TablePage>(kPages[i], converter);
      }
    }
    return made;
  }();
  return pages[index].get();
}

const TablePage* page_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kPages); ++i) {
    if (kPages[i].name == name) return page_at(i);
  }
  return nullptr;
}

enum class Script : std::uint8_t {
  none,
  latin,
  cyrillic,
  greek,
  hebrew,
  kana,
  han,
  hangul,
  symbol,
  bad
};

bool within(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

// A set of characters as bits, because it is asked of every letter of a sample under every page.
template <std::size_t kEnd>
class CharacterSet {
 public:
  constexpr explicit CharacterSet(std::u32string_view members) {
    for (const char32_t c : members) words_[c / 64] |= std::uint64_t{1} << (c % 64);
  }
  constexpr bool has(char32_t c) const { return c < kEnd && (words_[c / 64] >> (c % 64) & 1) != 0; }

 private:
  std::array<std::uint64_t, kEnd / 64> words_{};
};

// Punctuation of running text in some language; it proves nothing and disturbs nothing.
bool is_punctuation(char32_t c) {
  static constexpr CharacterSet<0x2140> kWestern(U"\u00A0«»“”„‘’‚…–—°§€¿¡ºª№·");
  constexpr std::u32string_view kEastAsian = U"、。「」（）：，！？・ー";
  return c < 0x3000 ? kWestern.has(c) : kEastAsian.find(c) != std::u32string_view::npos;
}

Script script_of(char32_t c) {
  if (c < 0x80) {
    return within(c | 0x20, U'a', U'z') ? Script::latin
           : c < 0x20 && c != '\t'      ? Script::bad
                                        : Script::none;
  }
  if (within(c, 0x80, 0x9F) || c == kUndefined || within(c, 0xE000, 0xF8FF)) return Script::bad;
  if (c == 0xD7 || c == 0xF7) return Script::symbol;
  if (within(c, 0xC0, 0x24F)) return Script::latin;
  if (within(c, 0x370, 0x3FF)) return Script::greek;
  if (within(c, 0x400, 0x45F) || c == 0x490 || c == 0x491) return Script::cyrillic;
  if (within(c, 0x5D0, 0x5EA)) return Script::hebrew;
  if (within(c, 0x3041, 0x30FF)) return Script::kana;
  if (within(c, 0x4E00, 0x9FFF)) return Script::han;
  if (within(c, 0xAC00, 0xD7A3)) return Script::hangul;
  return is_punctuation(c) ? Script::none : Script::symbol;
}

bool is_upper(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z';
  if (within(c, 0xC0, 0xDE)) return true;
  if (within(c, 0x100, 0x17F)) {
    // Latin Extended-A pairs: even is upper, but odd is upper in U+0139…0148 and U+0179…017E.
    const bool odd_is_upper = within(c, 0x139, 0x148) || within(c, 0x179, 0x17E);
    return c == 0x178 || (c % 2 == 0) != odd_is_upper;
  }
  return within(c, 0x400, 0x42F) || within(c, 0x391, 0x3A9);
}

// Letters that languages of Windows use often; the rest of a page's letters are legal but rare.
bool is_common_latin(char32_t c) {
  static constexpr CharacterSet<0x180> kCommon(
      U"äöüßÄÖÜéèêëàâîïôùûçœÉÈÊÀÇáíóúñÁÍÓÚÑãõÃÕìòåÅąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůýžČĎĚŇŘŠŤŮÝŽőűŐŰğışİŞ");
  return kCommon.has(c);
}

// Common in two small languages; in the tables the places of Central European letters.
bool is_nordic(char32_t c) { return c == U'ø' || c == U'Ø' || c == U'æ' || c == U'Æ'; }

int letter_score(const std::u32string& text, std::size_t at, Script script) {
  const char32_t c = text[at];
  const char32_t before = at > 0 ? text[at - 1] : U' ';
  const char32_t after = at + 1 < text.size() ? text[at + 1] : U' ';
  const Script left = script_of(before), right = script_of(after);
  const auto differs = [script](Script other) {
    return other != Script::none && other != Script::symbol && other != script;
  };
  const bool east_asian =
      script == Script::kana || script == Script::han || script == Script::hangul;
  if (east_asian) {
    const auto neighbor = [](Script s) {
      return s == Script::kana || s == Script::han || s == Script::hangul;
    };
    // Ideographs come in runs; one between Latin letters is two misread letters.
    if (!neighbor(left) && !neighbor(right)) return -2;
    const Script beside = neighbor(left) ? left : right;
    return (script == Script::hangul) == (beside == Script::hangul) ? 3 : 0;
  }
  int score = script != Script::latin ? 2 : is_common_latin(c) ? 2 : is_nordic(c) ? 1 : 0;
  if (differs(left) || differs(right)) score -= 5;
  // "ABHíREN", "fÅr": a change of case inside a word is what a wrong page leaves.
  const bool upper = is_upper(c);
  const bool left_letter = left == script, right_letter = right == script;
  if (upper && left_letter && !is_upper(before)) score -= 4;
  if (!upper && left_letter && is_upper(before) && right_letter && is_upper(after)) score -= 4;
  if (upper && left_letter && is_upper(before) && right_letter && !is_upper(after)) score -= 2;
  return score;
}

// How common the double-byte character is, by the plane its page keeps common characters in.
int pair_bonus(std::string_view page, unsigned lead, unsigned trail) {
  if (page == "cp936")
    return trail >= 0xA1 && within(lead, 0xB0, 0xD7) ? 1 : trail >= 0xA1 ? 0 : -3;
  if (page == "cp950") return within(lead, 0xA4, 0xC6) ? 1 : -2;
  // Hangul fills the first half of the plane that Chinese uses whole: all of it there is Korean.
  if (page == "cp949") return trail >= 0xA1 && within(lead, 0xB0, 0xC8) ? 2 : -2;
  if (page == "cp932") return within(lead, 0x82, 0x84) ? 2 : within(lead, 0x88, 0x97) ? 1 : -1;
  return 0;
}

int score_of(const TablePage& page, const PageInfo& info, std::string_view sample,
             const KeyWords& key_words) {
  std::u32string text;
  int score = -8 * static_cast<int>(page.append(sample, text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < 0x80) continue;
    const Script script = script_of(text[i]);
    if (script == Script::none) continue;
    if (script == Script::bad) {
      score -= 6;
    } else if (script == Script::symbol) {
      const bool box = within(text[i], 0x2500, 0x259F);
      const bool half_width_kana = within(text[i], 0xFF61, 0xFF9F);
      const bool inside_word = i > 0 && i + 1 < text.size() &&
                               script_of(text[i - 1]) != Script::none &&
                               script_of(text[i + 1]) != Script::none;
      score -= box ? 4 : half_width_kana ? 3 : inside_word ? 4 : 1;
    } else {
      score += letter_score(text, i, script);
    }
  }
  if (info.double_byte) {
    for (std::size_t i = 0; i + 1 < sample.size(); ++i) {
      const auto lead = static_cast<unsigned char>(sample[i]);
      if (lead < 0x80) continue;
      score += pair_bonus(info.name, lead, static_cast<unsigned char>(sample[i + 1]));
      ++i;
    }
  }
  return score + 20 * key_words.count_in(text);
}
}  // namespace

const CodePage* find_code_page(std::string_view name) { return page_named(name); }

CodePageGuess guess_code_page(std::string_view sample, const KeyWords& key_words) {
  constexpr std::size_t kSampleBytes = 8 * 1024;  // enough to tell, and the cost stays bounded
  sample = sample.substr(0, kSampleBytes);
  CodePageGuess best{page_named("cp1252"), true};
  int best_score = 0;
  for (std::size_t i = 0; i < std::size(kPages); ++i) {
    const TablePage* page = page_at(i);
    if (page == nullptr) continue;
    const int score = score_of(*page, kPages[i], sample, key_words);
    if (score > best_score) {
      best = {page, false};
      best_score = score;
    }
  }
  return best;
}

std::vector<std::string> undo_mojibake(std::string_view text) {
  std::vector<std::string> originals;
  const std::u32string shown = code_points(text);
  if (std::all_of(shown.begin(), shown.end(), [](char32_t c) { return c < 0x80; }))
    return originals;
  constexpr std::string_view kReadAs[] = {"cp1252", "cp850", "cp437", "cp1251", "cp866", "cp1250"};
  constexpr std::string_view kWas[] = {"cp850", "cp437",  "cp1252", "cp852",
                                       "cp866", "cp1251", "cp1250"};
  for (const std::string_view read_as : kReadAs) {
    const TablePage* wrong = page_named(read_as);
    if (wrong == nullptr) continue;
    std::string bytes;
    for (const char32_t code : shown) {
      // Readers keep bytes that 1252 does not define as the control character of that number.
      const auto byte = within(code, 0x80, 0x9F) ? static_cast<char>(code) : wrong->byte_of(code);
      if (!byte) break;
      bytes.push_back(*byte);
    }
    if (bytes.size() != shown.size()) continue;
    const auto add = [&](std::string original) {
      if (original != text &&
          std::find(originals.begin(), originals.end(), original) == originals.end()) {
        originals.push_back(std::move(original));
      }
    };
    if (is_valid_utf8(bytes)) add(bytes);
    for (const std::string_view was : kWas) {
      const TablePage* right = page_named(was);
      std::string original;
      if (right != nullptr && was != read_as && right->append(bytes, original) == 0) add(original);
    }
  }
  return originals;
}

}  // namespace rdptriage::base
