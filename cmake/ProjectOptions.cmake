# Compiler settings that every target of the project shares, as one interface target.
add_library(rdptriage_options INTERFACE)
target_compile_options(rdptriage_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  # GCC 12 warns of its own std::string at -O2 and up (GCC bug 105329).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<BOOL:${RDPTRIAGE_WERROR}>:-Werror>)
target_include_directories(rdptriage_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)

if(RDPTRIAGE_SANITIZE)
  add_compile_options(-fsanitize=${RDPTRIAGE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${RDPTRIAGE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's manual: with sanitizers this warning has false positives; std::regex is one.
    target_compile_options(rdptriage_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

if(RDPTRIAGE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage of the library, which guides the fuzzer
endif()

find_program(RDPTRIAGE_CCACHE ccache)
if(RDPTRIAGE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${RDPTRIAGE_CCACHE})
endif()

# rdptriage_layer(NAME SOURCES … DEPENDS … [PRIVATE_DEPENDS …]): one folder of src/ is one static
# library; DEPENDS are the folders it may include (src/README.md), PRIVATE_DEPENDS third parties.
function(rdptriage_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(rdptriage_${name} OBJECT ${LAYER_SOURCES})
  target_link_libraries(rdptriage_${name} PUBLIC rdptriage_options fmt::fmt tl::expected ${LAYER_DEPENDS}
                                          PRIVATE ${LAYER_PRIVATE_DEPENDS})
  set_property(GLOBAL APPEND PROPERTY RDPTRIAGE_LAYERS rdptriage_${name})
endfunction()
