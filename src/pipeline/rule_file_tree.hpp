// Rule files on disk: which there are, and their text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::pipeline {

struct RuleFileText {
  std::string path, text;
  PackPart part = PackPart::rules;
};

// Every .yml and .yaml below a folder, sorted by path; a file stands for itself. Fails with
// RULES_NOT_FOUND or RULES_UNREADABLE, and with RULES_EMPTY when nothing of it is of any use: a
// path that was mistyped must not look like rules that match nothing.
Result<std::vector<RuleFileText>> read_rule_files(const std::filesystem::path& path);

// Fails with RULE_FILE_TOO_LARGE (over 1 MiB, the YAML reader's own limit) or RULE_FILE_UNREADABLE.
Result<std::string> read_rule_file(const std::filesystem::path& path);

}  // namespace rdptriage::pipeline
