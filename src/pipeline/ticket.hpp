// The report in the words of a ticketing system.
#pragma once

#include "rdptriage/report.hpp"

namespace rdptriage::pipeline {

// REQUIRES: everything else of the report is filled in.
TicketText compose_ticket(const Report& report);

}  // namespace rdptriage::pipeline
