# What `cmake --install` puts where: the program, the library with its headers and CMake package,
# the rules (a copy to read; the program has them inside), the man page, completions and documents.
include(CMakePackageConfigHelpers)

set(RDPTRIAGE_RULES_DIR ${CMAKE_INSTALL_DATADIR}/rdptriage/rules)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rdptriage)

set_target_properties(rdptriage PROPERTIES EXPORT_NAME rdptriage)
install(TARGETS rdptriage EXPORT rdptriageTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT rdptriageTargets NAMESPACE rdptriage:: DESTINATION ${package_dir})
install(DIRECTORY include/rdptriage DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

configure_package_config_file(cmake/rdptriageConfig.cmake.in ${PROJECT_BINARY_DIR}/rdptriageConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS RDPTRIAGE_RULES_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rdptriageConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/rdptriageConfig.cmake ${PROJECT_BINARY_DIR}/rdptriageConfigVersion.cmake
  cmake/Findre2.cmake cmake/Findlibyaml.cmake
  DESTINATION ${package_dir})

install(DIRECTORY rules/ DESTINATION ${RDPTRIAGE_RULES_DIR})
install(CODE "set(RULES_DIR \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${RDPTRIAGE_RULES_DIR}\")")
install(SCRIPT cmake/ListPackSums.cmake)
install(FILES docs/man/rdptriage.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/completions/rdptriage.bash RENAME rdptriage
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES docs/completions/_rdptriage DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES docs/completions/rdptriage.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES docs/completions/rdptriage.ps1 DESTINATION ${CMAKE_INSTALL_DATADIR}/rdptriage)
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
