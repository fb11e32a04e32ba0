#include "base/utf16.hpp"

#include "base/digits.hpp"
#include "base/time.hpp"
#include "support/catch.hpp"

using namespace rdptriage::base;

namespace {
std::string decoded(std::string_view utf16) {
  return utf16le_to_utf8({reinterpret_cast<const std::byte*>(utf16.data()), utf16.size()});
}
std::string decoded_from(std::string_view utf8) { return decoded(utf8_to_utf16le(utf8)); }
}  // namespace

TEST_CASE("utf16: text of every length and script survives the way there and back") {
  const std::string_view kScripts[] = {"a", "\xC3\xA4", "\xE6\x97\xA5", "\xF0\x9F\x98\x80"};
  for (std::size_t length = 0; length < 70; ++length) {
    for (const std::string_view letter : kScripts) {
      for (std::size_t at = 0; at <= length; at += 3) {
        std::string text(length, 'x');
        text.insert(at, letter);
        CHECK(decoded_from(text) == text);
      }
    }
  }
}

TEST_CASE("utf16: a surrogate without its partner becomes the replacement character") {
  using namespace std::literals;
  CHECK(decoded("\x00\xD8"sv) == "\xEF\xBF\xBD");
  CHECK(decoded("\x00\xDC"sv
                "a\0"sv) ==
        "\xEF\xBF\xBD"
        "a");
  CHECK(decoded("\x00\xD8\x00\xD8\x00\xDC"sv) == "\xEF\xBF\xBD\xF0\x90\x80\x80");
  CHECK(decoded("a\0b"sv) == "a");
}

TEST_CASE("digits: the same text as the slow way") {
  char buffer[48];
  for (const std::uint64_t number :
       {0ULL, 7ULL, 10ULL, 99ULL, 100ULL, 12345ULL, 18446744073709551615ULL}) {
    CHECK(std::string(buffer, write_decimal(number, buffer)) == std::to_string(number));
  }
  CHECK(std::string(buffer, write_decimal_signed(INT64_MIN, buffer)) == "-9223372036854775808");
  CHECK(std::string(buffer, write_hex(0, buffer)) == "0x0");
  CHECK(std::string(buffer, write_hex(0x8020000000000000, buffer)) == "0x8020000000000000");
  for (const std::int64_t ticks :
       {std::int64_t{0}, std::int64_t{131939362733172597}, INT64_MAX, INT64_MIN}) {
    CHECK(std::string(buffer, write_rfc3339(ticks, buffer)) == format_rfc3339(ticks));
  }
}
