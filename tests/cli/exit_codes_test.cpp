// What scripts rely on: exit codes, and that every refusal says what, where and what to do.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/catch.hpp"
#include "support/run_program.hpp"

using namespace rdptriage::test;

namespace {
bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
// The text as it was before it was wrapped: where lines end depends on how long the paths are.
std::string on_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank) line.push_back(c);
    if (blank && !line.empty() && line.back() != ' ') line.push_back(' ');
  }
  return line;
}
constexpr const char* kTrace =
    "[10:11:12:100] [100:101] [INFO][com.freerdp.core] - loading channels\n"
    "[10:11:12:500] [100:101] [DEBUG][com.freerdp.core.gateway.rdg] - RDG_OUT_DATA authorization "
    "result: 502\n"
    "[10:11:12:501] [100:101] [ERROR][com.freerdp.core] - "
    "freerdp_set_last_error_ex ERRCONNECT_CONNECT_FAILED [0x00020006]\n";
}  // namespace

TEST_CASE("cli: usage mistakes exit 2 and teach") {
  struct Case {
    std::vector<std::string> arguments;
    const char* says;
  };
  const Case kCases[] = {
      {{}, "rdptriage"},
      {{"analyze", "--fromat", "json", "x"}, "did you mean '--format'?"},
      {{"--fromat=json", "x"}, "did you mean '--format'?"},
      {{"/", "--format", "jason"}, "did you mean 'json'?"},
      {{"/", "--fail-on", "never"}, "--fail-on"},
      {{"/", "--format", "json", "--format", "text"}, "two formats would go to standard output"},
      {{"analyze"}, "PATH"},
      {{"--verison"}, "did you mean '--version'?"},
      {{"rules"}, "`rules` needs one of: "},
      {{"rules", "lnt"}, "did you mean 'lint'?"},
      {{"/", "--jobs", "many"}, "`--jobs` takes a number from 0 to 4294967295, not 'many'"},
      {{"/", "--jobs", "99999999999"}, "`--jobs` takes a number from 0 to 4294967295"},
      {{"/", "--max-depth", "9999999999999"}, "`--max-depth` takes a number from 0 to 4294967295"},
      {{"/", "--max-ratio=-3"}, "`--max-ratio` takes a number from 0 to 4294967295, not '-3'"},
      {{"/", "--max-expanded=-1"}, "--max-expanded: takes a number of bytes"},
      {{"/", "--max-expanded", "99999999999999999999"}, "or one like 16GiB, not '999999"},
      {{"/", "--max-line", "17179869184GiB"}, "--max-line"},
      {{"events", "/", "--event-id", "5,99999999999"}, "`--event-id` takes a number"},
      {{"schema", "extra"}, "more arguments"},
      {{"/", "--rules", "/nonexistent-rules"}, "/nonexistent-rules"},
  };
  for (const Case& c : kCases) {
    INFO(c.says);
    const Outcome outcome = run_program(c.arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(contains(outcome.err, c.says));
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("cli: a refusal has its code and its exit code") {
  struct Case {
    const char* code;
    int exit_code;
    std::vector<std::string> arguments;
  };
  const std::string folder = fresh_folder("cli-refusals");
  const std::string log = folder + "/client.log", pack = folder + "/pack";
  write_text_file(log, kTrace);
  write_text_file(folder + "/list.json", "[1]");
  write_text_file(folder + "/nested.json", R"({"a": [{"b": 1}]})");
  write_text_file(folder + "/empty.jsonl", "");
  write_text_file(folder + "/not-a-folder", "");
  const std::string detection =
      "title: One\nname: one\nlogsource: {product: windows}\n"
      "detection: {s: {EventID: 1}, condition: s}\n";
  write_text_file(pack + "/r.yml",
                  detection +
                      "---\ntitle: Two\nname: two\ncorrelation: {type: event_count, rules: [one],\n"
                      "  timespan: 1m, condition: {gte: 2}}\n");
  write_text_file(folder + "/later/pack.yml", "version: '1'\ndisable: [one]\n");
  const Case kCases[] = {
      {"SHARD", 2, {"batch", log, "--shard", "3"}},
      {"PASSWORD_FILE", 2, {log, "--password-file", folder + "/none"}},
      {"PASSWORD_FILE", 2, {log, "--password-file", folder}},
      {"PLACEHOLDERS_INVALID", 2, {"rules", "list", "--placeholders", folder + "/list.json"}},
      {"PLACEHOLDERS_INVALID", 2, {"rules", "list", "--placeholders", folder + "/nested.json"}},
      {"LANGUAGE_UNKNOWN", 2, {log, "--language", "tlh"}},
      {"ROLE_NOT_UNDERSTOOD", 2, {log, "--role", "RDS05"}},
      {"ROLE_NOT_UNDERSTOOD", 2, {log, "--role", "RDS05=server"}},
      {"ZONE_NOT_UNDERSTOOD", 2, {log, "--tz", "CET"}},
      {"CODE_NOT_UNDERSTOOD", 2, {log, "--code", "0x9O4"}},
      {"OUTPUT_NOT_WRITTEN", 75, {log, "-o", folder + "/not-a-folder/report.txt"}},
      {"OUTPUT_NOT_WRITTEN", 75, {log, "-o", "/dev/full"}},
      {"INPUT_EMPTY", 3, {"merge", folder + "/empty.jsonl"}},
      {"INPUT_UNREADABLE", 3, {"batch", "--from-file", folder}},
      {"EVENT_INVALID", 2, {"rules", "explain", "--rules", pack, "one", "[1]"}},
      {"RULE_UNKNOWN", 2, {"rules", "explain", "--rules", pack, "onn", "{}"}},
      {"RULE_NO_DETECTION", 2, {"rules", "explain", "--rules", pack, "two", "{}"}},
      {"RULE_DISABLED",
       2,
       {"rules", "explain", "--rules", pack, "--rules", folder + "/later", "one", "{}"}},
  };
  for (const Case& c : kCases) {
    INFO(c.code << ": rdptriage " << c.arguments.front());
    const Outcome outcome = run_program(c.arguments);
    INFO(outcome.err);
    CHECK(outcome.exit_code == c.exit_code);
    CHECK(contains(outcome.err, std::string("error[") + c.code + "]"));
  }
  // Lines of something else among those of a batch are counted, not refused.
  write_text_file(folder + "/lines.jsonl", "{\"kind\": \"other\"}\n");
  CHECK(contains(run_program({"merge", folder + "/lines.jsonl"}).err, "notice[CASE_LINE]"));
}

TEST_CASE("cli: a rule file that cannot be opened is refused by name") {
  // Permissions do not stop everybody who runs tests; nobody can open a socket as a file.
  const std::string path = fresh_folder("cli-socket") + "/r.yml";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(path).parent_path());  // names are short
  std::string("r.yml").copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const int bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  std::filesystem::current_path(before);
  REQUIRE(bound == 0);
  const Outcome outcome = run_program({"rules", "list", "--rules", path});
  ::close(socket);
  CHECK(outcome.exit_code == 2);
  CHECK(contains(outcome.err, "error[RULE_FILE_UNREADABLE]"));
  CHECK(contains(outcome.err, "r.yml"));
}

TEST_CASE("cli: --sandbox always refuses to work where the kernel cannot confine") {
  const std::string log = fresh_folder("cli-no-sandbox") + "/client.log";
  write_text_file(log, kTrace);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // a kernel without Landlock, as far as this process can see
    sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),  // the number of the call
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{std::size(steps), steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
      ::_exit(77);
    const Outcome refused = run_program({log, "--sandbox", "always"});
    const bool is_told = contains(refused.err, "error[SANDBOX_NOT_AVAILABLE]") &&
                         contains(refused.err, "--sandbox auto") && refused.out.empty();
    const bool works_without = run_program({log, "--sandbox", "auto"}).exit_code == 0;
    ::_exit(refused.exit_code == 0 || !is_told ? 1 : works_without ? 0 : 2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) {
    WARN("this system takes no seccomp filter");
    return;
  }
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("cli: an output that does not arrive whole is exit code 75, whoever writes it") {
  if (!std::filesystem::exists("/dev/full")) return;
  const std::string folder = fresh_folder("cli-full");
  const std::string log = folder + "/client.log", report = folder + "/report.json";
  write_text_file(log, kTrace);
  REQUIRE(run_program({log, "--format", "json", "-o", report}).exit_code == 0);
  REQUIRE(run_program({"batch", log, "-o", folder + "/out"}).exit_code == 0);
  const std::vector<std::string> kCommands[] = {
      {log},
      {log, "--format", "json"},
      {log, "--format", "html", "--fail-on", "note"},
      {"batch", log},
      {"merge", folder + "/out"},
      {"inspect", log},
      {"inspect", log, "--format", "json"},
      {"explain", "0x904"},
      {"events", log},
      {"report", report},
      {"ticket", report, "--for", "jira"},
      {"diff", log, log},
      {"demo"},
      {"demo", "--list"},
      {"rules", "list"},
      {"rules", "match", log},
      {"rules", "explain", "xrdp_connection_received", "{}"},
      {"schema"},
      {"completion", "bash"},
      {"man"},
      {"--help"},
      {"--version"},
  };
  for (const std::vector<std::string>& command : kCommands) {
    INFO(command.front() << ' ' << command.back());
    const Outcome outcome = run_program(command, {}, "/dev/full");
    INFO(outcome.err);
    CHECK(outcome.exit_code == 75);
    const auto first = outcome.err.find("error[OUTPUT_");
    CHECK(first != std::string::npos);
    CHECK(outcome.err.find("error[", first + 1) == std::string::npos);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("cli: too little memory for many threads is no abort") {
  const std::string folder = fresh_folder("cli-memory");
  for (int i = 0; i < 300; ++i)
    write_text_file(folder + "/c" + std::to_string(1000 + i) + ".log", kTrace + std::to_string(i));
  const std::vector<std::string> command{folder, "--format", "json", "--reproducible", "--jobs"};
  const auto with_jobs = [&command](const char* jobs) {
    std::vector<std::string> words = command;
    words.emplace_back(jobs);
    return run_program(words);
  };
  const std::string wanted = with_jobs("1").out;
  CHECK(contains(wanted, "gateway-http.502"));
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_DATA, &before) == 0);
  rlimit tight = before;
  // What the stacks of threads leave may be too little for the rest: then that is said.
  for (const int megabytes : {16, 32, 48, 64, 256}) {
    INFO(megabytes);
    tight.rlim_cur = static_cast<rlim_t>(megabytes) << 20;
    REQUIRE(setrlimit(RLIMIT_DATA, &tight) == 0);
    const Outcome analyzed = with_jobs("1500");
    const Outcome batch = run_program({"batch", "--entries-of", folder, "--jobs", "3000"});
    setrlimit(RLIMIT_DATA, &before);
    CHECK((analyzed.exit_code == 0 || analyzed.exit_code == 75));
    CHECK(contains(analyzed.err, "OUT_OF_MEMORY") == (analyzed.exit_code == 75));
    if (analyzed.exit_code == 0) CHECK(analyzed.out == wanted);
    CHECK((batch.exit_code == 0 || batch.exit_code == 75));
    if (batch.exit_code == 0) CHECK(contains(batch.err, "300 cases, "));
  }
}
#endif

TEST_CASE("cli: nothing to analyze exits 3") {
  const std::string folder = fresh_folder("cli-nothing");
  write_text_file(folder + "/empty.evtx", "");
  write_text_file(folder + "/noise.bin",
                  std::string("\x80\x00\x01\xfe\xff\x13", 6) + std::string(5000, '\x01'));
  const Outcome missing = run_program({folder + "/no-such-file.zip"});
  CHECK(missing.exit_code == 3);
  CHECK(contains(missing.err, "error[INPUT_NOT_FOUND]"));
  CHECK(contains(missing.err, "no-such-file.zip"));
  CHECK(run_program({"events", folder + "/no-such-file.zip"}).exit_code == 3);
  write_text_file(folder + "/notes.txt", "some notes\nabout lunch\n");
  write_text_file(folder + "/wrong.evtx", std::string(600, '\x01'));
  struct Reason {
    std::string path;
    const char* says;
  };
  const Reason reasons[] = {{fresh_folder("cli-empty"), "there is no file in what was given"},
                            {folder + "/notes.txt", "none of it is about a connection"},
                            {folder + "/wrong.evtx", "named .evtx"},
                            {folder + "/noise.bin", "no known log or capture format"}};
  for (const Reason& reason : reasons) {
    INFO(reason.says);
    const Outcome outcome = run_program({reason.path, "-q"});
    CHECK(outcome.exit_code == 3);
    CHECK(contains(outcome.out, "BECAUSE"));
    CHECK(contains(on_one_line(outcome.out), reason.says));
  }
  CHECK(contains(run_program({folder + "/noise.bin"}).err, "notice[INPUT_NOT_USED]"));
  CHECK(contains(run_program({"evnets"}).err, "did you mean the command 'events'?"));
  for (const char* name : {"/empty.evtx", "/noise.bin", ""}) {
    INFO(name);
    const Outcome outcome = run_program({folder + name, "--format", "json", "-o", "-"});
    CHECK(outcome.exit_code == 3);
    const auto report = nlohmann::json::parse(outcome.out, nullptr, false);
    REQUIRE(report.is_object());
    CHECK(report["verdict"] == "not_analysable");
  }
}

TEST_CASE(
    "cli: of many files without data, those come first that somebody can do something about") {
  const std::string folder = fresh_folder("cli-unused");
  for (const char* name : {"/a.bin", "/b.bin", "/c.bin", "/d.bin"})
    write_text_file(folder + name, std::string("\x01\x02\x03", 3) + name);
  write_text_file(folder + "/shot.png", "\x89PNG\r\n\x1A\n....");
  const Outcome outcome = run_program({folder, "-q"});
  CHECK(outcome.exit_code == 3);
  const std::size_t picture = outcome.out.find("shot.png");
  REQUIRE(picture != std::string::npos);
  CHECK(picture < outcome.out.find("a.bin"));
  CHECK(contains(outcome.out, "and 1 more file\n"));
}

TEST_CASE("cli: --help and --version are answers, not mistakes") {
  CHECK(run_program({"--help"}).exit_code == 0);
  CHECK(run_program({"analyze", "--help"}).exit_code == 0);
  const Outcome version = run_program({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(contains(version.out, "rdptriage "));
}

TEST_CASE("cli: --fail-on, --reproducible and standard input") {
  const Outcome plain = run_program({"-", "--format", "json", "--reproducible"}, kTrace);
  REQUIRE(plain.exit_code == 0);
  const auto report = nlohmann::json::parse(plain.out);
  CHECK(report["verdict"] == "diagnosed");
  CHECK(report["diagnoses"][0]["cause"] == "gateway-http.502");
  CHECK_FALSE(report.contains("run"));
  CHECK(run_program({"-", "--fail-on", "error"}, kTrace).exit_code == 1);
  CHECK(run_program({"-", "--format", "json", "--reproducible", "--jobs", "2"}, kTrace).out ==
        plain.out);
}

TEST_CASE("cli: outputs appear whole, and an existing file needs --force") {
  const std::string folder = fresh_folder("cli-outputs");
  write_text_file(folder + "/client.log", kTrace);
  const std::vector<std::string> command{folder + "/client.log",
                                         "--format",
                                         "json=" + folder + "/r.json",
                                         "--format",
                                         "html=" + folder + "/r.html",
                                         "--format",
                                         "text"};
  const Outcome first = run_program(command);
  CHECK(first.exit_code == 0);
  CHECK(contains(first.out, "gateway-http.502"));
  CHECK(contains(read_text_file(folder + "/r.html"), "</html>"));
  const std::string before = read_text_file(folder + "/r.json");
  const Outcome second = run_program(command);
  CHECK(second.exit_code == 2);
  CHECK(contains(second.err, "OUTPUT_EXISTS"));
  CHECK(read_text_file(folder + "/r.json") == before);
  const Outcome again = run_program({"report", folder + "/r.json", "--format", "text"});
  CHECK(again.exit_code == 0);
  CHECK(contains(again.out, "gateway-http.502"));
}

TEST_CASE("cli: several formats make a folder of the target") {
  const std::string folder = fresh_folder("cli-output-folder");
  write_text_file(folder + "/client.log", kTrace);
  const Outcome run = run_program(
      {folder + "/client.log", "--format", "json", "--format", "html", "-o", folder + "/out"});
  CHECK(run.exit_code == 0);
  CHECK(contains(read_text_file(folder + "/out/report.json"), "gateway-http.502"));
  CHECK(contains(read_text_file(folder + "/out/report.html"), "</html>"));
  write_text_file(folder + "/file", "mine");
  const Outcome refused = run_program(
      {folder + "/client.log", "--format", "json", "--format", "html", "-o", folder + "/file"});
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.err, "OUTPUT_TWICE"));
  CHECK(read_text_file(folder + "/file") == "mine");
}

TEST_CASE("cli: a pipe or a link that stands there stays what it is") {
  namespace fs = std::filesystem;
  const std::string folder = fresh_folder("cli-output-special");
  write_text_file(folder + "/client.log", kTrace);
  const std::string pipe = folder + "/pipe", link = folder + "/link", file = folder + "/file";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::string read;
  std::thread reader([&] { read = read_text_file(pipe); });
  const Outcome piped = run_program({folder + "/client.log", "-o", pipe, "--force"});
  reader.join();
  CHECK(piped.exit_code == 0);
  CHECK(contains(read, "gateway-http.502"));
  CHECK(fs::is_fifo(pipe));

  write_text_file(file, "old");
  fs::create_symlink(file, link);
  CHECK(run_program({folder + "/client.log", "-o", link}).exit_code == 2);
  CHECK(run_program({folder + "/client.log", "-o", link, "--force"}).exit_code == 0);
  CHECK(fs::is_symlink(link));
  CHECK(contains(read_text_file(file), "gateway-http.502"));
}

TEST_CASE("cli: a bundle that promises sixty million members is refused, not given memory") {
  // A 7-Zip signature, a start header that points behind itself, and a header of one list of files.
  // clang-format off
  const std::string header("\x01\x05\xE3\x00\x87\x93\x00\x00", 8);
  // clang-format on
  const auto crc = [](std::string_view bytes) {
    std::uint32_t sum = 0xFFFFFFFF;
    for (const char c : bytes) {
      sum ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
    }
    return ~sum;
  };
  const auto number = [](std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
  };
  const std::string start = number(0, 8) + number(header.size(), 8) + number(crc(header), 4);
  const std::string archive =
      std::string("7z\xBC\xAF\x27\x1C\x00\x04", 8) + number(crc(start), 4) + start + header;
  const std::string file = fresh_folder("promises") + "/promises.7z";
  write_text_file(file, archive);
  const Outcome outcome = run_program({"analyze", "--format", "json", file});
  CHECK(outcome.exit_code == 3);
  CHECK(contains(outcome.out + outcome.err, "BUNDLE_DAMAGED"));
}

TEST_CASE("cli: a stream without an end is no report") {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"report", "/dev/zero"},
                                                  {"ticket", "/dev/zero", "--for", "jira"}}) {
    INFO(command.front());
    const Outcome outcome = run_program(command);
    CHECK(outcome.exit_code == 3);
    CHECK(contains(outcome.err, "error[REPORT_TOO_LARGE]"));
    CHECK_FALSE(contains(outcome.err, "--max-expanded"));
  }
}
