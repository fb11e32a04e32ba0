// What the steps of a load share: the files, and where problems go.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "rule/compiled_rules.hpp"
#include "rule/rule_document.hpp"

namespace rdptriage::rule {

struct LoadContext {
  std::span<const RuleFile> files;
  std::vector<Problem> problems;

  void problem(std::string_view code, std::size_t file, base::SourceMark mark, std::string message,
               std::string help) {
    problems.push_back(base::make_problem(code, {files[file].path, files[file].text}, mark,
                                          std::move(message), "", std::move(help)));
  }
  std::string where(const Place& place) const {
    return fmt::format("{}:{}", files[place.file].path, place.mark.line);
  }
};

}  // namespace rdptriage::rule
