// Runs the built program as a user would and gives back what it did.
#pragma once

#include <string>
#include <vector>

namespace rdptriage::test {

struct Outcome {
  int exit_code = -1;  // 128 + signal when killed
  std::string out, err;
};

// `input` is what standard input holds. Arguments go through no shell. Standard output goes to the
// device `output` instead of being given back, when one is named.
Outcome run_program(const std::vector<std::string>& arguments, const std::string& input = {},
                    const std::string& output = {});

// A new empty folder below the build folder, for this test's files.
std::string fresh_folder(const std::string& name);
void write_text_file(const std::string& path, const std::string& text);
std::string read_text_file(const std::string& path);

}  // namespace rdptriage::test
