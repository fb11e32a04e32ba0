// The reader of an artifact, where the grammars of text formats may not be loaded yet.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "rdptriage/function_ref.hpp"
#include "reader/reader.hpp"

namespace rdptriage::pipeline {

// Null where a pack has none; what it points to lives as long as the reading. From any thread.
using LoadFormats = FunctionRef<const reader::FormatSet*()>;

// Null when no reader wants it. Fills context.formats for the first artifact that is not surely
// something else: a binary log alone never needs them.
const reader::ReaderInfo* find_reader(std::span<const std::byte> head, std::string_view name,
                                      reader::ReadContext& context, LoadFormats load);

}  // namespace rdptriage::pipeline
