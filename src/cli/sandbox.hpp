// Gives up what an analysis never needs, before any input is read: a file that finds a hole in a
// reader then has no network, no other program and no file to write to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace rdptriage::cli {

enum class Confinement {
  none,     // the system offers nothing of the kind
  partial,  // no network and no other programs; files can still be written
  full,     // … and files are written only below the folders that were named
};

// Lets the process have so much memory and no more: a bundle whose headers promise millions of
// members is refused instead of filling the machine. Linux only.
inline constexpr std::uint64_t kMostMemory = std::uint64_t{4} << 30;
void limit_memory();

// For this thread and all that it starts, until the process ends. Linux only; elsewhere `none`.
Confinement enter_sandbox(std::span<const std::filesystem::path> writable_folders);

}  // namespace rdptriage::cli
