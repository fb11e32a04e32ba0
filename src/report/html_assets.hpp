// The page's style sheet and script, as text.
#pragma once

#include <string_view>

namespace rdptriage::report {

extern const std::string_view kHtmlStyle;
extern const std::string_view kHtmlScript;

}  // namespace rdptriage::report
