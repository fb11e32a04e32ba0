# RE2 → re2::re2. Debian's libre2-dev ships only re2.pc; elsewhere the package's own config is used.
find_package(re2 CONFIG QUIET)
if(NOT TARGET re2::re2)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
  add_library(re2::re2 ALIAS PkgConfig::RE2)
endif()
set(re2_FOUND TRUE)
