// One cause as a page to read.
#pragma once

#include "pipeline/embedded_pack.hpp"
#include "rdptriage/explain.hpp"

namespace rdptriage::pipeline {

CauseMeaning cause_page(const PackFile& file);

}  // namespace rdptriage::pipeline
