// Files and streams of the operating system as byte sources; the only place that opens them.
#pragma once

#include <filesystem>
#include <memory>

#include "container/artifact.hpp"

namespace rdptriage::container {

enum class Opening : std::uint8_t {
  regular_only,   // inside folders: anything else, links included, is refused
  named_by_user,  // follows a link, accepts a pipe
};

// Fails with INPUT_UNREADABLE, or INPUT_NOT_A_FILE for devices, sockets and folders. The source has
// random access unless it is a pipe.
Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path, Opening opening);

// Standard input, once.
std::unique_ptr<ByteSource> open_standard_input();

}  // namespace rdptriage::container
