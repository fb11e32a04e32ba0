#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "cli/command.hpp"
#include "rdptriage/analyze.hpp"

namespace rdptriage::cli {

namespace {

struct ReportOptions {
  std::string file;
  std::string format = "text";
};

int write_again(const ReportOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file && options.file != "-") {
    print_error({"INPUT_NOT_FOUND", "the report cannot be opened", options.file, "check the path"});
    return kNotAnalysable;
  }
  std::istream& in = options.file == "-" ? std::cin : file;
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto report = parse_report(text);
  if (!report) {
    Error error = std::move(report).error();
    error.where = options.file + error.where;
    print_error(error);
    return kNotAnalysable;
  }
  if (const auto written = write_report(*report, options.format, std::cout); !written) {
    print_error(written.error());
    return kUsage;
  }
  return kOk;
}

}  // namespace

void add_report_command(Program& program) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = program.app.add_subcommand(
      "report", "Write a JSON report in another format, without the logs");
  command
      ->add_option("REPORT", options->file, "a file that --format json wrote; - for standard input")
      ->required();
  command->add_option("--format", options->format, "output format")->capture_default_str();
  command->callback([&program, options] { program.exit_code = write_again(*options); });
}

}  // namespace rdptriage::cli
