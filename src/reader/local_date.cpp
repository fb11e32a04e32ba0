#include "reader/local_date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/time.hpp"

namespace rdptriage::reader {

namespace {
struct Numbers {
  std::array<unsigned, 6> at{};
  std::array<std::size_t, 6> digits{};
  std::size_t count = 0;
  bool afternoon = false, twelve_hours = false;
};

Numbers numbers_of(std::string_view text) {
  Numbers out;
  std::size_t i = 0;
  while (i < text.size() && out.count < out.at.size()) {
    if (text[i] < '0' || text[i] > '9') {
      ++i;
      continue;
    }
    unsigned value = 0;
    std::size_t digits = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && digits < 5; ++i, ++digits) {
      value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    out.at[out.count] = value;
    out.digits[out.count++] = digits;
  }
  const auto has = [text](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  };
  out.afternoon =
      has("PM") || has("pm") || has("p.m.") || has("午後") || has("下午") || has("오후");
  out.twelve_hours = out.afternoon || has("AM") || has("am") || has("a.m.") || has("午前") ||
                     has("上午") || has("오전");
  return out;
}

// Every way to read the text as a moment; one at most when the order is known.
std::vector<base::CivilTime> readings(std::string_view text, DateOrder order) {
  const Numbers n = numbers_of(text);
  std::vector<base::CivilTime> out;
  if (n.count < 3) return out;
  base::CivilTime civil;
  if (n.count > 4) {
    civil.hour = n.at[3];
    civil.minute = n.at[4];
    if (n.count > 5) civil.second = n.at[5];
    if (n.twelve_hours && civil.hour <= 12) civil.hour = civil.hour % 12 + (n.afternoon ? 12 : 0);
  }
  const auto add = [&](unsigned year, unsigned month, unsigned day) {
    civil.year = static_cast<int>(year < 100 ? 2000 + year : year);
    civil.month = month;
    civil.day = day;
    if (base::ticks_from_civil(civil)) out.push_back(civil);
  };
  if (n.digits[0] == 4) {
    add(n.at[0], n.at[1], n.at[2]);
    return out;
  }
  if (order != DateOrder::unknown) {
    if (order == DateOrder::day_first) add(n.at[2], n.at[1], n.at[0]);
    if (order == DateOrder::month_first) add(n.at[2], n.at[0], n.at[1]);
    if (order == DateOrder::year_first) add(n.at[0], n.at[1], n.at[2]);
    return out;
  }
  // Dots are written by languages that put the day first.
  const bool day_first = text.find('.') < text.find(':');
  add(n.at[2], n.at[1], n.at[0]);
  if (!day_first && n.at[0] != n.at[1]) add(n.at[2], n.at[0], n.at[1]);
  return out;
}
}  // namespace

std::string normalize_local_date(std::string_view text, DateOrder order) {
  const auto ways = readings(text, order);
  if (ways.size() != 1) return std::string(text);
  const base::CivilTime& t = ways.front();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", t.year, t.month, t.day, t.hour, t.minute);
}

std::optional<std::int64_t> local_ticks(std::string_view text, DateOrder order) {
  const auto ways = readings(text, order);
  if (ways.empty()) return std::nullopt;
  return base::ticks_from_civil(numbers_of(text).twelve_hours ? ways.back() : ways.front());
}

std::optional<bool> has_passed(std::string_view text, Timestamp today, DateOrder order) {
  const auto ways = readings(text, order);
  std::optional<bool> passed;
  for (const base::CivilTime& way : ways) {
    const bool before = *base::ticks_from_civil(way) < today.ticks;
    if (passed && *passed != before) return std::nullopt;
    passed = before;
  }
  return passed;
}

}  // namespace rdptriage::reader
