// --around, --user, --role and the like: what the user knows that the files do not say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "rdptriage/case.hpp"

namespace rdptriage::cli {

struct FocusOptions {
  std::string around, since, until, date_order = "auto";
  std::vector<std::string> users, hosts, roles, zones;
};

void add_focus_options(CLI::App& command, FocusOptions& options);

// Fills `focus`, `hosts` and `date_order`. Fails on what cannot be understood, with the option.
Result<void> read_focus(const FocusOptions& options, CaseOptions& out);

// The value of a time option; nothing when it was not given. Without a zone it is one that is
// `ahead` ticks ahead of UTC.
Result<std::optional<Timestamp>> read_time(std::string_view option, const std::string& text,
                                           std::int64_t ahead = 0);

}  // namespace rdptriage::cli
