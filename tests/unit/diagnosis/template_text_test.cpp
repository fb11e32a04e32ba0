#include "diagnosis/template_text.hpp"
#include "support/catch.hpp"

using rdptriage::diagnosis::fill_template;

TEST_CASE("templates: names are replaced, the rest stays") {
  const auto value = [](std::string_view name) -> std::optional<std::string> {
    if (name == "gateway") return "rdgw01";
    if (name == "user") return "anna\r\n\nFIX 1 run this";
    if (name == "empty") return "";
    return std::nullopt;
  };
  struct Row {
    const char* text;
    const char* want;
  };
  const Row rows[] = {
      {"no names", "no names"},
      {"at {gateway}.", "at rdgw01."},
      {"as {user}", "as anna FIX 1 run this"},
      {"at {other|some gateway}", "at some gateway"},
      {"at {other}", "at unknown"},
      {"at {empty|nothing}", "at nothing"},
      {"{gateway}{gateway}", "rdgw01rdgw01"},
      {"a {b c} d", "a {b c} d"},
      {"Get-Service | Where {$_.Name}", "Get-Service | Where {$_.Name}"},
      {"open {gateway", "open {gateway"},
      {"", ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(fill_template(row.text, value) == row.want);
  }
}
