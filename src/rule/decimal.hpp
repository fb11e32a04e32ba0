// Numbers as decimal texts: rules and events compare them exactly, whatever their size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rdptriage::rule {

struct Decimal {
  bool negative = false;  // never for zero
  std::string integer;    // without leading zeros, "0" for none
  std::string fraction;   // without trailing zeros

  // The one spelling of the number: "-12.5".
  std::string canonical() const;
};

enum class Exponent : bool { refused, allowed };

// [+-]digits[.digits][e[+-]digits]; nothing when it is anything else or beyond 400 digits.
std::optional<Decimal> parse_decimal(std::string_view text, Exponent exponent);

// Negative, zero or positive, as a is less than, equal to or greater than b.
int compare(const Decimal& a, const Decimal& b);

double to_double(const Decimal& number);

}  // namespace rdptriage::rule
