// The page in the order in which it is read: cause, proof, how far it got, fix, what to collect,
// then everything behind it. All text from the report goes through safe_markup, so nothing from a
// log can act; the Content-Security-Policy allows our own style and script by their hashes and
// nothing else.
#include "report/html.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "rdptriage/names.hpp"
#include "report/html_frame.hpp"
#include "report/html_timeline.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

std::string text(std::string_view raw) { return safe_markup(raw, LineBreaks::escape); }
std::string lines(std::string_view raw) { return safe_markup(raw, LineBreaks::keep); }

// Only what a browser opens as a page becomes a link.
std::string link(const Reference& reference) {
  const std::string title = text(reference.title.empty() ? reference.url : reference.title);
  if (!reference.url.starts_with("https://")) return title;
  return fmt::format("<a href=\"{}\" rel=\"noreferrer\">{}</a>", text(reference.url), title);
}

class HtmlPage {
 public:
  HtmlPage(const Report& report, std::ostream& out) : report_(report), out_(out) {}

  void write() {
    write_html_head(headline(report_), out_);
    write_header();
    out_ << "<main>\n";
    if (!report_.diagnoses.empty()) write_cause(report_.diagnoses.front());
    if (report_.diagnoses.empty()) write_path();
    if (report_.diagnoses.size() > 1) write_others();
    write_collect_next();
    write_coverage();
    write_timeline();
    write_evidence();
    write_files();
    write_notices();
    out_ << "</main>\n";
    fmt::print(out_, "<footer>rdptriage {}{}. Made offline; this page loads nothing.</footer>\n",
               text(report_.tool_version),
               report_.rules_version.empty() ? "" : ", rules " + text(report_.rules_version));
    write_html_end(out_);
  }

 private:
  static std::string words(std::string_view raw) {
    std::string out(raw);
    std::replace(out.begin(), out.end(), '_', ' ');
    return out;
  }

  void write_header() {
    out_ << "<header>\n";
    fmt::print(out_, "<p class=\"kicker\">{}{}</p>\n",
               report_.case_id.empty() ? "" : text(report_.case_id) + " · ", files_line(report_));
    fmt::print(out_, "<h1>{}</h1>\n<p class=\"facts\"><span class=\"verdict {}\">{}</span>",
               text(headline(report_)), name_of(report_.verdict), words(name_of(report_.verdict)));
    if (!report_.diagnoses.empty())
      fmt::print(out_, " <span>{}</span>", text(confidence_line(report_.diagnoses.front())));
    const auto count = [&](std::size_t number, const char* what) {
      if (number != 0)
        fmt::print(out_, " <span>{} {}{}</span>", number, what, number == 1 ? "" : "s");
    };
    count(report_.hosts.size(), "host");
    count(static_cast<std::size_t>(
              std::count_if(report_.attempts.begin(), report_.attempts.end(),
                            [](const Attempt& a) { return a.outcome == AttemptOutcome::failed; })),
          "failed attempt");
    out_ << "</p>\n";
    if (!report_.diagnoses.empty()) {
      const Diagnosis& first = report_.diagnoses.front();
      // A possible cause is no answer: its title is not the page's, so it stands here.
      if (first.title != report_.headline && first.confidence.label == ConfidenceLabel::possible)
        fmt::print(out_, "<p class=\"lead\">Not excluded: {}</p>\n", text(first.title));
      if (!first.explanation.empty())
        fmt::print(out_, "<p class=\"lead\">{}</p>\n", text(first.explanation));
    }
    for (const std::string& remark : remarks(report_))
      fmt::print(out_, "<p class=\"lead\">{}</p>\n", text(remark));
    out_ << "</header>\n";
  }

  // The first cause makes the page; the others are folded below it.
  void write_cause(const Diagnosis& diagnosis) {
    write_proof(diagnosis);
    write_path();
    write_fix(diagnosis);
    write_sources(diagnosis);
  }

  void write_proof(const Diagnosis& diagnosis) {
    if (diagnosis.evidence.empty()) return;
    out_ << "<section class=\"card\"><h2>Proof</h2>\n<ol class=\"proof\">\n";
    for (const std::string& id : diagnosis.evidence) write_proof_line(id);
    out_ << "</ol>\n";
    if (!diagnosis.confidence.why.empty()) {
      out_ << "<details class=\"why\"><summary>Why this cause</summary>\n<ul>\n";
      for (const std::string& reason : diagnosis.confidence.why)
        fmt::print(out_, "<li>{}</li>\n", text(reason));
      out_ << "</ul></details>\n";
    }
    out_ << "</section>\n";
  }

  void write_proof_line(const std::string& id) {
    const Evidence* evidence = find_evidence(report_, id);
    if (!evidence) return;
    fmt::print(out_, "<li><p class=\"meta\"><a href=\"#{0}\">{0}</a>", text(id));
    for (const std::string& part :
         {time_of(*evidence), place_of(report_, *evidence), position_of(*evidence)}) {
      if (!part.empty()) fmt::print(out_, " <span>{}</span>", text(part));
    }
    fmt::print(out_, "</p><p class=\"mono\">{}</p></li>\n", text(cut_to(evidence->text, 400)));
  }

  void write_command(std::string_view command, std::string_view shell) {
    const std::string id = fmt::format("command-{}", ++commands_);
    const std::string label = shell == "powershell" ? "PowerShell"
                              : shell == "cmd"      ? "Command prompt"
                                                    : text(shell);
    fmt::print(out_,
               "<div class=\"command\"><pre id=\"{0}\"{2}>{1}</pre>"
               "<button type=\"button\" data-copy=\"{0}\" aria-label=\"Copy the "
               "command\">Copy</button></div>\n",
               id, lines(command),
               label.empty() ? std::string() : fmt::format(" data-shell=\"{}\"", label));
  }

  void write_fix(const Diagnosis& diagnosis) {
    // A cause that is not proven offers no fix: the next thing to do is to collect.
    if (diagnosis.confidence.label == ConfidenceLabel::possible) return;
    if (diagnosis.remediation.empty() && diagnosis.verify.empty()) return;
    out_ << "<section class=\"card\"><h2>Fix</h2>\n<ol class=\"steps\">\n";
    for (const RemediationStep& step : diagnosis.remediation) {
      fmt::print(out_,
                 "<li><p class=\"meta\"><span>{}{}</span> <span class=\"risk {}\">{}</span></p>"
                 "<p>{}</p>\n",
                 text(step.actor), step.host.empty() ? "" : " on " + text(step.host),
                 name_of(step.risk), words(name_of(step.risk)), text(step.text));
      if (!step.command.empty()) write_command(step.command, step.shell);
      if (!step.undo.empty()) fmt::print(out_, "<p class=\"soft\">Undo: {}</p>\n", text(step.undo));
      out_ << "</li>\n";
    }
    out_ << "</ol>\n";
    for (const std::string& check : diagnosis.verify)
      fmt::print(out_, "<p class=\"check\"><strong>Then check:</strong> {}</p>\n", text(check));
    out_ << "</section>\n";
  }

  void write_sources(const Diagnosis& diagnosis) {
    if (diagnosis.references.empty()) return;
    out_ << "<p class=\"soft sources\">Sources: ";
    for (std::size_t i = 0; i < diagnosis.references.size(); ++i)
      out_ << (i ? " · " : "") << link(diagnosis.references[i]);
    out_ << "</p>\n";
  }

  void write_others() {
    out_ << "<section><h2>Other causes</h2>\n";
    for (std::size_t i = 1; i < report_.diagnoses.size(); ++i) {
      const Diagnosis& diagnosis = report_.diagnoses[i];
      const bool firm = diagnosis.confidence.label != ConfidenceLabel::possible;
      fmt::print(
          out_, "<details class=\"other\"><summary>{}{} <span class=\"soft\">{}</span></summary>\n",
          firm ? "" : "Not excluded: ", text(diagnosis.title), text(confidence_line(diagnosis)));
      if (!diagnosis.explanation.empty())
        fmt::print(out_, "<p>{}</p>\n", text(diagnosis.explanation));
      write_proof(diagnosis);
      write_fix(diagnosis);
      write_sources(diagnosis);
      out_ << "</details>\n";
    }
    out_ << "</section>\n";
  }

  void write_path() {
    const Attempt* attempt = shown_attempt(report_);
    if (!attempt || attempt->stages.empty()) return;
    out_ << "<section><h2>How far it got</h2>\n<ol class=\"path\">\n";
    for (const StageResult& stage : attempt->stages) {
      fmt::print(
          out_, "<li class=\"{}\" title=\"{}\">{}{}</li>\n", name_of(stage.state),
          words(name_of(stage.state)), text(stage.stage),
          stage.state == StageState::failed ? "<span class=\"hidden\"> (failed)</span>" : "");
    }
    out_ << "</ol></section>\n";
  }

  void write_collect_next() {
    if (report_.collect_next.empty()) return;
    out_ << "<section class=\"card\"><h2>Collect next</h2>\n<ol class=\"steps\">\n";
    for (const CollectNext& next : report_.collect_next) {
      const std::string place = text(place_of(report_, next));
      fmt::print(out_, "<li>{}<p>{}</p>\n",
                 place.empty() ? "" : "<p class=\"meta\"><span>On " + place + "</span></p>",
                 text(next.why));
      if (!next.command.empty()) write_command(next.command, "");
      out_ << "</li>\n";
    }
    out_ << "</ol></section>\n";
  }

  void write_timeline() {
    const std::string svg = timeline_svg(report_);
    if (svg.empty()) return;
    out_ << "<section class=\"appendix\"><h2>Timeline</h2>\n<div class=\"scroll timeline\">" << svg
         << "<p class=\"tools\"><button type=\"button\" data-key=\"+\">Closer</button> "
            "<button type=\"button\" data-key=\"-\">Wider</button> "
            "<button type=\"button\" data-key=\"0\">All</button></p></div></section>\n";
  }

  void write_coverage() {
    bool any = false;
    for (const Coverage& source : report_.coverage)
      any = any || source.state != CoverageState::present;
    if (!any) return;
    out_ << "<section><h2>What is missing</h2>\n<div class=\"scroll\"><table><tbody>\n";
    for (const Coverage& source : report_.coverage) {
      if (source.state == CoverageState::present) continue;
      const std::string state = words(name_of(source.state));
      const Host* host = find_host(report_, source.host);
      fmt::print(out_, "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                 text(source.source), text(host ? host->name : source.host), state,
                 text(source.effect));
    }
    out_ << "</tbody></table></div></section>\n";
  }

  void write_evidence() {
    if (report_.evidence.empty()) return;
    out_ << "<section class=\"appendix\" id=\"evidence\"><h2>Evidence</h2>\n";
    if (report_.evidence.size() > 20) {
      out_ << "<p class=\"tools\"><label>Filter <input id=\"evidence-filter\" "
              "type=\"search\"></label></p>\n";
    }
    for (const Evidence& evidence : report_.evidence) {
      fmt::print(out_,
                 "<details id=\"{0}\" class=\"evidence\"><summary><b>{0}</b> <span "
                 "class=\"when\">{1}</span> <span class=\"where\">{2}</span> <span "
                 "class=\"mono\">{3}</span></summary>\n",
                 text(evidence.id), text(time_of(evidence)), text(place_of(report_, evidence)),
                 text(cut_to(evidence.text, 160)));
      fmt::print(out_, "<pre>{}</pre>\n", lines(evidence.text));
      write_context(evidence);
      if (!evidence.data.empty()) {
        out_ << "<div class=\"scroll\"><table><tbody>\n";
        for (const auto& [name, value] : evidence.data) {
          fmt::print(out_, "<tr><th>{}</th><td class=\"mono\">{}</td></tr>\n", text(name),
                     text(value));
        }
        out_ << "</tbody></table></div>\n";
      }
      const ArtifactReport* artifact = find_artifact(report_, evidence.artifact);
      if (artifact) {
        fmt::print(out_, "<p class=\"soft\">{} {}</p>\n", text(artifact->path),
                   text(position_of(evidence)));
      }
      out_ << "</details>\n";
    }
    out_ << "</section>\n";
  }

  // The lines around the evidence, as the file has them.
  void write_context(const Evidence& evidence) {
    if (evidence.context.size() < 2) return;
    out_ << "<pre class=\"context\">";
    for (const ContextLine& line : evidence.context) {
      fmt::print(out_, "<span class=\"line{}\"><span class=\"number\">{}</span> {}</span>",
                 evidence.line == line.line ? " own" : "", line.line, text(line.text));
    }
    out_ << "</pre>\n";
  }

  void write_files() {
    if (report_.artifacts.empty()) return;
    out_ << "<section class=\"appendix\"><h2>Files</h2>\n<div "
            "class=\"scroll\"><table><thead><tr><th>File</th><th>Format</th>"
            "<th>State</th><th>Records</th></tr></thead><tbody>\n";
    for (const ArtifactReport& artifact : report_.artifacts) {
      std::string state = words(name_of(artifact.state));
      if (!artifact.because.empty()) state += ": " + artifact.because;
      fmt::print(out_, "<tr><td class=\"path\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                 text(artifact.path), text(artifact.format), text(state), artifact.records_read);
    }
    out_ << "</tbody></table></div></section>\n";
  }

  void write_notices() {
    if (report_.notices.empty()) return;
    out_ << "<section class=\"appendix\"><h2>Notices</h2>\n<ul>\n";
    for (const Notice& notice : report_.notices) {
      fmt::print(out_, "<li><code>{}</code> {}</li>\n", text(notice.code), text(notice.text));
    }
    out_ << "</ul></section>\n";
  }

  const Report& report_;
  std::ostream& out_;
  unsigned commands_ = 0;
};

}  // namespace

void write_html(const Report& report, const WriteOptions&, std::ostream& out) {
  HtmlPage(report, out).write();
}

}  // namespace rdptriage::report
