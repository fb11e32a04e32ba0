// The built program while it runs: talked to through pipes, ended by signals.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rdptriage::test {

class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments);
  ~Child();  // kills what still runs
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void write_line(const std::string& line);
  // The next line of standard output; "" at its end or after ten seconds without one.
  std::string read_line();
  void close_input();
  void signal(int number);
  int wait();  // the exit code, 128 + signal when killed

 private:
  pid_t id_ = -1;
  int in_ = -1, out_ = -1;
  std::string buffer_;
};

}  // namespace rdptriage::test
