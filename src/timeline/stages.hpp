// The stages of a connection, in the order in which it passes them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace rdptriage::timeline {

// proxy, name, gateway-tcp … session.
std::span<const std::string_view> stage_names();
// Position in stage_names(); the larger, the deeper in the connection.
std::optional<std::size_t> stage_depth(std::string_view stage);
// Of the session, which is reached when all others were passed.
std::size_t session_depth();
// A stage that only connections through an RD Gateway (or a forward proxy) have.
bool is_optional_stage(std::size_t depth);

}  // namespace rdptriage::timeline
