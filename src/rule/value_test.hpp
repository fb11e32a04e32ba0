// One question about one field: the leaf of a rule's condition. `Username|startswith: adm` becomes
// the field name and a ValueTest; values of a list and spellings of a value become several.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/pattern.hpp"
#include "rdptriage/event.hpp"
#include "rdptriage/result.hpp"
#include "rule/decimal.hpp"
#include "rule/sigma_text.hpp"

namespace rdptriage::rule {

enum class TestKind : std::uint8_t {
  any,          // every value that is not null
  equals,       // `text`
  contains,     // …
  starts_with,  // …
  ends_with,    // …
  glob,         // `tokens`
  number,       // the number `text`, as a number or as its canonical text
  is_null,      // a null value, or no such field
  exists,       // the field is there, whatever its value
  absent,       // it is not
  regex,        // `regex`, found anywhere
  cidr,         // an address inside network()
  compare,      // a number for which `op` number() holds
  time_part,    // a time whose `part` stands in relation `op` to number()
  field_ref,    // `relation` holds for some value of the field named `text`
};
enum class CaseMode : std::uint8_t { folded, exact };
enum class CompareOp : std::uint8_t { eq, lt, lte, gt, gte };
enum class TimePart : std::uint8_t { minute, hour, day, week, month, year };
enum class Relation : std::uint8_t { equals, contains, starts_with, ends_with };

struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // v4: the first four
};
struct Network {
  Address address;
  unsigned prefix = 0;
};

// What a value is compared with where that is no text; few tests have one, so it stands apart.
struct Comparand {
  Decimal number;
  Network network;
};

struct ValueTest {
  TestKind kind = TestKind::equals;
  CaseMode case_mode = CaseMode::folded;
  CompareOp op = CompareOp::eq;
  TimePart part = TimePart::minute;
  Relation relation = Relation::equals;
  base::PatternFlags flags = base::PatternFlags::none;
  std::string text;  // folded unless case_mode is exact; the regular expression; the field name
  SigmaText tokens;  // kind glob; folded likewise
  std::shared_ptr<const Comparand> against;    // kinds number, compare, time_part and cidr
  std::shared_ptr<const base::Pattern> regex;  // shared by all rules that use the expression

  const Decimal& number() const { return against->number; }
  const Network& network() const { return against->network; }
  void set_number(Decimal number);
  void set_network(const Network& network);

  // Equal keys ask the same question.
  void append_key(std::string& out) const;
  // The question in words a rule author knows: `startswith 'adm'`.
  std::string describe() const;
};

// The test for a text with wildcards.
ValueTest make_text_test(SigmaText text, CaseMode case_mode);

// Four decimal parts without leading zeros, or IPv6 in any spelling; a zone id is dropped.
std::optional<Address> parse_address(std::string_view text);
// address/prefix without host bits, or a bare address.
Result<Network> parse_network(std::string_view text);
bool contains(const Network& network, const Address& address);

// The part of a time as it is written, whatever its zone; nothing when `text` is no time.
std::optional<unsigned> time_part(std::string_view text, TimePart part);

bool holds(CompareOp op, int order);

// --- the answer for one value, not null --------------------------------------------------------
// `folded` is the value with its case folded. For the kinds any … compare and time_part; the caller
// answers is_null, exists, absent and field_ref, which ask about more than one value.
bool holds_for(const ValueTest& test, std::string_view raw, std::string_view folded,
               ValueKind kind);
bool holds_between(Relation relation, std::string_view left, std::string_view right);

}  // namespace rdptriage::rule
