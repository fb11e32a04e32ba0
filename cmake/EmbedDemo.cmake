# rdptriage_embed_demo(FOLDER OUTPUT SAMPLE…): writes OUTPUT, a .cpp with every file below
# FOLDER/SAMPLE/case as hex escapes, sorted, whenever CMake is configured anew.
function(rdptriage_embed_demo folder output)
  set(rows "")
  foreach(sample IN LISTS ARGN)
    file(GLOB_RECURSE files RELATIVE ${folder}/${sample}/case CONFIGURE_DEPENDS ${folder}/${sample}/case/*)
    list(SORT files)
    foreach(file IN LISTS files)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${sample}/case/${file})
      file(READ ${folder}/${sample}/case/${file} hex HEX)
      string(LENGTH "${hex}" length)
      set(at 0)
      set(parts "")
      while(at LESS length)
        string(SUBSTRING "${hex}" ${at} 4000 part)
        string(REGEX REPLACE "(..)" "\\\\x\\1" part "${part}")
        string(APPEND parts "     \"${part}\"\n")
        math(EXPR at "${at} + 4000")
      endwhile()
      string(REGEX REPLACE "\n$" "sv},\n" parts "${parts}")
      string(APPEND rows "    {\"${sample}\"sv, \"${file}\"sv,\n${parts}")
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#include \"cli/demo_files.hpp\"

namespace rdptriage::cli {
namespace {
using namespace std::literals;
constexpr DemoFile kFiles[] = {
@rows@};
}  // namespace

std::span<const DemoFile> demo_files() { return kFiles; }

}  // namespace rdptriage::cli
")
endfunction()
