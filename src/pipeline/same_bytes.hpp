// Files of a case that hold the same bytes.
#pragma once

#include <map>

#include "container/walk.hpp"

namespace rdptriage::pipeline {

// For every listed file that repeats the bytes of an earlier one, that one. Only files of one size
// are looked into.
using SameBytes = std::map<const container::ListedFile*, const container::ListedFile*>;
SameBytes find_same_bytes(const container::Listing& listing);

}  // namespace rdptriage::pipeline
