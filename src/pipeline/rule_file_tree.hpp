// Rule files on disk: which there are, and their text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rdptriage/result.hpp"

namespace rdptriage::pipeline {

// Every .yml and .yaml below a folder, sorted by path; a file stands for itself. Fails with
// RULES_NOT_FOUND or RULES_UNREADABLE.
Result<std::vector<std::filesystem::path>> rule_files_below(const std::filesystem::path& path);

// Fails with RULE_FILE_TOO_LARGE (over 1 MiB, the YAML reader's own limit) or RULE_FILE_UNREADABLE.
Result<std::string> read_rule_file(const std::filesystem::path& path);

}  // namespace rdptriage::pipeline
