// A report that uses every member once, with text that attacks whatever shows it.
#pragma once

#include <string_view>

#include "rdptriage/report.hpp"

namespace rdptriage::test {

// Stands in every free-text member; a writer that shows it unescaped fails its test.
inline constexpr std::string_view kAttack =
    "</script><img src=x onerror=alert(1)>\"'&\x1b[31m::error::\xE2\x80\xAE``` @all\xFF";

Report kitchen_sink_report(std::string_view free_text = kAttack);

}  // namespace rdptriage::test
