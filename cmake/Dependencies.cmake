# Third-party packages, all from the system (Debian) or vcpkg; nothing is vendored.
# Which folder may see which one: src/README.md.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED CONFIG)
find_package(tl-expected REQUIRED CONFIG)
find_package(pugixml REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
find_package(LibArchive REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(re2 REQUIRED)      # cmake/Findre2.cmake: Debian ships no CMake config
find_package(libyaml REQUIRED)  # cmake/Findlibyaml.cmake
