# libyaml (the C library) → libyaml::yaml.
find_path(LIBYAML_INCLUDE_DIR yaml.h)
find_library(LIBYAML_LIBRARY NAMES yaml libyaml)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libyaml REQUIRED_VARS LIBYAML_LIBRARY LIBYAML_INCLUDE_DIR)
if(libyaml_FOUND AND NOT TARGET libyaml::yaml)
  add_library(libyaml::yaml UNKNOWN IMPORTED)
  set_target_properties(libyaml::yaml PROPERTIES
    IMPORTED_LOCATION ${LIBYAML_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBYAML_INCLUDE_DIR})
endif()
