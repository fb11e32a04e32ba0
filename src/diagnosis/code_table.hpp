// Code tables and checked claims: the files of rules/codes/ (docs/rule-format.md, "Code tables").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/problem.hpp"
#include "rdptriage/explain.hpp"

namespace rdptriage::diagnosis {

enum class Notation : std::uint8_t {
  decimal,
  hex,   // 0x904, as short as it gets
  hex8,  // 0x800759db, always eight digits
};

struct CodeRow {
  std::uint32_t code = 0;
  std::optional<std::uint32_t> to;      // last code of a range that one row stands for
  std::optional<std::uint32_t> second;  // of a pair
  std::vector<std::uint32_t> also;      // other numbers for the same thing
  std::vector<std::string> names, causes;
  std::string meaning, look_at, note, grade;
  bool failure = true;
};

struct CodeTable {
  std::string id;
  std::string kind;  // "code", "event", "http", "pair"; "term": rows have names and no code
  std::string title, provider, channel, shown_by, look_at;
  Notation notation = Notation::hex;
  bool decimal_too = false;  // logs show these hexadecimal codes in decimal as well
  std::vector<std::string> sources;
  std::vector<CodeRow> rows;
};

struct Claim {
  std::vector<std::string> about;  // "table:code", "pairs:code/second", "cause:id"
  std::vector<std::string> terms;  // words that people ask for: "MachineKeys"
  std::vector<std::string> never;  // expressions that no step of a cause may contain
  ClaimCheck check;
};

// Whether the row is that of the code itself, by one of its numbers.
bool is_code_of(const CodeRow& row, std::uint32_t code);
// Whether the code lies in the range that the row stands for.
bool is_in_range_of(const CodeRow& row, std::uint32_t code);

// "0x904" or "2308", also negative as signed 32-bit tools print it. Nothing when it is no number of
// 32 bits.
std::optional<std::uint32_t> parse_code(std::string_view text);
std::string format_code(std::uint32_t code, Notation notation);

// Problem P081: a key or value that a code table cannot have, with its place.
tl::expected<CodeTable, Problem> parse_code_table(const base::SourceText& source);
tl::expected<std::vector<Claim>, Problem> parse_claims(const base::SourceText& source);

}  // namespace rdptriage::diagnosis
