// What a ticket needs first is admitted first: the answer, its first proofs, the fix; then what is
// left of the system's limit is filled with the rest. The order on the page stays that of a report.
#include "report/ticket_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rdptriage/names.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

constexpr std::size_t kLongestEvidence = 800;  // code points; longer lines are quoted in part
constexpr std::size_t kRoomForNote = 160;      // "… 12 lines are left out …" in any markup

enum class Kind : unsigned char { heading, prose, quote };

struct Line {
  Kind kind = Kind::prose;
  std::string text;
  unsigned priority = 0;  // 0 is admitted first
};

std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// A ticketing system notifies whoever is named after an "@".
std::string without_mentions(std::string text) {
  for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; at += 4)
    text.insert(at + 1, "\u200B");
  return text;
}

std::string rendered(const Line& line, Markup markup) {
  const std::string text = safe_text(line.text);
  switch (markup) {
    case Markup::plain:
      return line.kind == Kind::heading ? "\n" + text + "\n"
             : line.kind == Kind::quote ? "    " + text + "\n"
                                        : text + "\n";
    case Markup::markdown:
      if (line.kind == Kind::heading) return "\n**" + escaped(text, "\\`*_[]<>#") + "**\n\n";
      if (line.kind == Kind::prose)
        return without_mentions(escaped(text, "\\`*_{}[]<>#|~")) + "  \n";
      return "\n    " + text + "\n\n";  // an indented block: no fence that the text could end
    case Markup::html:
      if (line.kind == Kind::heading) return "<h3>" + safe_markup(text) + "</h3>\n";
      if (line.kind == Kind::prose) return "<p>" + safe_markup(text) + "</p>\n";
      return "<pre>" + safe_markup(text) + "</pre>\n";
    case Markup::jira: {
      if (line.kind == Kind::heading) return "\nh4. " + escaped(text, "\\{}[]*_|!^~+-?") + "\n";
      if (line.kind == Kind::prose) return without_mentions(escaped(text, "\\{}[]*_|!^~+?")) + "\n";
      // Inside {noformat} nothing acts but its own end.
      std::string inside = text;
      for (std::size_t at = 0; (at = inside.find("{noformat", at)) != std::string::npos; at += 2)
        inside.insert(at + 1, " ");
      return "{noformat}" + inside + "{noformat}\n";
    }
  }
  return text;
}

void add_proof(const Report& report, const Diagnosis& diagnosis, unsigned priority,
               std::vector<Line>& lines) {
  if (diagnosis.evidence.empty()) return;
  lines.push_back({Kind::heading, "PROOF", priority});
  std::size_t number = 0;
  for (const std::string& id : diagnosis.evidence) {
    const Evidence* evidence = find_evidence(report, id);
    if (!evidence) continue;
    std::string text = id;
    for (const std::string& part :
         {place_of(report, *evidence), position_of(*evidence), time_of(*evidence)}) {
      if (!part.empty()) text += (text == id ? "  " : ", ") + part;
    }
    text += ": " + cut_to(evidence->text, kLongestEvidence);
    lines.push_back({Kind::quote, text, number++ < 3 ? priority : 4});
  }
}

void add_fix(const Diagnosis& diagnosis, std::vector<Line>& lines) {
  if (diagnosis.confidence.label == ConfidenceLabel::possible) return;
  if (!diagnosis.remediation.empty()) lines.push_back({Kind::heading, "FIX", 2});
  for (const RemediationStep& step : diagnosis.remediation) {
    const unsigned priority = step.step <= 4 ? 2 : 4;
    std::string risk(name_of(step.risk));
    std::replace(risk.begin(), risk.end(), '_', ' ');
    lines.push_back({Kind::prose,
                     fmt::format("{}. {}{}{} ({})", step.step, step.actor,
                                 step.actor.empty() ? "" : ": ", step.text, risk),
                     priority});
    if (!step.command.empty()) lines.push_back({Kind::quote, step.command, priority});
    if (!step.undo.empty()) lines.push_back({Kind::prose, "Undo: " + step.undo, 3});
  }
  for (const std::string& check : diagnosis.verify)
    lines.push_back({Kind::prose, "Check: " + check, 3});
}

std::vector<Line> lines_of(const Report& report) {
  std::vector<Line> lines;
  lines.push_back({Kind::prose, headline(report), 0});
  std::string verdict(name_of(report.verdict));
  std::replace(verdict.begin(), verdict.end(), '_', ' ');
  lines.push_back({Kind::prose, fmt::format("Verdict: {}, {}", verdict, files_line(report)), 0});
  for (const std::string& remark : remarks(report)) lines.push_back({Kind::prose, remark, 2});
  for (std::size_t i = 0; i < report.diagnoses.size(); ++i) {
    const Diagnosis& diagnosis = report.diagnoses[i];
    const bool first = i == 0;
    const bool firm = diagnosis.confidence.label != ConfidenceLabel::possible;
    lines.push_back({Kind::heading,
                     first && firm ? "CAUSE"
                     : firm        ? "ALSO"
                                   : "NOT EXCLUDED",
                     first ? 1U : 4U});
    lines.push_back(
        {Kind::prose, diagnosis.title + " (" + confidence_line(diagnosis) + ")", first ? 1U : 4U});
    if (!diagnosis.explanation.empty())
      lines.push_back({Kind::prose, diagnosis.explanation, first ? 1U : 5U});
    if (!first) continue;
    add_proof(report, diagnosis, 1, lines);
    add_fix(diagnosis, lines);
  }
  if (const Attempt* attempt = shown_attempt(report); attempt && !attempt->stopped_at.empty())
    lines.push_back({Kind::prose, "Stopped at: " + attempt->stopped_at, 3});
  if (!report.collect_next.empty()) lines.push_back({Kind::heading, "COLLECT NEXT", 3});
  for (const CollectNext& next : report.collect_next) {
    const std::string place = place_of(report, next);
    lines.push_back(
        {Kind::prose,
         fmt::format("{}. {}{}", next.rank, place.empty() ? "" : "On " + place + ": ", next.why),
         next.rank == 1 ? 3U : 4U});
    if (!next.command.empty())
      lines.push_back({Kind::quote, next.command, next.rank == 1 ? 3U : 4U});
  }
  for (const Notice& notice : report.notices)
    lines.push_back({Kind::prose, fmt::format("Notice {}: {}", notice.code, notice.text), 5});
  if (!report.case_fingerprint.empty())
    lines.push_back({Kind::prose,
                     fmt::format("rdptriage {}, case {}", report.tool_version,
                                 report.case_fingerprint.substr(0, 16)),
                     3});
  return lines;
}

}  // namespace

std::size_t length_of(std::string_view text, TicketLimit::Count count) {
  if (count == TicketLimit::Count::bytes) return text.size();
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

std::string cut_line(std::string_view text, std::size_t most, TicketLimit::Count count) {
  std::string line = safe_text(text);
  if (length_of(line, count) <= most) return line;
  const std::size_t room = most - length_of("…", count);
  while (!line.empty() && length_of(line, count) > room) {
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80)
      line.pop_back();
    if (!line.empty()) line.pop_back();
  }
  return line + "…";
}

std::string ticket_body(const Report& report, Markup markup, std::size_t most,
                        TicketLimit::Count count) {
  const std::vector<Line> lines = lines_of(report);
  std::vector<std::string> texts(lines.size());
  std::size_t room = most - std::min(most, kRoomForNote);
  std::size_t left_out = 0;
  for (unsigned priority = 0; priority <= 5; ++priority) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].priority != priority) continue;
      std::string text = rendered(lines[i], markup);
      const std::size_t length = length_of(text, count);
      if (length > room) {
        ++left_out;
        continue;
      }
      room -= length;
      texts[i] = std::move(text);
    }
  }
  std::string body;
  for (const std::string& text : texts) body += text;
  if (left_out != 0) {
    body += rendered({Kind::prose,
                      fmt::format("{} more line{} in the full report.", left_out,
                                  left_out == 1 ? " is" : "s are"),
                      0},
                     markup);
  }
  while (!body.empty() && (body.back() == '\n' || body.back() == ' ')) body.pop_back();
  body.erase(0, body.find_first_not_of('\n'));
  return body;
}

}  // namespace rdptriage::report
