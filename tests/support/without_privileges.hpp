// For tests of what may not be read: root, as whom tests run in containers, reads everything.
#pragma once

#include <unistd.h>

namespace rdptriage::test {

// As long as it lives, the process is a user without privileges. Files must be open to all others.
class WithoutPrivileges {
 public:
  WithoutPrivileges() { changed_ = before_ == 0 && seteuid(kNobody) == 0; }
  ~WithoutPrivileges() {
    if (changed_ && seteuid(before_) != 0) _exit(1);
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

  // False where the privileges could not be given up.
  bool is_effective() const { return before_ != 0 || changed_; }

 private:
  static constexpr uid_t kNobody = 65'534;
  uid_t before_ = geteuid();
  bool changed_ = false;
};

}  // namespace rdptriage::test
