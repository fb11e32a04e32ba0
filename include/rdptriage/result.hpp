// Results and errors: how every fallible function of the library answers.
//
// An Error says what could not be done, where, and what would help; `code` is stable across
// releases so that scripts can branch on it. Damaged *input* is not an Error: it becomes a Notice
// in the report and reading goes on. No exception leaves the library.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace rdptriage {

struct Error {
  std::string code;     // stable, e.g. "INPUT_NOT_FOUND"
  std::string message;  // one sentence: what could not be done, with the names involved
  std::string where;    // path, path:line:column or field and offset; empty when it has no place
  std::string help;     // what to do about it; empty when there is nothing better than the message
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(std::string code, std::string message,
                                                std::string where = {}, std::string help = {}) {
  return tl::make_unexpected(
      Error{std::move(code), std::move(message), std::move(where), std::move(help)});
}

}  // namespace rdptriage

// Leaves the enclosing function with the error of `expression`, else goes on.
#define RDPTRIAGE_CHECK(expression)                                       \
  do {                                                                    \
    if (auto rdptriage_checked = (expression); !rdptriage_checked)        \
      return ::tl::make_unexpected(std::move(rdptriage_checked).error()); \
  } while (false)

#define RDPTRIAGE_JOIN2(a, b) a##b
#define RDPTRIAGE_JOIN(a, b) RDPTRIAGE_JOIN2(a, b)

// RDPTRIAGE_TRY(const auto value, fallible()): declares `value`, or leaves with the error.
#define RDPTRIAGE_TRY(declaration, expression) \
  RDPTRIAGE_TRY_IMPL(declaration, expression, RDPTRIAGE_JOIN(rdptriage_result_, __LINE__))
#define RDPTRIAGE_TRY_IMPL(declaration, expression, name)           \
  auto name = (expression);                                         \
  if (!name) return ::tl::make_unexpected(std::move(name).error()); \
  declaration = std::move(*name)
