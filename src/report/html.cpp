// The page in the order in which it is read: cause, proof, how far it got, fix, what is missing,
// then everything behind it. All text from the report goes through safe_markup, so nothing from a
// log can act; the Content-Security-Policy allows our own style and script by their hashes and
// nothing else.
#include "report/html.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

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
    for (const Diagnosis& diagnosis : report_.diagnoses) write_diagnosis(diagnosis);
    write_path();
    write_collect_next();
    write_timeline();
    write_coverage();
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
  void write_header() {
    out_ << "<header>\n";
    fmt::print(out_, "<p class=\"kicker\">{}{}</p>\n",
               report_.case_id.empty() ? "" : text(report_.case_id) + " · ", files_line(report_));
    fmt::print(out_, "<h1>{}</h1>\n", text(headline(report_)));
    std::string words(name_of(report_.verdict));
    for (char& c : words) c = c == '_' ? ' ' : c;
    fmt::print(out_, "<p><span class=\"verdict {}\">{}</span></p>\n</header>\n",
               name_of(report_.verdict), words);
  }

  void write_diagnosis(const Diagnosis& diagnosis) {
    const bool firm = diagnosis.confidence.label != ConfidenceLabel::possible;
    fmt::print(out_, "<section class=\"card\" aria-labelledby=\"cause-{}\">\n", diagnosis.rank);
    fmt::print(out_, "<h2 id=\"cause-{}\">{}: {}</h2>\n<p class=\"soft\">{}</p>\n", diagnosis.rank,
               firm ? fmt::format("Cause {}", diagnosis.rank) : "Not excluded",
               text(diagnosis.title), text(confidence_line(diagnosis)));
    if (!diagnosis.explanation.empty())
      fmt::print(out_, "<p>{}</p>\n", text(diagnosis.explanation));
    if (!diagnosis.evidence.empty()) {
      out_ << "<h3>Proof</h3>\n<div class=\"scroll\"><table><tbody>\n";
      for (const std::string& id : diagnosis.evidence) write_proof_row(id);
      out_ << "</tbody></table></div>\n";
    }
    if (firm && !diagnosis.remediation.empty()) {
      out_ << "<h3>Fix</h3>\n<ol class=\"steps\">\n";
      for (const RemediationStep& step : diagnosis.remediation) write_step(diagnosis, step);
      out_ << "</ol>\n";
    }
    // A cause that is not proven offers no fix: the next thing to do is to collect.
    if (firm)
      for (const std::string& check : diagnosis.verify)
        fmt::print(out_, "<p>Check: {}</p>\n", text(check));
    if (!diagnosis.references.empty()) {
      out_ << "<p class=\"soft\">Sources: ";
      for (std::size_t i = 0; i < diagnosis.references.size(); ++i) {
        out_ << (i ? " · " : "") << link(diagnosis.references[i]);
      }
      out_ << "</p>\n";
    }
    out_ << "</section>\n";
  }

  void write_proof_row(const std::string& id) {
    const Evidence* evidence = find_evidence(report_, id);
    if (!evidence) return;
    fmt::print(out_,
               "<tr><td><a href=\"#{0}\">{0}</a></td><td class=\"short\">{1}</td>"
               "<td class=\"short\">{2}</td><td class=\"mono\">{3}</td></tr>\n",
               text(id), text(time_of(*evidence)), text(place_of(report_, *evidence)),
               text(cut_to(evidence->text, 240)));
  }

  void write_command(std::string_view command, std::string_view shell) {
    const std::string id = fmt::format("command-{}", ++commands_);
    fmt::print(out_,
               "<div class=\"command\"><pre id=\"{0}\">{1}</pre>"
               "<button type=\"button\" data-copy=\"{0}\" aria-label=\"Copy the "
               "command\">Copy</button></div>\n",
               id, lines(command));
    if (!shell.empty()) fmt::print(out_, "<p class=\"soft\">Run in {}.</p>\n", text(shell));
  }

  void write_step(const Diagnosis&, const RemediationStep& step) {
    std::string risk(name_of(step.risk));
    for (char& c : risk) c = c == '_' ? ' ' : c;
    fmt::print(out_, "<li><strong>{}</strong>{}: {} <span class=\"risk {}\">{}</span>\n",
               text(step.actor), step.host.empty() ? "" : " on " + text(step.host), text(step.text),
               name_of(step.risk), risk);
    if (!step.command.empty()) write_command(step.command, step.shell);
    if (!step.undo.empty()) fmt::print(out_, "<p class=\"soft\">Undo: {}</p>\n", text(step.undo));
    out_ << "</li>\n";
  }

  void write_path() {
    const Attempt* attempt = shown_attempt(report_);
    if (!attempt || attempt->stages.empty()) return;
    out_ << "<section><h2>How far it got</h2>\n<ol class=\"path\">\n";
    for (const StageResult& stage : attempt->stages) {
      std::string state(name_of(stage.state));
      for (char& c : state) c = c == '_' ? ' ' : c;
      fmt::print(out_, "<li class=\"{}\" title=\"{}\">{}</li>\n", name_of(stage.state), state,
                 text(stage.stage));
    }
    out_ << "</ol></section>\n";
  }

  void write_collect_next() {
    if (report_.collect_next.empty()) return;
    out_ << "<section><h2>Collect next</h2>\n<ol class=\"steps\">\n";
    for (const CollectNext& next : report_.collect_next) {
      const std::string place = text(place_of(report_, next));
      fmt::print(out_, "<li>{}{}\n", text(next.why),
                 place.empty() ? "" : " <strong>On " + place + "</strong>:");
      if (!next.command.empty()) write_command(next.command, "");
      out_ << "</li>\n";
    }
    out_ << "</ol></section>\n";
  }

  void write_timeline() {
    const std::string svg = timeline_svg(report_);
    if (svg.empty()) return;
    out_ << "<section class=\"appendix\"><h2>Timeline</h2>\n<div>" << svg
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
      std::string state(name_of(source.state));
      for (char& c : state) c = c == '_' ? ' ' : c;
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
      fmt::print(
          out_,
          "<details id=\"{0}\"><summary>{0} · {1} {2} <span class=\"mono\">{3}</span></summary>\n",
          text(evidence.id), text(place_of(report_, evidence)), text(time_of(evidence)),
          text(cut_to(evidence.text, 120)));
      fmt::print(out_, "<pre>{}</pre>\n", lines(evidence.text));
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

  void write_files() {
    if (report_.artifacts.empty()) return;
    out_ << "<section class=\"appendix\"><h2>Files</h2>\n<div "
            "class=\"scroll\"><table><thead><tr><th>File</th><th>Format</th>"
            "<th>State</th><th>Records</th></tr></thead><tbody>\n";
    for (const ArtifactReport& artifact : report_.artifacts) {
      std::string state(name_of(artifact.state));
      for (char& c : state) c = c == '_' ? ' ' : c;
      if (!artifact.because.empty()) state += ": " + artifact.because;
      fmt::print(out_, "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
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
