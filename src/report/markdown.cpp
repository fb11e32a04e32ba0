// GitHub-flavored Markdown. Log text goes into code spans and fenced blocks only, where Markdown
// leaves it alone; a fence is always longer than any run of backticks inside it.
#include "report/markdown.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "rdptriage/names.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

constexpr std::size_t kMostProofs = 20;  // of a cause: comments are limited (GitHub: 65,536)

std::size_t longest_backtick_run(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string code_span(std::string_view raw) {
  const std::string text = safe_text(raw);
  if (text.empty()) return {};
  const std::string fence(longest_backtick_run(text) + 1, '`');
  const char* pad = text.front() == '`' || text.back() == '`' ? " " : "";
  return fence + pad + text + pad + fence;
}

void write_code_block(std::string_view raw, std::string_view language, std::ostream& out) {
  const std::string text = safe_text(raw, LineBreaks::keep);
  const std::string fence(std::max<std::size_t>(3, longest_backtick_run(text) + 1), '`');
  fmt::print(out, "{}{}\n{}\n{}\n", fence, language, text, fence);
}

// Our own prose: safe against a value that was filled in from a log.
std::string prose(std::string_view raw) {
  std::string out;
  for (const char c : safe_text(raw)) {
    if (std::string_view("\\`*_{}[]<>#|~").find(c) != std::string_view::npos) out += '\\';
    if (c == '@') {
      out += "@\u200B";  // a ticketing system would notify the user of that name
      continue;
    }
    out += c;
  }
  return out;
}

std::string shell_language(const RemediationStep& step) {
  return step.shell == "cmd" ? "bat" : step.shell;
}

void write_proof(const Report& report, const Diagnosis& diagnosis, std::ostream& out) {
  if (diagnosis.evidence.empty()) return;
  out << "\n**Proof**\n\n";
  std::size_t written = 0;
  for (const std::string& id : diagnosis.evidence) {
    const Evidence* evidence = find_evidence(report, id);
    if (!evidence) continue;
    if (written++ == kMostProofs) {
      fmt::print(out, "- and {} more; the JSON report has them all\n",
                 diagnosis.evidence.size() - kMostProofs);
      break;
    }
    std::string place = prose(place_of(report, *evidence));
    if (const std::string at = position_of(*evidence); !at.empty()) place += ", " + at;
    if (const std::string time = time_of(*evidence); !time.empty()) place += ", " + prose(time);
    fmt::print(out, "- {} ({}): {}\n", id, place, code_span(cut_to(evidence->text, 300)));
  }
}

void write_remediation(const Diagnosis& diagnosis, std::ostream& out) {
  if (diagnosis.remediation.empty()) return;
  out << "\n**Fix**\n\n";
  for (const RemediationStep& step : diagnosis.remediation) {
    fmt::print(out, "{}. {}: {} ({})\n", step.step, prose(step.actor), prose(step.text),
               name_of(step.risk));
    if (!step.command.empty()) write_code_block(step.command, shell_language(step), out);
    if (!step.undo.empty()) fmt::print(out, "   Undo: {}\n", prose(step.undo));
  }
  for (const std::string& check : diagnosis.verify) fmt::print(out, "- Check: {}\n", prose(check));
}

}  // namespace

void write_markdown(const Report& report, const WriteOptions&, std::ostream& out) {
  fmt::print(out, "## {}\n\n", prose(headline(report)));
  fmt::print(out, "Verdict: **{}** · {}\n", name_of(report.verdict), files_line(report));
  for (const std::string& remark : remarks(report)) fmt::print(out, "\n{}\n", prose(remark));
  for (const Diagnosis& diagnosis : report.diagnoses) {
    fmt::print(out, "\n### {}. {}\n\n{}\n", diagnosis.rank, prose(diagnosis.title),
               prose(confidence_line(diagnosis)));
    if (!diagnosis.explanation.empty()) fmt::print(out, "\n{}\n", prose(diagnosis.explanation));
    write_proof(report, diagnosis, out);
    write_remediation(diagnosis, out);
  }
  if (!report.collect_next.empty()) {
    out << "\n### Collect next\n\n";
    for (const CollectNext& next : report.collect_next) {
      const std::string place = prose(place_of(report, next));
      fmt::print(out, "{}. {}{}\n", next.rank, prose(next.why),
                 place.empty() ? "" : " On " + place + ":");
      if (!next.command.empty()) write_code_block(next.command, "", out);
    }
  }
  if (!report.notices.empty()) {
    out << "\n### Notices\n\n";
    for (const Notice& notice : report.notices) {
      fmt::print(out, "- {}: {}\n", code_span(notice.code), prose(notice.text));
    }
  }
}

}  // namespace rdptriage::report
