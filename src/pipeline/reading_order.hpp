// In which order the files of a case are read.
#pragma once

#include <cstdint>

#include "container/walk.hpp"

namespace rdptriage::pipeline {

// Lists (CSV) hold less of an event than logs do, so that of a record that is in both the log's
// should be the one met first; a name is good enough for that. Bundles count towards the limits and
// are opened behind all files.
enum class Round : std::uint8_t { log, list, bundle };
Round round_of(const container::ListedFile& file);

}  // namespace rdptriage::pipeline
