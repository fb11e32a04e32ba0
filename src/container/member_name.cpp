#include "container/member_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/encoding.hpp"
#include "base/key_words.hpp"
#include "base/text.hpp"

namespace rdptriage::container {
namespace {

constexpr std::size_t kMaxNameBytes = 1024;
// What files of a bundle are called in languages with letters beyond ASCII.
const base::KeyWords& name_words() {
  static const base::KeyWords words = [] {
    base::KeyWords made;
    for (const char* word :
         {"Übersicht", "für", "Größe", "événement", "système", "sécurité", "aplicación", "conexión",
          "журнал", "система", "события", "подключ", "ログ", "日志"}) {
      made.add(word);
    }
    return made;
  }();
  return words;
}

// Length of the UTF-8 sequence at the start of `text`; 0 when there is none that is valid.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = at(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

// Characters that change how the rest of a line is displayed: C1 controls and the marks of
// right-to-left text, which can make "gpj.exe" look like "exe.jpg".
bool is_display_control(std::string_view sequence) {
  if (sequence.size() == 2) {
    return sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
  }
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(sequence[1]);
  const auto third = static_cast<unsigned char>(sequence[2]);
  const bool u200b_to_u200f_or_separators =
      second == 0x80 && ((third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE));
  return u200b_to_u200f_or_separators || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

}  // namespace

MemberName neutralize_member_name(std::string_view stored) {
  MemberName name;
  // Explorer before UTF-8 names, many a Unix tool. A guess shows a person more than escaped bytes.
  std::string decoded;
  if (!base::is_valid_utf8(stored)) {
    const base::CodePageGuess guess =
        base::guess_code_page(stored.substr(0, kMaxNameBytes), name_words());
    if (!guess.uncertain) {
      guess.page->append(stored, decoded);
      stored = decoded;
    }
  }
  if (stored.size() > kMaxNameBytes) {
    stored = stored.substr(0, kMaxNameBytes);
    name.neutralized = true;
  }
  std::string clean;
  for (std::size_t i = 0; i < stored.size();) {
    const std::size_t length = utf8_length(stored.substr(i));
    const auto byte = static_cast<unsigned char>(stored[i]);
    if (length == 0) {  // an old code page: Explorer before UTF-8 names, many a Unix tool
      clean += fmt::format("\\x{:02x}", byte);
      ++i;
    } else if (byte < 0x20 || byte == 0x7F || is_display_control(stored.substr(i, length))) {
      for (const char hidden : stored.substr(i, length)) {
        clean += fmt::format("\\x{:02x}", static_cast<unsigned char>(hidden));
      }
      name.neutralized = true;
      i += length;
    } else {
      // Some Windows tools store backslashes, which the zip specification forbids.
      if (byte == '\\') {
        clean += '/';
      } else {
        clean += stored.substr(i, length);
      }
      i += length;
    }
  }
  const bool is_absolute = !clean.empty() && clean.front() == '/';
  const bool has_drive = clean.size() >= 2 && clean[1] == ':';
  if (is_absolute || has_drive) name.neutralized = true;
  for (std::string_view part :
       base::split(has_drive ? std::string_view(clean).substr(2) : clean, '/')) {
    if (part == "..") name.neutralized = true;
    if (part.empty() || part == "." || part == "..") continue;
    if (!name.shown.empty()) name.shown += '/';
    name.shown += part;
  }
  if (name.shown.empty()) name.shown = "unnamed";
  return name;
}

bool is_named_as_a_part(std::string_view stored) {
  constexpr std::array<std::string_view, 4> kSplit{".7z", ".zip", ".rar", ".tar"};
  const std::string name = base::to_lower_ascii(stored);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || name.size() - dot != 4) return false;
  const bool is_numbered_volume = name[dot + 1] == 'z' || name[dot + 1] == 'r';  // .z01, .r01
  const std::string_view number = std::string_view(name).substr(dot + (is_numbered_volume ? 2 : 1));
  if (number.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const std::string_view whole = std::string_view(name).substr(0, dot);
  return is_numbered_volume || std::any_of(kSplit.begin(), kSplit.end(), [&](std::string_view end) {
           return whole.ends_with(end);
         });
}

bool UniqueNames::make_unique(std::string& name) {
  const auto [known, is_new] = seen_.try_emplace(name, 1);
  if (is_new) return false;
  // The counter makes this quick for many equal names; the loop is for a real "a.txt (2)".
  std::string candidate;
  do {
    candidate = fmt::format("{} ({})", name, ++known->second);
  } while (seen_.count(candidate) != 0);
  seen_.emplace(candidate, 1);
  name = std::move(candidate);
  return true;
}

}  // namespace rdptriage::container
