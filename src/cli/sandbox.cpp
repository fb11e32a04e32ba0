#include "cli/sandbox.hpp"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

namespace rdptriage::cli {

namespace {
#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

// Reading stays free: folders are listed and rules are loaded as the analysis goes on.
constexpr std::uint64_t kWriting =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t kOutputs = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                   LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR;

class Descriptor {
 public:
  explicit Descriptor(long number) : number_(static_cast<int>(number)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool restrict_files(std::span<const std::filesystem::path> writable_folders) {
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kWriting;
  const Descriptor rules(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0U));
  if (rules.number() < 0) return false;
  for (const std::filesystem::path& folder : writable_folders) {
    const Descriptor place(open(folder.c_str(), O_PATH | O_CLOEXEC));
    if (place.number() < 0) continue;  // an output there fails on its own, with its own message
    landlock_path_beneath_attr allowed{};
    allowed.allowed_access = kOutputs;
    allowed.parent_fd = place.number();
    if (syscall(SYS_landlock_add_rule, rules.number(), LANDLOCK_RULE_PATH_BENEATH, &allowed, 0U) !=
        0) {
      return false;
    }
  }
  return syscall(SYS_landlock_restrict_self, rules.number(), 0U) == 0;
}

bool restrict_calls() {
  // What reaches other machines or other programs. clone3 is said to be unknown, so that the C
  // library falls back to clone, whose flags can be looked at: threads are allowed.
  std::vector<sock_filter> program;
  const auto add = [&](std::uint16_t code, std::uint32_t value, std::uint8_t yes = 0,
                       std::uint8_t no = 0) {
    program.push_back({code, yes, no, value});
  };
  const auto refuse = [&](int error) {
    add(BPF_RET | BPF_K,
        SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA));
  };
  const auto load = [&](std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  };
  load(offsetof(seccomp_data, arch));
  add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
  add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  constexpr std::uint32_t kX32Bit = 0x4000'0000;
  add(BPF_JMP | BPF_JGE | BPF_K, kX32Bit, 0, 1);
  refuse(EPERM);
#endif
  for (const long call : {
         SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
             SYS_sendto, SYS_sendmsg, SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_writev,
             SYS_mount, SYS_bpf, SYS_keyctl, SYS_io_uring_setup,
#if defined(__x86_64__)
             SYS_fork, SYS_vfork,
#endif
       }) {
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
    refuse(EPERM);
  }
  add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_clone3), 0, 1);
  refuse(ENOSYS);
  add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_clone), 0, 3);
  load(offsetof(seccomp_data, args));
  add(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0);
  refuse(EPERM);
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}
}  // namespace

void limit_memory() {
  rlimit limit{};
  if (getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur <= kMostMemory) return;
  limit.rlim_cur = kMostMemory;
  setrlimit(RLIMIT_DATA, &limit);
}

Confinement enter_sandbox(std::span<const std::filesystem::path> writable_folders) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Confinement::none;
  const bool files = restrict_files(writable_folders);
  const bool calls = restrict_calls();
  if (!calls) return Confinement::none;
  return files ? Confinement::full : Confinement::partial;
}

}  // namespace rdptriage::cli

#else

namespace rdptriage::cli {
void limit_memory() {}
Confinement enter_sandbox(std::span<const std::filesystem::path>) { return Confinement::none; }
}  // namespace rdptriage::cli

#endif
