# rdptriage_embed_text(FILE SYMBOL NAMESPACE OUTPUT): writes OUTPUT, a .cpp that defines
# `const std::string_view NAMESPACE::SYMBOL` with the file's text. Files up to 60 KB, text only.
function(rdptriage_embed_text file symbol namespace output)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#include <string_view>

namespace @namespace@ {
extern const std::string_view @symbol@;
const std::string_view @symbol@ = R\"embedded(@text@)embedded\";
}  // namespace @namespace@
")
endfunction()
