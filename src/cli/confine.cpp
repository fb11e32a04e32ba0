#include "cli/confine.hpp"

#include <vector>

#include "cli/sandbox.hpp"

namespace rdptriage::cli {

namespace {
// Leak detection stops and looks at its own process, which a sandbox forbids; shadow memory is more
// than any cap.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kUnderSanitizer = true;
#elif defined(__has_feature)
constexpr bool kUnderSanitizer =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kUnderSanitizer = false;
#endif

// The folder of an output. One that is still to be made: the nearest one above that is there.
std::filesystem::path folder_of(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::path folder =
      std::filesystem::weakly_canonical(std::filesystem::absolute(file, error), error)
          .parent_path();
  while (!std::filesystem::exists(folder, error) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder;
}
}  // namespace

void add_sandbox_option(CLI::App& command, std::string& wanted) {
  command
      .add_option("--sandbox", wanted,
                  "give up network, other programs and files before reading: auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->group("Case");
}

Result<void> confine(const std::string& wanted, std::span<const std::filesystem::path> outputs) {
  if (wanted == "never" || (wanted == "auto" && kUnderSanitizer)) return {};
  std::vector<std::filesystem::path> folders;
  for (const std::filesystem::path& file : outputs) {
    if (!file.empty()) folders.push_back(folder_of(file));
  }
  limit_memory();
  if (enter_sandbox(folders) == Confinement::full || wanted == "auto") return {};
  return fail("SANDBOX_NOT_AVAILABLE", "this system cannot confine the analysis",
              "--sandbox always",
              "it takes Linux 5.13 or later with Landlock; --sandbox auto does what there is");
}

void confine_memory() {
  if (!kUnderSanitizer) limit_memory();
}

}  // namespace rdptriage::cli
