include(HexLiterals)

# rdptriage_embed_demo(FOLDER OUTPUT SAMPLE…): writes OUTPUT, a .cpp with every file below
# FOLDER/SAMPLE/case as hex escapes, sorted, whenever CMake is configured anew.
function(rdptriage_embed_demo folder output)
  set(rows "")
  foreach(sample IN LISTS ARGN)
    file(GLOB_RECURSE files RELATIVE ${folder}/${sample}/case CONFIGURE_DEPENDS ${folder}/${sample}/case/*)
    list(SORT files)
    foreach(file IN LISTS files)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${sample}/case/${file})
      rdptriage_hex_literals(${folder}/${sample}/case/${file} parts)
      string(APPEND rows "    {\"${sample}\"sv, \"${file}\"sv,\n${parts}},\n")
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
