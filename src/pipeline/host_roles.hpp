// What a capture shows depends on whose it is: nothing that listens on the RDP port is a fault of a
// session host and normal for a client. The name of its file often does not say so, but the other
// files of the same machine do.
#pragma once

#include "pipeline/gather.hpp"
#include "timeline/timeline.hpp"

namespace rdptriage::pipeline {

// Gives captures without a `HostRole` the role that their machine has by its other files, if that
// is exactly one, and lets the rules look at them once more.
void apply_host_roles(const RuleSetImpl& rules, const timeline::Timeline& timeline,
                      Gathered& gathered);

}  // namespace rdptriage::pipeline
