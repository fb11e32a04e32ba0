// A rule pack and a case out of strings, for tests of the reasoning.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/rule_set_impl.hpp"
#include "rdptriage/rdptriage.hpp"

namespace rdptriage::test {

struct NamedText {
  std::string path;
  std::string text;
};

// Paths decide what a file holds, as in rules/. Problems are not looked at.
RuleSet pack_of(std::initializer_list<NamedText> files);

// One detection on client traces that matches a word: `name`, and more lines of the key
// `rdptriage`.
std::string detection(std::string_view name, std::string_view word, std::string_view triage = {});

// One text file of trace lines, as JSON events; every file is an attempt of its own.
Report analyze_lines(const RuleSet& rules, std::initializer_list<NamedText> files,
                     CaseOptions options = {});

// "confirmed area.cause 4, likely …" in the order of the report.
std::string causes_of(const Report& report);

}  // namespace rdptriage::test
