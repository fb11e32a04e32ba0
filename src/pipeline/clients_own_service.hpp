// A client's machine has a Remote Desktop service of its own, mostly switched off. What captures of
// that machine say of it has no part in a connection that it made to another.
#pragma once

#include <vector>

#include "pipeline/gather.hpp"
#include "rdptriage/focus.hpp"
#include "rule/compiled_rules.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::pipeline {

// Takes such matches away where logs or traces show that the machine was the client and none shows
// that it was the host, and the role with them. What the user says of a machine stands.
void drop_clients_own_service(const rule::CompiledRules& rules, const std::vector<KnownHost>& said,
                              timeline::Timeline& timeline, Gathered& gathered);

}  // namespace rdptriage::pipeline
