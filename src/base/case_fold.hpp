// Unicode simple case folding of UTF-8: two texts are equal without regard to case when their
// folded forms are equal byte by byte. One code point becomes one code point (so 'ß' stays), no
// normalization. Bytes that are not UTF-8 pass unchanged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rdptriage::base {

// Appends the folded form of `text` to `out`.
void append_folded(std::string_view text, std::string& out);
std::string fold_case(std::string_view text);

bool equals_folded(std::string_view a, std::string_view b);

std::uint32_t fold_code_point(std::uint32_t code_point);

}  // namespace rdptriage::base
