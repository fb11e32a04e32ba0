#include "rule/regex_literal.hpp"

#include <algorithm>

namespace rdptriage::rule {

namespace {
using Literals = std::optional<std::vector<std::string>>;

constexpr unsigned kMaxDepth = 32;
constexpr std::size_t kMostLiterals = 64;

std::size_t shortest(const std::vector<std::string>& literals) {
  std::size_t out = std::string::npos;
  for (const std::string& literal : literals) out = std::min(out, literal.size());
  return out;
}

// The one whose worst text tells more.
Literals better(Literals a, Literals b) {
  if (!a || (b && shortest(*b) > shortest(*a))) return b;
  return a;
}

bool is_ascii_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class Reader {
 public:
  explicit Reader(std::string_view expression) : text_(expression) {}

  Literals read() {
    Literals out = alternatives(0);
    return given_up_ || at_ != text_.size() ? std::nullopt : out;
  }

 private:
  bool more() const { return at_ < text_.size() && !given_up_; }

  // Up to the closing bracket or the end. All alternatives must need something.
  Literals alternatives(unsigned depth) {
    Literals out = sequence(depth);
    while (more() && text_[at_] == '|') {
      ++at_;
      Literals next = sequence(depth);
      if (!out || !next || out->size() + next->size() > kMostLiterals) {
        out.reset();
        continue;
      }
      out->insert(out->end(), next->begin(), next->end());
    }
    return out;
  }

  // One alternative: the best of its runs of literal characters and of its groups.
  Literals sequence(unsigned depth) {
    Literals best;
    std::string run;
    const auto end_run = [&] {
      if (!run.empty()) best = better(std::move(best), std::vector<std::string>{run});
      run.clear();
    };
    while (more() && text_[at_] != '|' && text_[at_] != ')') {
      std::string character;
      Literals group;
      switch (text_[at_]) {
        case '(':
          group = read_group(depth);
          break;
        case '[':
          skip_class();
          break;
        case '\\':
          character = read_escape();
          break;
        case '.':
        case '^':
        case '$':
          ++at_;
          break;
        default:
          character = read_character();
      }
      const Repeat repeat = read_repeat();
      if (character.empty()) {
        end_run();
        if (repeat != Repeat::maybe_none) best = better(std::move(best), std::move(group));
        continue;
      }
      if (repeat != Repeat::maybe_none) run += character;
      if (repeat != Repeat::once) end_run();
    }
    end_run();
    return best;
  }

  Literals read_group(unsigned depth) {
    if (depth >= kMaxDepth) {
      given_up_ = true;
      return std::nullopt;
    }
    ++at_;
    if (more() && text_[at_] == '?') {  // (?:…) (?P<name>…) (?i:…) (?i)
      const std::size_t end = text_.find_first_of(":>)", at_);
      if (end == std::string_view::npos) {
        given_up_ = true;
        return std::nullopt;
      }
      at_ = end + 1;
      if (text_[end] == ')') return std::nullopt;  // flags alone; case is ignored anyway
    }
    Literals out = alternatives(depth + 1);
    if (!more() || text_[at_] != ')') {
      given_up_ = true;
      return std::nullopt;
    }
    ++at_;
    return out;
  }

  void skip_class() {
    ++at_;
    if (more() && text_[at_] == '^') ++at_;
    if (more() && text_[at_] == ']') ++at_;  // a bracket that comes first is a member
    while (more() && text_[at_] != ']') {
      if (text_[at_] == '\\') {
        at_ += 2;
      } else if (text_.substr(at_, 2) == "[:") {
        const std::size_t end = text_.find(":]", at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        ++at_;
      }
    }
    if (more()) {
      ++at_;
    } else {
      given_up_ = true;
    }
  }

  // "" for a class, an anchor or anything else that is no character as it stands.
  std::string read_escape() {
    if (at_ + 1 >= text_.size()) {
      given_up_ = true;
      return {};
    }
    const char c = text_[at_ + 1];
    at_ += 2;
    if (!is_ascii_word(c)) return std::string(1, c);
    // Spelled characters and quotations are rare; properties carry a name.
    if (c == 'x' || c == 'Q' || c == 'p' || c == 'P' || (c >= '0' && c <= '9')) given_up_ = true;
    return {};
  }

  std::string read_character() {
    std::size_t length = 1;
    while (at_ + length < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + length]) & 0xC0U) == 0x80U) {
      ++length;
    }
    const std::string out(text_.substr(at_, length));
    at_ += length;
    return out;
  }

  enum class Repeat { once, often, maybe_none };
  Repeat read_repeat() {
    Repeat out = Repeat::once;
    for (;;) {
      const char c = more() ? text_[at_] : '\0';
      if (c == '*' || c == '?') {
        out = Repeat::maybe_none;
        ++at_;
      } else if (c == '+') {
        if (out == Repeat::once) out = Repeat::often;
        ++at_;
      } else if (c == '{') {
        const std::size_t end = text_.find('}', at_);
        if (end == std::string_view::npos) return out;
        const std::string_view counts = text_.substr(at_ + 1, end - at_ - 1);
        const bool is_count = !counts.empty() && counts.front() != ',' &&
                              counts.find_first_not_of("0123456789,") == std::string_view::npos;
        if (!is_count) return out;  // a brace as it stands
        if (counts.front() == '0') {
          out = Repeat::maybe_none;
        } else if (out == Repeat::once) {
          out = Repeat::often;
        }
        at_ = end + 1;
      } else {
        return out;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool given_up_ = false;
};
}  // namespace

std::optional<std::vector<std::string>> required_literals(std::string_view expression) {
  return Reader(expression).read();
}

}  // namespace rdptriage::rule
