// How a Problem is made: the message, the line it is about and a mark under the words.
//
//   problem[P014]: selection `skew_1` is never used
//    --> rules/detections/authentication/clock_skew.yml:9:3
//     |
//   9 |   skew_1: { provider: Microsoft-Windows-Security-Kerberos }
//     |   ^^^^^^ not named by the condition `skew`
//     = help: remove it, or write `condition: skew or skew_1`
#pragma once

#include <string>
#include <string_view>

#include "rdptriage/problem.hpp"
#include "rdptriage/result.hpp"

namespace rdptriage::base {

// A rule file as it was read; the views must outlive the call only.
struct SourceText {
  std::string_view file;  // as shown to the user
  std::string_view text;
};

// A run of characters on one line. Lines and columns count from 1, columns in code points;
// line 0 means the file as a whole.
struct SourceMark {
  unsigned line = 0, column = 0, length = 1;
};

// `label` stands behind the mark, `help` below; both may be empty. The parts must not hold line
// breaks. Text from the file is shown with its control characters replaced.
Problem make_problem(std::string_view code, const SourceText& source, SourceMark mark,
                     std::string message, std::string_view label = {}, std::string help = {});

// The same facts as an Error, for places that answer with one.
Error to_error(const Problem& problem);

}  // namespace rdptriage::base
