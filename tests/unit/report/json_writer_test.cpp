#include "report/json_writer.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.hpp"

using rdptriage::Timestamp;
using rdptriage::report::JsonWriter;
using Json = nlohmann::ordered_json;

namespace {
void write_sample(JsonWriter& out) {
  out.begin_object();
  out.member("text", "a \"quoted\" \\ line\nwith\ttabs and \x01");
  out.member("list", std::vector<std::string>{"one", "two"});
  out.member("empty_list", std::vector<std::string>{});
  out.member("empty_object");
  out.begin_object();
  out.end_object();
  out.known("absent", "");
  out.known("absent_number", std::optional<std::uint32_t>());
  out.known("number", std::optional<std::uint32_t>(7));
  out.member("large", std::uint64_t{18446744073709551615U});
  out.member("negative", std::int64_t{-412});
  out.member("score", 0.93);
  out.member("whole", 1.0);
  out.member("none", 0.0);
  out.objects("nested", std::vector<int>{1, 2}, [](JsonWriter& to, int item) {
    to.member("id", static_cast<unsigned>(item));
    to.member("inner");
    to.begin_object();
    to.known("name", "x");
    to.end_object();
  });
  out.end_object();
}

Json sample() {
  return {{"text", "a \"quoted\" \\ line\nwith\ttabs and \x01"},
          {"list", {"one", "two"}},
          {"empty_list", Json::array()},
          {"empty_object", Json::object()},
          {"number", 7},
          {"large", 18446744073709551615U},
          {"negative", -412},
          {"score", 0.93},
          {"whole", 1.0},
          {"none", 0.0},
          {"nested",
           {{{"id", 1}, {"inner", {{"name", "x"}}}}, {{"id", 2}, {"inner", {{"name", "x"}}}}}}};
}
}  // namespace

TEST_CASE("json writer: both layouts are those that a JSON library writes") {
  JsonWriter indented(JsonWriter::Layout::indented), one_line(JsonWriter::Layout::one_line);
  write_sample(indented);
  write_sample(one_line);
  CHECK(indented.text() == sample().dump(2));
  CHECK(one_line.text() == sample().dump());
}

TEST_CASE("json writer: whatever a log held, the document can be read") {
  for (const std::string text : {"\xFF\xFE", "cut \xE2\x82", "\xC0\x80", "\xED\xA0\x80",
                                 "ok \xE2\x82\xAC", "\x7F\x1B[31m"}) {
    JsonWriter out(JsonWriter::Layout::one_line);
    out.begin_object();
    out.member(text, text);
    out.end_object();
    const Json read = Json::parse(out.text(), nullptr, false);
    INFO(out.text());
    REQUIRE(read.is_object());
    CHECK(read.begin().key() == read.begin().value().get<std::string>());
  }
  JsonWriter out(JsonWriter::Layout::one_line);
  out.value(
      "a\xFF"
      "b");
  CHECK(out.text() ==
        "\"a\xEF\xBF\xBD"
        "b\"");
}
