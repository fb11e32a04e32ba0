#include "rule/value_test.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/case_fold.hpp"
#include "base/time.hpp"

namespace rdptriage::rule {

namespace {
bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && text.compare(0, prefix.size(), prefix) == 0;
}
bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::optional<Address> parse_v4(std::string_view text) {
  Address out;
  std::size_t at = 0;
  for (std::size_t part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
    const std::size_t from = at;
    unsigned value = 0;
    while (at < text.size() && at - from < 4 && text[at] >= '0' && text[at] <= '9') {
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    const std::size_t digits = at - from;
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[from] == '0'))
      return std::nullopt;
    out.bytes[part] = static_cast<std::uint8_t>(value);
  }
  if (at != text.size()) return std::nullopt;
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Address> parse_v6(std::string_view text) {
  text = text.substr(0, text.find('%'));
  Address out;
  out.v6 = true;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  std::size_t at = 0;
  if (starts_with(text, "::")) {
    gap = 0;
    at = 2;
  } else if (starts_with(text, ":")) {
    return std::nullopt;
  }
  bool want_group = at == 0;
  while (at < text.size()) {
    const std::size_t end = text.find(':', at);
    const std::string_view group = text.substr(at, end == std::string_view::npos ? end : end - at);
    if (group.find('.') != std::string_view::npos) {  // ::ffff:10.0.0.1
      const auto v4 = parse_v4(group);
      if (!v4 || end != std::string_view::npos || count + 4 > 16) return std::nullopt;
      for (std::size_t i = 0; i < 4; ++i) bytes[count++] = v4->bytes[i];
      want_group = false;
      at = text.size();
      break;
    }
    if (group.empty() || group.size() > 4 || count + 2 > 16) return std::nullopt;
    unsigned value = 0;
    for (const char c : group) {
      const int digit = hex_digit(c);
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<unsigned>(digit);
    }
    bytes[count++] = static_cast<std::uint8_t>(value >> 8U);
    bytes[count++] = static_cast<std::uint8_t>(value & 0xFFU);
    want_group = false;
    at += group.size();
    if (at == text.size()) break;
    ++at;  // the colon
    want_group = true;
    if (at < text.size() && text[at] == ':') {
      if (gap) return std::nullopt;
      gap = count;
      ++at;
      want_group = false;
    }
  }
  if (want_group) return std::nullopt;
  if (gap ? count > 14 : count != 16) return std::nullopt;
  const std::size_t head = gap.value_or(count);
  for (std::size_t i = 0; i < head; ++i) out.bytes[i] = bytes[i];
  for (std::size_t i = head; i < count; ++i) out.bytes[16 - count + i] = bytes[i];
  return out;
}

std::string fold_tokens_key(const SigmaText& tokens) {
  std::string out;
  for (const Token& token : tokens) {
    out += static_cast<char>('0' + static_cast<int>(token.kind));
    out += token.text;
    out += '\0';
  }
  return out;
}

std::string_view op_word(CompareOp op) {
  constexpr std::string_view kWords[] = {"=", "lt", "lte", "gt", "gte"};
  return kWords[static_cast<std::size_t>(op)];
}

std::string written(const SigmaText& tokens) {
  std::string out;
  for (const Token& token : tokens) {
    switch (token.kind) {
      case TokenKind::text:
        out += token.text;
        break;
      case TokenKind::any_run:
        out += '*';
        break;
      case TokenKind::any_one:
        out += '?';
        break;
      case TokenKind::dash:
        out += "{-/}";
        break;
    }
  }
  return out;
}
}  // namespace

void ValueTest::set_number(Decimal number) {
  against = std::make_shared<const Comparand>(Comparand{std::move(number), {}});
}

void ValueTest::set_network(const Network& network) {
  against = std::make_shared<const Comparand>(Comparand{{}, network});
}

void ValueTest::append_key(std::string& out) const {
  for (const unsigned member : {static_cast<unsigned>(kind), static_cast<unsigned>(case_mode),
                                static_cast<unsigned>(op), static_cast<unsigned>(part),
                                static_cast<unsigned>(relation), static_cast<unsigned>(flags)}) {
    out += static_cast<char>(65 + member);
  }
  switch (kind) {
    case TestKind::glob:
      out += fold_tokens_key(tokens);
      break;
    case TestKind::compare:
    case TestKind::time_part:
      out += number().canonical();
      break;
    default:
      out += text;
  }
}

ValueTest make_text_test(SigmaText text, CaseMode case_mode) {
  ValueTest out;
  out.case_mode = case_mode;
  if (case_mode == CaseMode::folded) {
    for (Token& token : text) token.text = base::fold_case(token.text);
  }
  const auto is = [&](std::size_t at, TokenKind kind) { return text[at].kind == kind; };
  if (text.empty()) {
    out.kind = TestKind::equals;
  } else if (text.size() == 1 && is(0, TokenKind::text)) {
    out.kind = TestKind::equals;
    out.text = std::move(text[0].text);
  } else if (text.size() == 1 && is(0, TokenKind::any_run)) {
    out.kind = TestKind::any;
  } else if (text.size() == 2 && is(0, TokenKind::text) && is(1, TokenKind::any_run)) {
    out.kind = TestKind::starts_with;
    out.text = std::move(text[0].text);
  } else if (text.size() == 2 && is(0, TokenKind::any_run) && is(1, TokenKind::text)) {
    out.kind = TestKind::ends_with;
    out.text = std::move(text[1].text);
  } else if (text.size() == 3 && is(0, TokenKind::any_run) && is(1, TokenKind::text) &&
             is(2, TokenKind::any_run)) {
    out.kind = TestKind::contains;
    out.text = std::move(text[1].text);
  } else {
    out.kind = TestKind::glob;
    out.tokens = std::move(text);
  }
  return out;
}

std::string ValueTest::describe() const {
  constexpr std::string_view kParts[] = {"minute", "hour", "day", "week", "month", "year"};
  constexpr std::string_view kRelations[] = {"equals", "contains", "startswith", "endswith"};
  const std::string_view cased = case_mode == CaseMode::exact ? " (cased)" : "";
  switch (kind) {
    case TestKind::any:
      return "has a value";
    case TestKind::equals:
      return fmt::format("equals '{}'{}", text, cased);
    case TestKind::contains:
      return fmt::format("contains '{}'{}", text, cased);
    case TestKind::starts_with:
      return fmt::format("startswith '{}'{}", text, cased);
    case TestKind::ends_with:
      return fmt::format("endswith '{}'{}", text, cased);
    case TestKind::glob:
      return fmt::format("matches '{}'{}", written(tokens), cased);
    case TestKind::number:
      return fmt::format("equals {}", text);
    case TestKind::is_null:
      return "is null";
    case TestKind::exists:
      return "exists";
    case TestKind::absent:
      return "does not exist";
    case TestKind::regex:
      return fmt::format("re '{}'", text);
    case TestKind::cidr:
      return fmt::format("cidr {}", text);
    case TestKind::compare:
      return fmt::format("{} {}", op_word(op), number().canonical());
    case TestKind::time_part:
      return fmt::format("{} {} {}", kParts[static_cast<std::size_t>(part)], op_word(op),
                         number().canonical());
    case TestKind::field_ref:
      return fmt::format("{} the field {}{}", kRelations[static_cast<std::size_t>(relation)], text,
                         cased);
  }
  return {};
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() > 128) return std::nullopt;
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

Result<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address || text.find('%') != std::string_view::npos) {
    return fail("CIDR_INVALID", "not an IPv4 or IPv6 network", {},
                "write it as 10.0.0.0/8 or fe80::/10");
  }
  Network out;
  out.address = *address;
  const unsigned bits = address->v6 ? 128 : 32;
  out.prefix = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    if (digits.empty() || digits.size() > 3 ||
        digits.find_first_not_of("0123456789") != std::string_view::npos) {
      return fail("CIDR_INVALID", "the prefix length is not a number", {},
                  "write it as 10.0.0.0/8 or fe80::/10");
    }
    unsigned prefix = 0;
    for (const char c : digits) prefix = prefix * 10 + static_cast<unsigned>(c - '0');
    if (prefix > bits) {
      return fail("CIDR_INVALID", fmt::format("the prefix length is beyond {}", bits), {},
                  "write it as 10.0.0.0/8 or fe80::/10");
    }
    out.prefix = prefix;
  }
  for (unsigned bit = out.prefix; bit < bits; ++bit) {
    if ((out.address.bytes[bit / 8] & (0x80U >> (bit % 8))) != 0) {
      return fail("CIDR_INVALID", "the address has bits set beyond the prefix", {},
                  "clear the host bits: 10.0.0.0/8, not 10.0.0.1/8");
    }
  }
  return out;
}

bool contains(const Network& network, const Address& address) {
  if (network.address.v6 != address.v6) return false;
  const std::size_t whole = network.prefix / 8;
  for (std::size_t i = 0; i < whole; ++i) {
    if (network.address.bytes[i] != address.bytes[i]) return false;
  }
  const unsigned rest = network.prefix % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xFFU << (8 - rest);
  return ((network.address.bytes[whole] ^ address.bytes[whole]) & mask & 0xFFU) == 0;
}

std::optional<unsigned> time_part(std::string_view text, TimePart part) {
  // The zone is cut off first: the parts are those that the text shows.
  constexpr std::size_t kDateAndHour = 13;
  if (text.size() < kDateAndHour) return std::nullopt;
  const auto parsed = base::parse_iso8601(text);
  if (!parsed) return std::nullopt;
  const auto zone = text.find_first_of("Zz+-", kDateAndHour);
  const auto local = base::parse_iso8601(text.substr(0, zone));
  if (!local) return std::nullopt;
  const base::CivilTime civil = base::civil_from_ticks(local->ticks);
  switch (part) {
    case TimePart::minute:
      return civil.minute;
    case TimePart::hour:
      return civil.hour;
    case TimePart::day:
      return civil.day;
    case TimePart::month:
      return civil.month;
    case TimePart::year:
      return static_cast<unsigned>(civil.year);
    case TimePart::week: {
      // ISO 8601: the week of a day is the week of its Thursday. 1601-01-01 was a Monday.
      constexpr std::int64_t kDay = 86'400 * base::kTicksPerSecond;
      const std::int64_t days = local->ticks / kDay - (local->ticks % kDay < 0 ? 1 : 0);
      const std::int64_t weekday = ((days % 7) + 7) % 7;  // 0 is Monday
      const std::int64_t thursday = days - weekday + 3;
      base::CivilTime january;
      january.year = base::civil_from_ticks(thursday * kDay).year;
      const auto first = base::ticks_from_civil(january);
      if (!first) return std::nullopt;
      return static_cast<unsigned>((thursday - *first / kDay) / 7 + 1);
    }
  }
  return std::nullopt;
}

bool holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::eq:
      return order == 0;
    case CompareOp::lt:
      return order < 0;
    case CompareOp::lte:
      return order <= 0;
    case CompareOp::gt:
      return order > 0;
    case CompareOp::gte:
      return order >= 0;
  }
  return false;
}

bool holds_for(const ValueTest& test, std::string_view raw, std::string_view folded,
               ValueKind kind) {
  const std::string_view text = test.case_mode == CaseMode::exact ? raw : folded;
  switch (test.kind) {
    case TestKind::any:
      return true;
    case TestKind::equals:
      return text == test.text;
    case TestKind::contains:
      return text.find(test.text) != std::string_view::npos;
    case TestKind::starts_with:
      return starts_with(text, test.text);
    case TestKind::ends_with:
      return ends_with(text, test.text);
    case TestKind::glob:
      return matches_tokens(test.tokens, text);
    case TestKind::number: {
      if (raw == test.text) return true;
      if (kind != ValueKind::number) return false;
      const auto number = parse_decimal(raw, Exponent::allowed);
      return number && compare(*number, test.number()) == 0;
    }
    case TestKind::regex:
      return test.regex->search(raw);
    case TestKind::cidr: {
      const auto address = parse_address(raw);
      return address && contains(test.network(), *address);
    }
    case TestKind::compare: {
      const auto number =
          parse_decimal(raw, kind == ValueKind::number ? Exponent::allowed : Exponent::refused);
      return number && holds(test.op, compare(*number, test.number()));
    }
    case TestKind::time_part: {
      const auto part = time_part(raw, test.part);
      if (!part) return false;
      Decimal number;
      number.integer = std::to_string(*part);
      return holds(test.op, compare(number, test.number()));
    }
    case TestKind::is_null:
    case TestKind::exists:
    case TestKind::absent:
    case TestKind::field_ref:
      break;
  }
  return false;
}

bool holds_between(Relation relation, std::string_view left, std::string_view right) {
  switch (relation) {
    case Relation::equals:
      return left == right;
    case Relation::contains:
      return left.find(right) != std::string_view::npos;
    case Relation::starts_with:
      return starts_with(left, right);
    case Relation::ends_with:
      return ends_with(left, right);
  }
  return false;
}

}  // namespace rdptriage::rule
