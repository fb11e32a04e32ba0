#include <iostream>
#include <rdptriage/rdptriage.hpp>

// Names the cause of the logs on the command line.
int main(int argc, char** argv) {
  rdptriage::Case input;
  for (int i = 1; i < argc; ++i) {
    if (auto added = input.add_path(argv[i]); !added) {
      std::cerr << added.error().message << '\n';
      return 1;
    }
  }
  const rdptriage::Report report = rdptriage::analyze(input);
  std::cout << report.headline << '\n';
  for (const rdptriage::Diagnosis& diagnosis : report.diagnoses) {
    std::cout << diagnosis.cause << '\n';
  }
}
