#include "diagnosis/code_table.hpp"

#include <set>

#include "pipeline/code_index.hpp"
#include "support/catch.hpp"

namespace rdptriage::diagnosis {
namespace {

TEST_CASE("codes are read in every form that tools print") {
  struct Case {
    std::string_view text;
    std::optional<std::uint32_t> want;
  };
  const Case cases[] = {
      {"0x904", 0x904},
      {"0X0A07", 0xA07},
      {"2308", 2308},
      {"-1073741715", 0xC000006D},
      {"-2147483648", 0x80000000},
      {"0xffffffff80090016", 0x80090016},
      {"", std::nullopt},
      {"0x", std::nullopt},
      {"-", std::nullopt},
      {"-0x1", std::nullopt},
      {"12a", std::nullopt},
      {"0x1ffffffff", std::nullopt},
      {"-2147483649", std::nullopt},
      {"99999999999999999999999", std::nullopt},
  };
  for (const Case& row : cases) {
    INFO(row.text);
    CHECK(parse_code(row.text) == row.want);
  }
}

TEST_CASE("a code table with a mistake names the place") {
  const std::string start =
      "table: t\nformat: 1\nkind: code\nnotation: hex\ntitle: x\nshown_by: y\ncodes:\n";
  struct Case {
    std::string rows;
    unsigned line;
  };
  const Case cases[] = {
      {"    - code: 0x1\n", 8},                                       // no meaning
      {"    - code: 0x1\n      meaning: m\n      cause: a.b\n", 10},  // key mistyped
      {"    - code: 1z\n      meaning: m\n", 8},
      {"    - code: 0x1\n      meaning: m\n      source: rumor\n", 10},
      {"    - code: 0x5\n      to: 0x5\n      meaning: m\n", 9},  // a range of nothing
  };
  for (const Case& row : cases) {
    INFO(row.rows);
    const std::string text = start + row.rows;
    const auto table = parse_code_table({"t.yml", text});
    REQUIRE_FALSE(table);
    CHECK(table.error().code == "P081");
    CHECK(table.error().line == row.line);
  }
}

TEST_CASE("a claim with a mistake names the place") {
  struct Case {
    std::string text;
    unsigned line;
  };
  const std::string good =
      "    - id: a\n      claim: c\n      about: [t:1]\n      verdict: verified\n";
  CHECK(parse_claims({"claims.yml", "claims:\n" + good + "      correction: x\n"}).has_value());
  const Case cases[] = {
      {good, 2},                                           // no correction
      {good + "      correction: x\n      term: y\n", 7},  // key mistyped
      {good + "      correction: x\n      harmful: maybe\n", 7},
      {"    - id: a\n      verdict: true\n", 3},
  };
  for (const Case& row : cases) {
    INFO(row.text);
    const std::string text = "claims:\n" + row.text;
    const auto claims = parse_claims({"claims.yml", text});
    REQUIRE_FALSE(claims);
    CHECK(claims.error().code == "P081");
    CHECK(claims.error().line == row.line);
  }
}

TEST_CASE("every table of the pack parses, and its codes are written in one way") {
  std::size_t files = 0;
  for (const pipeline::PackFile& file : pipeline::embedded_pack()) {
    if (!file.path.starts_with("codes/") || file.path == "codes/claims.yml") continue;
    ++files;
    INFO(file.path);
    const auto table = parse_code_table({file.path, file.text});
    if (!table) FAIL(table.error().text);
    CHECK(file.path == "codes/" + table->id + ".yml");
    CHECK_FALSE(table->sources.empty());
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (const CodeRow& row : table->rows) {
      for (const std::string& cause : row.causes) {
        INFO(cause);
        const pipeline::PackFile* found = pipeline::cause_file(cause);
        REQUIRE(found != nullptr);
        CHECK_FALSE(pipeline::cause_title(*found).empty());
      }
      if (table->kind == "term") {
        CHECK_FALSE(row.names.empty());
        continue;
      }
      // The index of the tables finds a code by this spelling.
      const std::string code = format_code(row.code, table->notation);
      INFO(code);
      CHECK(file.text.find("code: " + code + '\n') != std::string_view::npos);
      CHECK(seen.emplace(row.code, row.second.value_or(0)).second);
    }
  }
  CHECK(files >= 20);
}

TEST_CASE("every claim is about codes and causes that exist") {
  CHECK(pipeline::all_claims().size() > 20);
  for (const Claim& claim : pipeline::all_claims()) {
    INFO(claim.check.claim);
    CHECK((claim.check.verdict == "verified" || claim.check.verdict == "corrected" ||
           claim.check.verdict == "unsupported" || claim.check.verdict == "irrelevant"));
    for (const std::string& about : claim.about) {
      INFO(about);
      const std::size_t colon = about.find(':');
      REQUIRE(colon != std::string::npos);
      if (about.starts_with("cause:")) {
        CHECK(pipeline::cause_file(about.substr(colon + 1)) != nullptr);
        continue;
      }
      const auto table = pipeline::table_of(about.substr(0, colon));
      REQUIRE(table);
      const std::string code = about.substr(colon + 1);
      const bool is_known =
          std::any_of(table->rows.begin(), table->rows.end(), [&](const CodeRow& row) {
            std::string shown = format_code(row.code, table->notation);
            if (row.second) shown += '/' + format_code(*row.second, table->notation);
            return shown == code;
          });
      CHECK(is_known);
    }
  }
}

}  // namespace
}  // namespace rdptriage::diagnosis
