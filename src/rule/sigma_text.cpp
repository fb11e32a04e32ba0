#include "rule/sigma_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace rdptriage::rule {

namespace {
void append(SigmaText& out, std::string_view text) {
  if (text.empty()) return;
  if (out.empty() || out.back().kind != TokenKind::text) out.push_back({});
  out.back().text += text;
}

std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  std::size_t length = first < 0xC2    ? 1
                       : first >= 0xF5 ? 1
                       : first >= 0xF0 ? 4
                       : first >= 0xE0 ? 3
                                       : 2;
  if (at + length > text.size()) return 1;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) return 1;
  }
  return length;
}

std::uint32_t code_point_at(std::string_view text, std::size_t at, std::size_t length) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (length == 1) return first;
  std::uint32_t out = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    out = (out << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  return out;
}

// A character of a word, as regular expressions see it; beyond ASCII everything but punctuation.
bool is_word(std::uint32_t c) {
  if (c < 0x80) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  return c >= 0xAA && c != 0xAB && c != 0xBB && c != 0xD7 && c != 0xF7 &&
         !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x3004);
}

// Bytes one token takes at `at`, or nothing.
std::optional<std::size_t> token_at(const Token& token, std::string_view text, std::size_t at) {
  switch (token.kind) {
    case TokenKind::text:
      if (text.compare(at, token.text.size(), token.text) == 0) return token.text.size();
      return std::nullopt;
    case TokenKind::any_one:
      if (at < text.size()) return sequence_length(text, at);
      return std::nullopt;
    case TokenKind::dash:
      for (const std::string_view dash : kDashes) {
        if (text.compare(at, dash.size(), dash) == 0) return dash.size();
      }
      return std::nullopt;
    case TokenKind::any_run:
      break;
  }
  return std::nullopt;
}

// Where a run of tokens without `*` that begins at `at` ends, or nothing.
std::optional<std::size_t> segment_at(const Token* first, const Token* last, std::string_view text,
                                      std::size_t at) {
  for (const Token* token = first; token != last; ++token) {
    const auto length = token_at(*token, text, at);
    if (!length) return std::nullopt;
    at += *length;
  }
  return at;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += sequence_length(text, at)) ++count;
  return count;
}
}  // namespace

SigmaText parse_sigma_text(std::string_view source) {
  SigmaText out;
  for (std::size_t at = 0; at < source.size(); ++at) {
    const char c = source[at];
    if (c == '\\' && at + 1 < source.size() &&
        (source[at + 1] == '*' || source[at + 1] == '?' || source[at + 1] == '\\')) {
      append(out, source.substr(++at, 1));
    } else if (c == '*') {
      if (out.empty() || out.back().kind != TokenKind::any_run)
        out.push_back({TokenKind::any_run, {}});
    } else if (c == '?') {
      out.push_back({TokenKind::any_one, {}});
    } else {
      // Most values are one run of letters.
      const auto next = std::min(source.find_first_of("*?\\", at + 1), source.size());
      append(out, source.substr(at, next - at));
      at = next - 1;
    }
  }
  return out;
}

SigmaText literal_text(std::string_view text) {
  SigmaText out;
  append(out, text);
  return out;
}

bool has_wildcard(const SigmaText& text) {
  return std::any_of(text.begin(), text.end(), [](const Token& token) {
    return token.kind == TokenKind::any_run || token.kind == TokenKind::any_one;
  });
}

std::string plain_text(const SigmaText& text) {
  std::string out;
  for (const Token& token : text) out += token.text;
  return out;
}

void add_wildcard_before(SigmaText& text) {
  if (text.empty() || text.front().kind != TokenKind::any_run) {
    text.insert(text.begin(), Token{TokenKind::any_run, {}});
  }
}

void add_wildcard_after(SigmaText& text) {
  if (text.empty() || text.back().kind != TokenKind::any_run)
    text.push_back({TokenKind::any_run, {}});
}

SigmaText mark_dashes(const SigmaText& text) {
  SigmaText out;
  for (const Token& token : text) {
    if (token.kind != TokenKind::text) {
      out.push_back(token);
      continue;
    }
    // A dash or slash without a word before it and with one behind it: \B[-/]\b.
    bool word_before = false;
    for (std::size_t at = 0; at < token.text.size();) {
      const std::size_t length = sequence_length(token.text, at);
      const char c = token.text[at];
      const std::size_t next = at + length;
      const bool word_after =
          next < token.text.size() &&
          is_word(code_point_at(token.text, next, sequence_length(token.text, next)));
      if ((c == '-' || c == '/') && !word_before && word_after) {
        out.push_back({TokenKind::dash, {}});
      } else {
        append(out, std::string_view(token.text).substr(at, length));
      }
      word_before = is_word(code_point_at(token.text, at, length));
      at = next;
    }
  }
  return out;
}

std::vector<SigmaText> spell_dashes(const SigmaText& text, std::size_t max_dashes) {
  const auto dashes = static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](const Token& t) { return t.kind == TokenKind::dash; }));
  if (dashes > max_dashes) return {};
  std::vector<SigmaText> out(1);
  for (const Token& token : text) {
    if (token.kind != TokenKind::dash) {
      for (SigmaText& spelling : out) {
        if (token.kind == TokenKind::text) {
          append(spelling, token.text);
        } else {
          spelling.push_back(token);
        }
      }
      continue;
    }
    std::vector<SigmaText> more;
    for (const SigmaText& spelling : out) {
      for (const std::string_view dash : kDashes) {
        more.push_back(spelling);
        append(more.back(), dash);
      }
    }
    out = std::move(more);
  }
  return out;
}

std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8U) | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? kAlphabet[(group >> (18 - 6 * i)) & 0x3FU] : '=';
    }
  }
  return out;
}

std::vector<std::string> encode_base64_offsets(std::string_view bytes) {
  // Characters that also hold bits of the unknown neighbors are cut off on either side.
  constexpr std::size_t kCutBefore[] = {0, 2, 3};
  constexpr std::size_t kCutAfter[] = {0, 3, 2};
  std::vector<std::string> out;
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string encoded = encode_base64(std::string(offset, ' ') + std::string(bytes));
    const std::size_t cut = kCutBefore[offset] + kCutAfter[(bytes.size() + offset) % 3];
    out.push_back(encoded.size() > cut ? encoded.substr(kCutBefore[offset], encoded.size() - cut)
                                       : "");
  }
  return out;
}

std::string encode_utf16(std::string_view utf8, Utf16 form) {
  std::string out = form == Utf16::little_with_mark ? "\xFF\xFE" : "";
  const auto put = [&](std::uint32_t unit) {
    const char low = static_cast<char>(unit & 0xFFU),
               high = static_cast<char>((unit >> 8U) & 0xFFU);
    out += form == Utf16::big ? high : low;
    out += form == Utf16::big ? low : high;
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t length = sequence_length(utf8, at);
    const std::uint32_t c = code_point_at(utf8, at, length);
    if (c >= 0x10000) {
      put(0xD800U + ((c - 0x10000U) >> 10U));
      put(0xDC00U + ((c - 0x10000U) & 0x3FFU));
    } else {
      put(c);
    }
    at += length;
  }
  return out;
}

bool matches_tokens(const SigmaText& pattern, std::string_view text) {
  const Token* const begin = pattern.data();
  const Token* const end = begin + pattern.size();
  const auto is_run = [](const Token& token) { return token.kind == TokenKind::any_run; };

  // The part before the first `*` stands at the start.
  const Token* star = std::find_if(begin, end, is_run);
  const auto head = segment_at(begin, star, text, 0);
  if (!head) return false;
  if (star == end) return *head == text.size();
  std::size_t at = *head;

  // The part behind the last `*` stands at the end; it has a fixed number of code points.
  const Token* tail = end;
  while (!is_run(*(tail - 1))) --tail;
  std::size_t tail_start = text.size();
  for (const Token* token = end; token != tail;) {
    --token;
    std::size_t count = token->kind == TokenKind::text ? code_points(token->text) : 1;
    for (; count > 0; --count) {
      if (tail_start == 0) return false;
      std::size_t start = tail_start - 1;
      while (start > 0 && tail_start - start < 4 &&
             (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
        --start;
      }
      if (sequence_length(text, start) != tail_start - start) start = tail_start - 1;
      tail_start = start;
    }
  }
  if (tail_start < at) return false;
  const auto tail_end = segment_at(tail, end, text, tail_start);
  if (!tail_end || *tail_end != text.size()) return false;

  // Every part between two `*` is taken where it first fits.
  const std::string_view middle = text.substr(0, tail_start);
  for (const Token* first = star + 1; first < tail;) {
    const Token* last = std::find_if(first, tail, is_run);
    if (last == tail) break;
    bool found = false;
    for (; at <= middle.size(); ++at) {
      if (first->kind == TokenKind::text) {
        at = middle.find(first->text, at);
        if (at == std::string_view::npos) return false;
      }
      if (const auto stop = segment_at(first, last, middle, at)) {
        at = *stop;
        found = true;
        break;
      }
      if (at < middle.size()) at += sequence_length(middle, at) - 1;
    }
    if (!found) return false;
    first = last + 1;
  }
  return true;
}

}  // namespace rdptriage::rule
