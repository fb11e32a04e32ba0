// Shapes of what identifies: addresses, GUIDs, numbers, names that every Windows has. Text only;
// what becomes of it is pseudonyms.cpp's.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace rdptriage::report {

bool is_digit(char c);
bool is_letter(char c);
bool is_hex(char c);
bool is_joiner(char c);  // what joins words to one name: . - _ @ $
bool is_chunk(char c);   // letters, digits and joiners
bool all_of(std::string_view text, bool (*test)(char));

// Length of the punctuation of our own prose and of quoted texts ("…", "·", "–", quotes) that
// `text` begins with: U+2000–U+2BFF and U+00A0–U+00BF; what else lies beyond ASCII is a letter.
std::size_t punctuation_length(std::string_view text);

// The chunk that `text` begins with, without joiners at its end; empty when it begins with none.
std::string_view chunk_at(std::string_view text);

std::optional<std::array<unsigned, 4>> octets_of(std::string_view text);
// RFC 4291 section 2.2; nothing when it is no address.
std::optional<std::array<unsigned char, 16>> ipv6_bytes(std::string_view text);

bool is_guid(std::string_view text);
bool is_mac(std::string_view text, char separator);

// Numbers that logs are full of: counts, ids, ports, times, codes. Long runs are keys or numbers of
// persons and licenses.
bool is_plain_number(std::string_view text);

// "2026-11-20T08:11" is split at the colon: date parts, versions and decimals are numbers joined.
bool is_joined_number(std::string_view text);

bool is_file_ending(std::string_view text);

// Accounts and authorities that every Windows has.
bool is_well_known(std::string_view text);

// "com.freerdp.core.gateway": names of program parts that begin as a domain ends.
bool is_logger(std::string_view text);

// What names of program parts begin with: "freerdp", "transport", "errinfo".
const std::unordered_set<std::string>& identifier_families();

}  // namespace rdptriage::report
