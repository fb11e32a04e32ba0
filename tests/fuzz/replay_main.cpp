// Runs a fuzz target over the files and folders it is given, and over prefixes and single-bit
// errors of each, without libFuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {
constexpr std::size_t kDamages = 64;  // of each kind and file

void replay(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(in)), {});
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  if (bytes.empty()) return;
  for (std::size_t i = 0; i < kDamages; ++i) {
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size() * i / kDamages);
    std::uint8_t& byte = bytes[bytes.size() * i / kDamages];
    const auto bit = static_cast<std::uint8_t>(1U << (i % 8));
    byte ^= bit;
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    byte ^= bit;
  }
}
}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    if (!fs::is_directory(argv[i], error)) {
      replay(argv[i]);
      ++files;
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      replay(entry.path());
      ++files;
    }
  }
  std::printf("%zu files replayed\n", files);
  return files == 0 ? 1 : 0;
}
