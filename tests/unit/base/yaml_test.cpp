#include "base/yaml.hpp"

#include <string>

#include "support/catch.hpp"

using namespace rdptriage;
using namespace rdptriage::base;

namespace {
YamlNode parse_one(std::string_view text) {
  auto documents = parse_yaml({"r.yml", text});
  INFO((documents ? std::string() : documents.error().text));
  REQUIRE(documents);
  REQUIRE(documents->size() == 1);
  return std::move(documents->front());
}

Problem refuse(const std::string& text, const YamlLimits& limits = {}) {
  auto documents = parse_yaml({"r.yml", text}, limits);
  REQUIRE_FALSE(documents);
  return documents.error();
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}
}  // namespace

TEST_CASE("yaml: every node knows its line and column") {
  const YamlNode root = parse_one("title: a rule\ndetection:\n  s:\n    - F: 'x'\n");
  CHECK(root.find("title")->line == 1);
  CHECK(root.find("title")->column == 8);
  CHECK(root.find("title")->length == 6);
  const YamlNode& item = root.find("detection")->find("s")->items[0];
  CHECK(item.line == 4);
  CHECK(item.column == 7);
  CHECK(item.find("F")->column == 10);
  CHECK(item.find_key("F")->column == 7);
  CHECK(root.find("absent") == nullptr);
  CHECK(root.text_of("title") == "a rule");
}

TEST_CASE("yaml: scalars are what they look like, and keep their text") {
  struct Case {
    const char* text;
    YamlType type;
  };
  constexpr Case kCases[] = {
      {"5", YamlType::number},    {"-5", YamlType::number},       {"0", YamlType::number},
      {"1.50", YamlType::number}, {"1e3", YamlType::number},      {"00000429", YamlType::text},
      {"0x17", YamlType::text},   {"+5", YamlType::text},         {".5", YamlType::text},
      {"5.", YamlType::text},     {"1_000", YamlType::text},      {"yes", YamlType::text},
      {"on", YamlType::text},     {"true", YamlType::boolean},    {"False", YamlType::boolean},
      {"tRue", YamlType::text},   {"null", YamlType::null},       {"~", YamlType::null},
      {"nil", YamlType::text},    {"2026-11-20", YamlType::text}, {".inf", YamlType::text},
      {"'5'", YamlType::text},    {"\"true\"", YamlType::text},   {"0o17", YamlType::text},
  };
  for (const Case& c : kCases) {
    INFO(c.text);
    const YamlNode root = parse_one(std::string("v: ") + c.text + "\n");
    CHECK(root.find("v")->type() == c.type);
    if (root.find("v")->style == YamlStyle::plain) CHECK(root.find("v")->text == c.text);
  }
  CHECK(parse_one("v:\n").find("v")->is_null());
  CHECK(parse_one("v: 42\n").find("v")->integer() == 42);
  CHECK_FALSE(parse_one("v: 99999999999999999999\n").find("v")->integer());
  CHECK(parse_one("v: False\n").find("v")->boolean() == false);
  CHECK(parse_one("v: !!str 5\n").find("v")->type() == YamlType::text);
}

TEST_CASE("yaml: a stream of documents, empty ones left out; JSON is YAML too") {
  const auto documents = parse_yaml({"r.yml", "---\na: 1\n---\n---\nb: 2\n...\n"});
  REQUIRE(documents);
  REQUIRE(documents->size() == 2);
  CHECK((*documents)[1].text_of("b") == "2");
  CHECK(parse_one("{\"a\": [1, {\"b\": null}]}").find("a")->items[1].find("b")->is_null());
  CHECK(parse_yaml({"r.yml", ""})->empty());
  CHECK(parse_one("\xEF\xBB\xBF"
                  "a: 1\n")
            .text_of("a") == "1");
}

TEST_CASE("yaml: what rule files may not use is refused with its place") {
  struct Case {
    const char* name;
    std::string text;
    const char* code;
    unsigned line, column;
  };
  const Case cases[] = {
      {"alias", "a: &x 1\nb: *x\n", "P003", 1, 4},
      {"alias without anchor", "b: *x\n", "P003", 1, 4},
      {"anchor on a map", "a: &x\n  b: 1\n", "P003", 1, 4},
      {"merge key", "a:\n  <<: {b: 1}\n", "P003", 2, 3},
      {"tag", "a: !!python/object:os.system x\n", "P003", 1, 4},
      {"own tag", "a: !thing x\n", "P003", 1, 4},
      {"tag that lies", "a: !!int x\n", "P003", 1, 4},
      {"repeated key", "a: 1\nb: 2\na: 3\n", "P004", 3, 1},
      {"repeated key in quotes", "a: 1\n'a': 3\n", "P004", 2, 1},
      {"map as key", "{a: 1}: 2\n", "P003", 1, 1},
      {"tab as indentation", "a:\n\tb: 1\n", "P001", 2, 1},
      {"unbalanced bracket", "a: [1, 2\nb: 3\n", "P001", 2, 2},
      {"colon in a plain value", "a: b: c\n", "P001", 1, 5},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "a\0:\0",
                   6),
       "P001", 1, 1},
      {"broken UTF-8", "a: 1\nb: \xC3\x28\n", "P001", 2, 5},
      {"control character", "a: \x01\n", "P001", 1, 4},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const Problem problem = refuse(c.text);
    INFO(problem.text);
    CHECK(problem.code == c.code);
    CHECK(problem.line == c.line);
    CHECK(problem.column == c.column);
  }
}

TEST_CASE("yaml: hostile sizes meet a limit, not the memory") {
  CHECK(refuse(repeat("[", 200'000)).code == "P002");
  std::string deep;
  for (std::size_t i = 0; i < 200; ++i) deep += std::string(i, ' ') + "a:\n";
  CHECK(refuse(deep).code == "P002");
  CHECK(parse_yaml({"r.yml", repeat("[", 64) + repeat("]", 64)}));
  CHECK(refuse(repeat("[", 65) + repeat("]", 65)).code == "P002");
  CHECK(refuse("a: " + repeat("x", 65'537)).code == "P002");
  CHECK(parse_yaml({"r.yml", "a: " + repeat("x", 65'536)}));
  CHECK(refuse(repeat("- 1\n", 100'001)).code == "P002");
  CHECK(refuse(repeat("--- 1\n", 1001)).code == "P002");
  CHECK(refuse(std::string((1 << 20) + 1, ' ')).code == "P002");
  std::string keys;
  for (int i = 0; i < 20'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  CHECK(parse_yaml({"r.yml", keys}));  // no quadratic search for repeated keys
  const Problem again = refuse(keys + "k7: 1\n");
  CHECK(again.code == "P004");
  CHECK(again.line == 20'001);
}

TEST_CASE("yaml: a problem shows the line and the mark") {
  const std::string text = "title: x\ndetection:\n  sel: 1\n  sel: 2\n";
  CHECK(refuse(text).text ==
        "problem[P004]: the key `sel` stands twice in this map\n"
        " --> r.yml:4:3\n"
        "  |\n"
        "4 |   sel: 2\n"
        "  |   ^^^ first on line 3\n"
        "  = help: keep one of them; several values of one key are a list\n");
}

TEST_CASE("problem: long lines are cut around the mark, control characters do not pass") {
  const std::string line = std::string(300, 'a') + "\x1b[31mX" + std::string(300, 'b');
  const Problem problem = make_problem("P001", {"f", line}, SourceMark{1, 306, 1}, "m\x1b", "here");
  CHECK(problem.text.find('\x1b') == std::string::npos);
  CHECK(problem.text.find("…") != std::string::npos);
  CHECK(problem.text.size() < 400);
  CHECK(problem.text.find("^ here") != std::string::npos);
}
