// Golden files: what a program wrote before, kept in the repository. With
// RDPTRIAGE_UPDATE_GOLDENS=1 in the environment they are written anew instead of compared:
//
//   RDPTRIAGE_UPDATE_GOLDENS=1 ctest -R golden
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rdptriage::test {

// "" when the file holds exactly `actual`; else what differs first and how to update.
std::string compare_golden(const std::filesystem::path& file, std::string_view actual);

}  // namespace rdptriage::test
