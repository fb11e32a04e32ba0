// Every output format in one table.
#include <ostream>

#include "rdptriage/analyze.hpp"
#include "report/github.hpp"
#include "report/html.hpp"
#include "report/json.hpp"
#include "report/json_reader.hpp"
#include "report/junit.hpp"
#include "report/markdown.hpp"
#include "report/sarif.hpp"
#include "report/text.hpp"

namespace rdptriage {

namespace report {
extern const std::string_view kReportSchema;  // src/report/schema/report-1.0.json
}

namespace {

struct FormatRow {
  FormatInfo info;
  void (*write)(const Report&, const WriteOptions&, std::ostream&);
};

constexpr FormatRow kFormats[] = {
    {{"text", "txt", "cause card for a terminal"}, report::write_text},
    {{"json", "json", "the whole report for machines, schema 1.0"}, report::write_json},
    {{"jsonl", "jsonl", "the same on one line"}, report::write_jsonl},
    {{"html", "html", "one self-contained page"}, report::write_html},
    {{"markdown", "md", "a ticket comment"}, report::write_markdown},
    {{"sarif", "sarif", "SARIF 2.1.0 for code scanning"}, report::write_sarif},
    {{"junit", "xml", "JUnit XML for CI servers"}, report::write_junit},
    {{"github", "txt", "GitHub workflow annotations"}, report::write_github},
};

}  // namespace

Result<void> write_report(const Report& report, std::string_view format, std::ostream& out,
                          const WriteOptions& options) {
  for (const FormatRow& row : kFormats) {
    if (row.info.name != format) continue;
    row.write(report, options, out);
    return {};
  }
  std::string known;
  for (const FormatRow& row : kFormats)
    known += (known.empty() ? "" : ", ") + std::string(row.info.name);
  return fail("FORMAT_UNKNOWN", "there is no output format '" + std::string(format) + "'", {},
              "use one of: " + known);
}

Result<Report> parse_report(std::string_view json) { return report::parse_report(json); }

std::string_view report_schema() { return report::kReportSchema; }

std::vector<FormatInfo> report_formats() {
  std::vector<FormatInfo> formats;
  for (const FormatRow& row : kFormats) formats.push_back(row.info);
  return formats;
}

}  // namespace rdptriage
