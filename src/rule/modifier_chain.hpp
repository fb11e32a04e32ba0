// The modifiers of Sigma: which there are, and which may follow which. What they do to a value is
// the item parser's business.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

enum class Modifier : std::uint8_t {
  contains,
  startswith,
  endswith,
  all,
  cased,
  neq,
  re,
  i,
  m,
  s,
  cidr,
  base64,
  base64offset,
  utf16le,
  utf16be,
  utf16,
  windash,
  exists,
  lt,
  lte,
  gt,
  gte,
  minute,
  hour,
  day,
  week,
  month,
  year,
  fieldref,
  expand,
};

struct UsedModifier {
  Modifier modifier;
  std::string_view name;  // as written
  base::SourceMark mark;
};

// What the value is at this point of the chain.
enum class Form : std::uint8_t { text, regex, bytes, cidr, compare, time, fieldref, exists };

// The modifiers of an item and what they come to.
struct Chain {
  std::vector<UsedModifier> modifiers;
  Form form = Form::text;  // after the last modifier
  CaseMode case_mode = CaseMode::folded;
  base::PatternFlags flags = base::PatternFlags::none;
  CompareOp op = CompareOp::eq;
  TimePart part = TimePart::minute;
  Relation relation = Relation::equals;
  bool expand = false;
  bool anchored = false;     // contains, startswith or endswith was said
  bool shapes_text = false;  // some modifier works on the text, so numbers and booleans are text
};

struct Refusal {
  std::string message, help;
};

// Nothing when there is no such modifier.
std::optional<Modifier> find_modifier(std::string_view name);
// Every modifier, for messages and documentation.
std::span<const std::string_view> modifier_names();

// Adds what `used` means to `chain` and `item`, or says why it cannot stand behind what is there.
// REQUIRES: `chain.modifiers` already holds all modifiers of the item.
std::optional<Refusal> extend(Chain& chain, const UsedModifier& used, Item& item);

}  // namespace rdptriage::rule
