#include "rule/decimal.hpp"

#include <cstdlib>

namespace rdptriage::rule {

namespace {
constexpr std::size_t kMaxDigits = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int compare_magnitude(const Decimal& a, const Decimal& b) {
  if (a.integer.size() != b.integer.size()) return a.integer.size() < b.integer.size() ? -1 : 1;
  if (const int order = a.integer.compare(b.integer); order != 0) return order;
  return a.fraction.compare(b.fraction);  // no trailing zeros: text order is number order
}
}  // namespace

std::string Decimal::canonical() const {
  std::string out = negative ? "-" : "";
  out += integer;
  if (!fraction.empty()) out += "." + fraction;
  return out;
}

std::optional<Decimal> parse_decimal(std::string_view text, Exponent exponent) {
  Decimal out;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative = text[at++] == '-';
  const auto digits = [&](std::string& to) {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    to = text.substr(from, at - from);
    return at > from && at - from <= kMaxDigits;
  };
  if (!digits(out.integer)) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits(out.fraction)) return std::nullopt;
  }
  if (exponent == Exponent::allowed && at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    std::string shift_digits;
    if (!digits(shift_digits) || shift_digits.size() > 4) return std::nullopt;
    const auto shift = static_cast<std::size_t>(std::strtoul(shift_digits.c_str(), nullptr, 10));
    if (shift > kMaxDigits) return std::nullopt;
    std::string& from = minus ? out.integer : out.fraction;
    std::string& to = minus ? out.fraction : out.integer;
    for (std::size_t i = 0; i < shift; ++i) {
      if (minus) {
        to.insert(to.begin(), from.empty() ? '0' : from.back());
        if (!from.empty()) from.pop_back();
      } else {
        to += from.empty() ? '0' : from.front();
        if (!from.empty()) from.erase(from.begin());
      }
    }
  }
  if (at != text.size()) return std::nullopt;
  const auto first = out.integer.find_first_not_of('0');
  out.integer = first == std::string::npos ? "0" : out.integer.substr(first);
  while (!out.fraction.empty() && out.fraction.back() == '0') out.fraction.pop_back();
  if (out.integer == "0" && out.fraction.empty()) out.negative = false;
  return out;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int order = compare_magnitude(a, b);
  return a.negative ? -order : order;
}

double to_double(const Decimal& number) { return std::strtod(number.canonical().c_str(), nullptr); }

}  // namespace rdptriage::rule
