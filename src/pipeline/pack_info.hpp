// pack.yml: what a pack of rules says of itself as a whole.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::pipeline {

struct PackInfo {
  std::string version;            // "" when not given
  std::optional<Timestamp> date;  // when it was made, at midnight UTC
};

// What of the file can be read.
PackInfo read_pack_info(const base::SourceText& source);

// What is wrong with a pack as a whole: pack.yml itself, a program that is too old for it, and,
// when it lists the sums of its files, files that are not those. `files`: all that were read,
// those of other packs too.
std::vector<Problem> check_pack(const base::SourceText& pack,
                                std::span<const base::SourceText> files);

}  // namespace rdptriage::pipeline
