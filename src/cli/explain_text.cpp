#include "cli/explain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace rdptriage::cli {
namespace {

constexpr std::size_t kLabel = 13, kMinText = 40, kMaxText = 88, kMostCodes = 12;

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

class Page {
 public:
  explicit Page(unsigned columns)
      : width_(std::clamp<std::size_t>(columns, kMinText + kLabel + 2, kMaxText + kLabel + 2)) {}

  void heading(std::string_view text) {
    if (!out_.empty()) out_ += '\n';
    paragraph("", text, 0);
  }
  // "  LABEL   text, wrapped below itself"
  void entry(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    const std::string start = fmt::format("  {:<{}}", label, kLabel - 2);
    paragraph(start, text, kLabel);
  }
  // A command is there to be copied: never wrapped.
  void command(std::string_view text) {
    if (!text.empty()) out_ += fmt::format("{:{}}$ {}\n", "", kLabel, text);
  }
  void blank() { out_ += '\n'; }
  std::string take() { return std::move(out_); }

 private:
  void paragraph(std::string_view start, std::string_view text, std::size_t indent) {
    std::string line(start);
    std::size_t used = width_of(start);
    bool is_empty = true;
    while (!text.empty()) {
      const std::size_t blank = std::min(text.find(' '), text.size());
      const std::string_view word = text.substr(0, blank);
      text.remove_prefix(std::min(blank + 1, text.size()));
      if (word.empty()) continue;
      if (!is_empty && used + 1 + width_of(word) > width_) {
        out_ += line + '\n';
        line.assign(indent, ' ');
        used = indent;
        is_empty = true;
      }
      if (!is_empty) {
        line += ' ';
        ++used;
      }
      line += word;
      used += width_of(word);
      is_empty = false;
    }
    out_ += line + '\n';
  }

  std::size_t width_;
  std::string out_;
};

// A claim is about several codes; it is checked once on a page.
void write_claims(Page& page, const std::vector<ClaimCheck>& claims, std::set<std::string>& told) {
  bool is_first = true;
  for (const ClaimCheck& check : claims) {
    if (!told.insert(check.id).second) continue;
    const std::string mark = check.harmful                    ? "HARMFUL"
                             : check.verdict == "unsupported" ? "no source"
                             : check.verdict == "irrelevant"  ? "no effect"
                                                              : check.verdict;
    page.entry(is_first ? "ON THE WEB" : "", fmt::format("{}: {}", mark, check.claim));
    page.entry("", "-> " + check.correction);
    is_first = false;
  }
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  return fmt::format("{}", fmt::join(words, between));
}

void write_code(Page& page, const CodeMeaning& code, std::set<std::string>& told) {
  std::string title = code.kind == "event"  ? "event " + code.code
                      : code.kind == "http" ? "HTTP " + code.code
                                            : code.code;
  if (!code.second.empty()) title += " / " + code.second;
  if (!code.forms.empty()) title += " (" + joined(code.forms, ", ") + ')';
  if (!code.names.empty()) title += "  " + joined(code.names, ", ");
  page.heading(title);
  page.entry("WHAT", code.table_title);
  page.entry("MEANS", code.meaning);
  if (!code.failure) page.entry("", "Not a failure.");
  page.entry("NOTE", code.note);
  page.entry("SHOWN BY", code.shown_by);
  for (const CauseReference& cause : code.causes) {
    page.entry(&cause == &code.causes.front() ? "CAUSES" : "",
               fmt::format("{}: {}", cause.id, cause.title));
  }
  page.entry("LOOK AT", code.look_at);
  write_claims(page, code.claims, told);
  const std::string grade = code.grade.empty() ? "" : fmt::format(" [{}]", code.grade);
  page.entry("SOURCE", joined(code.sources, "; ") + grade);
}

std::string_view risk_word(Risk risk) {
  switch (risk) {
    case Risk::read_only:
      return "changes nothing";
    case Risk::reversible:
      return "can be undone";
    case Risk::disruptive:
      return "disturbs users";
    case Risk::lowers_security:
      return "LOWERS SECURITY";
  }
  return "";
}

void write_cause(Page& page, const CauseMeaning& cause, std::set<std::string>& told) {
  page.heading(fmt::format("{}  {}", cause.id, cause.title));
  page.entry("MEANS", cause.explanation);
  page.entry("STAGE", cause.stage);
  bool is_first = true;
  for (const CauseMeaning::Sign& sign : cause.signs) {
    const std::string_view weight = sign.decisive     ? "proves it"
                                    : sign.weight < 0 ? "speaks against it"
                                                      : "speaks for it";
    page.entry(is_first ? "SIGNS" : "",
               fmt::format("{} ({})", sign.title.empty() ? sign.rule : sign.title, weight));
    is_first = false;
  }
  for (const RemediationStep& step : cause.remediation) {
    page.entry(step.step == 1 ? "FIX" : "", fmt::format("{}. {} [{}; {}]", step.step, step.text,
                                                        step.actor, risk_word(step.risk)));
    page.command(step.command);
    if (!step.undo.empty()) page.entry("", "undo: " + step.undo);
  }
  for (const std::string& check : cause.verify) {
    page.entry(&check == &cause.verify.front() ? "VERIFY" : "", check);
  }
  for (const CollectNext& next : cause.collect_next) {
    page.entry(next.rank == 1 ? "COLLECT" : "", fmt::format("{} [{}]", next.why, next.host));
    page.command(next.command);
  }
  if (!cause.codes.empty()) {
    std::vector<std::string> codes = cause.codes;
    const std::size_t left = codes.size() > kMostCodes ? codes.size() - kMostCodes : 0;
    codes.resize(codes.size() - left);
    page.entry("CODES", joined(codes, ", ") + (left == 0 ? "" : fmt::format(" and {} more", left)));
  }
  write_claims(page, cause.claims, told);
  for (const Reference& reference : cause.references) {
    page.entry(&reference == &cause.references.front() ? "READ" : "",
               fmt::format("{} {}", reference.title, reference.url));
  }
}

}  // namespace

std::string explanation_text(const std::vector<Explanation>& answers, unsigned columns) {
  Page page(columns);
  std::set<std::string> told;
  for (const Explanation& answer : answers) {
    for (const CodeMeaning& code : answer.codes) write_code(page, code, told);
    for (const CauseMeaning& cause : answer.causes) write_cause(page, cause, told);
    if (answer.codes.empty() && answer.causes.empty() && !answer.claims.empty()) {
      page.heading(answer.asked);
    }
    write_claims(page, answer.claims, told);
  }
  return page.take();
}

}  // namespace rdptriage::cli
