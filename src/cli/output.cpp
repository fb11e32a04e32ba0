#include "cli/output.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>

#include "rdptriage/suggest.hpp"

namespace rdptriage::cli {

namespace {

bool is_folder(const std::string& target) {
  std::error_code error;
  return target.back() == '/' || std::filesystem::is_directory(target, error);
}

bool is_file(const std::string& target) {
  std::error_code error;
  return std::filesystem::exists(target, error) && !is_folder(target);
}

// A device or a pipe takes what is written as it comes; a file beside it would take its place.
bool is_stream(const std::filesystem::path& target) {
  std::error_code error;
  const auto status = std::filesystem::status(target, error);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
         !std::filesystem::is_directory(status);
}

// Whether something is there that must be kept.
bool is_in_the_way(const std::filesystem::path& target, Existing existing) {
  std::error_code error;
  return existing == Existing::keep && std::filesystem::exists(target, error) && !is_stream(target);
}

// Nothing when there is more than a report can have.
std::optional<std::string> read_whole(std::istream& from) {
  std::string text;
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  while (from && text.size() <= kMostReportBytes) {
    const std::size_t before = text.size();
    text.resize(before + kBlock);
    from.read(text.data() + before, kBlock);
    text.resize(before + static_cast<std::size_t>(from.gcount()));
  }
  if (text.size() > kMostReportBytes) return std::nullopt;
  return text;
}

Error exists_already(const std::filesystem::path& target) {
  return {"OUTPUT_EXISTS", "the output file is there already", target.string(),
          "use --force to replace it"};
}

}  // namespace

Result<FormatInfo> find_format(const std::string& name, const std::vector<FormatInfo>& known) {
  std::vector<std::string> names;
  for (const FormatInfo& format : known) {
    if (format.name == name) return format;
    names.emplace_back(format.name);
  }
  const std::string near = suggest(name, names);
  return fail("FORMAT_UNKNOWN", fmt::format("there is no output format '{}'", name), {},
              near.empty() ? fmt::format("use one of: {}", fmt::join(names, ", "))
                           : fmt::format("did you mean '{}'?", near));
}

Result<std::vector<Output>> plan_outputs(const std::vector<std::string>& formats,
                                         const std::string& target,
                                         const std::vector<FormatInfo>& known,
                                         std::string_view stem) {
  std::vector<Output> outputs;
  const auto without_file =
      std::count_if(formats.begin(), formats.end(),
                    [](const std::string& text) { return text.find('=') == std::string::npos; });
  const bool folder = !target.empty() && target != "-" &&
                      (is_folder(target) || (without_file > 1 && !is_file(target)));
  for (const std::string& text : formats) {
    const auto equals = text.find('=');
    RDPTRIAGE_TRY(const FormatInfo format, find_format(text.substr(0, equals), known));
    Output output{std::string(format.name), {}};
    if (equals != std::string::npos) {
      output.file = text.substr(equals + 1);
    } else if (folder) {
      output.file = std::filesystem::path(target) / fmt::format("{}.{}", stem, format.extension);
    } else if (!target.empty() && target != "-") {
      output.file = target;
    }
    if (output.file == "-") output.file.clear();
    outputs.push_back(output);
  }
  std::set<std::filesystem::path> places;
  for (const Output& output : outputs) {
    if (!places.insert(output.file).second) {
      return fail("OUTPUT_TWICE",
                  fmt::format("two formats would go to {}",
                              output.file.empty() ? "standard output" : output.file.string()),
                  {}, "give each its file: --format json=report.json");
    }
  }
  return outputs;
}

Result<void> check_outputs(const std::vector<Output>& outputs, Existing existing) {
  for (const Output& output : outputs) {
    if (!output.file.empty() && is_in_the_way(output.file, existing))
      return tl::make_unexpected(exists_already(output.file));
  }
  return {};
}

// The file is made beside its final name and renamed, so nobody ever sees half a report.
Result<void> write_whole(const std::filesystem::path& named, Existing existing,
                         FunctionRef<Result<void>(std::ostream&)> write) {
  if (named.empty() || named == "-") {
    RDPTRIAGE_CHECK(write(std::cout));
    std::cout.flush();
    return {};
  }
  if (is_in_the_way(named, existing)) return tl::make_unexpected(exists_already(named));
  if (is_stream(named)) {
    std::ofstream stream(named, std::ios::binary);
    if (stream) RDPTRIAGE_CHECK(write(stream));
    stream.close();
    if (stream) return {};
    return fail("OUTPUT_NOT_WRITTEN", "the output could not be written", named.string(),
                "is somebody reading it?");
  }
  std::error_code error;
  // Behind a link the file is replaced, not the link.
  const bool is_link = std::filesystem::is_symlink(named, error);
  const std::filesystem::path target = is_link ? std::filesystem::canonical(named, error) : named;
  if (is_link && error) {
    return fail("OUTPUT_NOT_WRITTEN", "the output file is a link to nothing", named.string(),
                "name the file itself");
  }
  if (target.has_parent_path()) std::filesystem::create_directories(target.parent_path(), error);
  std::filesystem::path draft = target;
  draft += existing == Existing::take_over ? ".tmp" : fmt::format(".{}.tmp", getpid());
  std::ofstream file(draft, std::ios::binary);
  if (!file) {
    return fail("OUTPUT_NOT_WRITTEN",
                fmt::format("the output file cannot be made: {}", std::strerror(errno)),
                target.string(), "check that the folder exists and may be written to");
  }
  if (auto written = write(file); !written) {
    std::filesystem::remove(draft, error);
    return written;
  }
  file.close();
  if (file) std::filesystem::rename(draft, target, error);
  if (!file || error) {
    std::filesystem::remove(draft, error);
    return fail("OUTPUT_NOT_WRITTEN", "the output file could not be written whole", target.string(),
                "is the disk full?");
  }
  return {};
}

Result<void> finish_standard_output() {
  std::cout.flush();
  const bool arrived = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  // Which of the writes failed, and why, is not known any more; whether somebody still reads is.
  pollfd reader{STDOUT_FILENO, POLLOUT, 0};
  const bool nobody_reads = poll(&reader, 1, 0) == 1 && (reader.revents & (POLLERR | POLLHUP)) != 0;
  if (arrived || nobody_reads) return {};
  return fail("OUTPUT_FAILED", "the output could not be written whole", "standard output",
              "check the free space of the disk that the output goes to");
}

Result<Report> read_report(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code ignored;
  if (file != "-" && (!in || std::filesystem::is_directory(file, ignored))) {
    return fail("INPUT_NOT_FOUND", "the report cannot be opened", file, "check the path");
  }
  std::istream& from = file == "-" ? std::cin : in;
  const std::optional<std::string> text = read_whole(from);
  if (!text) {
    return fail("REPORT_TOO_LARGE", "there are more than 256 MiB, so it is no report that is read",
                file, "give one report that `--format json` wrote");
  }
  auto report = parse_report(*text);
  if (report) return report;
  Error error = std::move(report).error();
  error.where = file + error.where;
  return tl::make_unexpected(std::move(error));
}

bool looks_like_report(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return false;
  std::ifstream in(file, std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || head[first] != '{') return false;
  // Other programs sort the members, and `kind` is far behind.
  return head.find("\"rdptriage.report\"") != std::string::npos ||
         std::filesystem::path(file).extension() == ".json";
}

Result<void> write_output(const Report& report, const Output& output, Existing existing,
                          const WriteOptions& options) {
  WriteOptions layout = options;
  if (!output.file.empty()) layout.color = false;
  return write_whole(output.file, existing, [&](std::ostream& out) {
    return write_report(report, output.format, out, layout);
  });
}

}  // namespace rdptriage::cli
