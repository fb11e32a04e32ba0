// The text of a ticket: lines that are whole or absent, in the markup of the system it goes to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rdptriage/report.hpp"
#include "rdptriage/ticket.hpp"

namespace rdptriage::report {

enum class Markup : unsigned char { plain, markdown, html, jira };

// How long `text` is for a system that counts so.
std::size_t length_of(std::string_view text, TicketLimit::Count count);

// The first part of one line of `text` that fits, with "…" where it was cut; never half a
// character.
std::string cut_line(std::string_view text, std::size_t most, TicketLimit::Count count);

// The report for a ticket's description, at most `most` long.
std::string ticket_body(const Report& report, Markup markup, std::size_t most,
                        TicketLimit::Count count);

}  // namespace rdptriage::report
