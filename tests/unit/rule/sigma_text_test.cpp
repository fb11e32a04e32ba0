#include "rule/sigma_text.hpp"

#include "support/catch.hpp"

using namespace rdptriage::rule;

namespace {
std::string dump(const SigmaText& text) {
  std::string out;
  for (const Token& token : text) {
    out += token.kind == TokenKind::any_run   ? "<*>"
           : token.kind == TokenKind::any_one ? "<?>"
           : token.kind == TokenKind::dash    ? "<->"
                                              : token.text;
  }
  return out;
}
}  // namespace

TEST_CASE("sigma text: wildcards and escapes") {
  struct Case {
    const char* source;
    const char* tokens;
  };
  constexpr Case kCases[] = {
      {"a*b?c", "a<*>b<?>c"},
      {R"(a\*b)", "a*b"},
      {R"(dir\\*)", R"(dir\<*>)"},
      {R"(dir\\\*)", R"(dir\*)"},
      {R"(\\\server)", R"(\\server)"},
      {R"(\\\\server)", R"(\\server)"},
      {R"(x\)", R"(x\)"},
      {R"(x\\)", R"(x\)"},
      {R"(C:\Temp)", R"(C:\Temp)"},
      {"a**b", "a<*>b"},
      {"", ""},
  };
  for (const Case& c : kCases) {
    INFO(c.source);
    CHECK(dump(parse_sigma_text(c.source)) == c.tokens);
  }
}

TEST_CASE("sigma text: patterns match whole values") {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  constexpr Case kCases[] = {
      {"a*b?c", "abxc", true},   {"a*b?c", "abc", false},
      {"a*b?c", "a\nbxc", true}, {"?", "ä", true},
      {"?", "", false},          {"??", "ä", false},
      {"*?ö", "xäö", true},      {"*ä?", "äx", true},
      {"a*a", "a", false},       {"a*a", "aa", true},
      {"*ab*ab*", "abab", true}, {"*ab*ab*", "aba", false},
      {"x*y*", "xzy", true},     {"*", "", true},
      {"?*", "", false},         {"*a?c*", "abbabc", true},
      {"a?*?z", "abcz", true},   {"a?*?z", "abz", false},
      {"*?*?*", "a", false},     {"*?*?*", "ab", true},
      {"*.exe", "x.EXE", false}, {"", "", true},
      {"", "a", false},          {"?", "\xFF", true},
  };
  for (const Case& c : kCases) {
    INFO(c.pattern << " on " << c.text);
    CHECK(matches_tokens(parse_sigma_text(c.pattern), c.text) == c.matches);
  }
}

TEST_CASE("sigma text: windash marks dashes that may start an option") {
  struct Case {
    const char* source;
    const char* tokens;
  };
  constexpr Case kCases[] = {
      {" -param", " <->param"},
      {"/v:", "<->v:"},
      {" -param-name", " <->param-name"},
      {"--x", "-<->x"},
      {"a-b", "a-b"},
      {"- ", "- "},
      {"-", "-"},
      {"*-x", "<*><->x"},
      {"-ü", "<->ü"},
      {"ü-x", "ü-x"},
  };
  for (const Case& c : kCases) {
    INFO(c.source);
    CHECK(dump(mark_dashes(parse_sigma_text(c.source))) == c.tokens);
  }
  CHECK(spell_dashes(mark_dashes(parse_sigma_text("-a -b")), 4).size() == 25);
  CHECK(spell_dashes(mark_dashes(parse_sigma_text("-a -b")), 1).empty());
  CHECK(matches_tokens(mark_dashes(parse_sigma_text("*-x*")), "a \xE2\x80\x95x"));
}

TEST_CASE("sigma text: Base64 at three alignments, by bytes") {
  CHECK(encode_base64("ping 1") == "cGluZyAx");
  CHECK(encode_base64("mstsc") == "bXN0c2M=");
  CHECK(encode_base64("") == "");
  CHECK(encode_base64_offsets("foobar") ==
        std::vector<std::string>{"Zm9vYmFy", "Zvb2Jhc", "mb29iYX"});
  // Whatever stands before and behind, one of the three is found.
  for (const std::string value : {"äö", "abc", "abcd", "abcde"}) {
    for (std::size_t before = 0; before < 4; ++before) {
      const std::string encoded = encode_base64(std::string(before, '#') + value + "!!");
      bool found = false;
      for (const std::string& part : encode_base64_offsets(value)) {
        found = found || (!part.empty() && encoded.find(part) != std::string::npos);
      }
      CHECK(found);
    }
  }
  CHECK(encode_utf16("a\xF0\x9F\x98\x80", Utf16::big) == std::string("\0a\xD8\x3D\xDE\x00", 6));
  CHECK(encode_utf16("a", Utf16::little_with_mark) == std::string("\xFF\xFE"
                                                                  "a\0",
                                                                  4));
}
