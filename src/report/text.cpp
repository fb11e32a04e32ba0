// At most 24 lines of 80 columns: what a person at a prompt takes in at once. A command is never
// cut or wrapped, because it is there to be copied.
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <sstream>

#include "rdptriage/names.hpp"
#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

constexpr std::size_t kIndent = 11;  // "  PROOF    "
constexpr std::size_t kMostLines = 24;

// How much of everything is shown; a card that would be too long is written again with the next.
struct Measure {
  std::size_t proofs, two_line_proofs, steps, lines_of_step, causes, missing;
};
constexpr Measure kMeasures[] = {
    {4, 3, 4, 2, 3, 3}, {4, 0, 4, 2, 3, 3}, {3, 0, 3, 2, 3, 3},
    {3, 0, 3, 1, 2, 2}, {2, 0, 2, 1, 2, 1},
};

// Code points; the card holds no characters of double width of its own, and log text is cut by
// count.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    if (!line.empty() && width_of(line) + 1 + width_of(word) > columns) {
      lines.push_back(line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

class Card {
 public:
  Card(const Report& report, const WriteOptions& options, const Measure& most, std::ostream& out)
      : report_(report),
        most_(most),
        columns_(std::max(60U, options.columns)),
        color_(options.color),
        out_(out) {}

  void write() {
    write_summary();
    out_ << '\n';
    write_answer();
    write_path();
    if (const std::string since = success_since(report_); !since.empty()) wrapped("SINCE", since);
    if (const std::string clock = clock_line(report_); !clock.empty()) wrapped("CLOCK", clock);
    write_fix();
    write_missing();
    write_next();
  }

  // Beyond the card: the reader asked for it.
  void write_derivation() {
    for (const Diagnosis& diagnosis : report_.diagnoses) {
      out_ << fmt::format("\n  WHY      {}\n", safe_text(confidence_line(diagnosis)));
      for (const std::string& reason : diagnosis.confidence.why) row("", safe_text(reason));
    }
    if (!report_.derivation.empty()) out_ << '\n';
    for (const std::string& line : report_.derivation) out_ << "  " << safe_text(line) << '\n';
    std::map<std::string, std::size_t> reasons;
    for (const NotEvaluated& rule : report_.rules_not_evaluated) ++reasons[rule.because];
    if (!reasons.empty()) out_ << '\n';
    for (const auto& [because, count] : reasons) {
      out_ << fmt::format("  {} rule{} not evaluated: {}\n", count, count == 1 ? "" : "s",
                          safe_text(because));
    }
  }

 private:
  void row(std::string_view label, std::string_view text) {
    const char* on = color_ && !label.empty() ? "\x1b[1m" : "";
    const char* off = color_ && !label.empty() ? "\x1b[0m" : "";
    out_ << fmt::format("  {}{:<9}{}{}\n", on, label, off, text);
  }

  void wrapped(std::string_view label, std::string_view raw, std::size_t most_lines = 2) {
    const std::string text = safe_text(raw);
    auto lines = wrap(text, columns_ - kIndent);
    if (lines.size() > most_lines) {
      const std::string rest = lines[most_lines - 1] + ' ' + lines[most_lines];
      lines.resize(most_lines);
      lines.back() = cut_at_word(rest, columns_ - kIndent);
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
      row(i == 0 ? label : "", cut_to(lines[i], columns_ - kIndent));
  }

  void write_summary() {
    std::string line = report_.case_id.empty() ? std::string() : safe_text(report_.case_id) + "   ";
    if (line.empty()) {
      const auto top =
          std::count_if(report_.artifacts.begin(), report_.artifacts.end(),
                        [](const ArtifactReport& artifact) { return artifact.parent.empty(); });
      if (top == 1) {
        const std::string path = safe_text(report_.artifacts.front().path);
        line = path.substr(path.find_last_of('/') + 1) + "   ";
      }
    }
    line += files_line(report_);
    if (!report_.hosts.empty()) {
      line +=
          fmt::format("   {} host{}", report_.hosts.size(), report_.hosts.size() == 1 ? "" : "s");
    }
    const auto failed =
        std::count_if(report_.attempts.begin(), report_.attempts.end(),
                      [](const Attempt& a) { return a.outcome == AttemptOutcome::failed; });
    if (failed != 0) line += fmt::format("   {} failed attempt{}", failed, failed == 1 ? "" : "s");
    if (report_.run)
      line += fmt::format("   {:.1f} s", static_cast<double>(report_.run->duration_ms) / 1000);
    out_ << cut_to(line, columns_) << '\n';
  }

  void write_answer() {
    const bool answered =
        report_.verdict == Verdict::diagnosed || report_.verdict == Verdict::suspected;
    switch (report_.verdict) {
      case Verdict::diagnosed:
      case Verdict::suspected:
        break;
      case Verdict::inconclusive:
        wrapped("UNPROVEN", headline(report_));
        break;
      case Verdict::no_failure_found:
        wrapped("OK", headline(report_));
        break;
      case Verdict::not_analysable:
        wrapped("NO DATA", headline(report_));
        write_unused();
        break;
    }
    std::size_t shown = 0;
    for (const Diagnosis& diagnosis : report_.diagnoses) {
      if (shown == most_.causes) {
        row("", fmt::format("… and {} more; see --format json", report_.diagnoses.size() - shown));
        break;
      }
      const bool first = shown++ == 0 && answered;
      const char* label = first ? (report_.verdict == Verdict::diagnosed ? "CAUSE" : "SUSPECT")
                          : answered && diagnosis.confidence.label != ConfidenceLabel::possible
                              ? "ALSO"
                              : "MAYBE";
      wrapped(label, diagnosis.title);
      row("", cut_to(safe_text(confidence_line(diagnosis)), columns_ - kIndent));
      if (first) write_proof(diagnosis.evidence);
    }
    if (!answered) write_seen();
  }

  // Without any data: what became of the files.
  void write_unused() {
    for (const Notice& notice : report_.notices) {
      if (notice.code == "ATTEMPTS_LEFT_OUT") return wrapped("BECAUSE", notice.text);
    }
    constexpr std::size_t kMostFiles = 4;
    std::vector<const ArtifactReport*> unused;
    for (const ArtifactReport& artifact : report_.artifacts) {
      if (!artifact.because.empty()) unused.push_back(&artifact);
    }
    // First what somebody can do something about.
    std::stable_partition(unused.begin(), unused.end(), [](const ArtifactReport* artifact) {
      return artifact->state != ArtifactState::not_used ||
             artifact->because.find("; ") != std::string::npos;
    });
    for (std::size_t i = 0; i < std::min(kMostFiles, unused.size()); ++i)
      wrapped(i == 0 ? "BECAUSE" : "", unused[i]->path + ": " + unused[i]->because);
    if (unused.size() > kMostFiles) {
      const std::size_t more = unused.size() - kMostFiles;
      row("", fmt::format("… and {} more file{}", more, more == 1 ? "" : "s"));
    }
    if (!unused.empty()) return;
    if (!report_.artifacts.empty()) {
      wrapped("BECAUSE", "it could be read, but none of it is about a connection");
    } else if (!report_.notices.empty()) {
      wrapped("BECAUSE", report_.notices.front().text);
    } else {
      wrapped("BECAUSE", "there is no file in what was given");
    }
  }

  // Without a cause: what was seen, so that the reader can judge.
  void write_seen() {
    std::vector<std::string> ids;
    for (const Finding& finding : report_.findings) {
      if (finding.stage_state != StageState::failed && report_.verdict != Verdict::no_failure_found)
        continue;
      if (finding.stage_state != StageState::passed && report_.verdict == Verdict::no_failure_found)
        continue;
      if (!finding.evidence.empty()) ids.push_back(finding.evidence.front());
    }
    // No stage broke in what was read: then whatever the rules have to say of it.
    for (const Finding& finding : report_.findings) {
      const bool neutral = finding.stage_state == StageState::unknown && !finding.evidence.empty();
      if (ids.empty() && neutral && report_.verdict == Verdict::inconclusive)
        ids.push_back(finding.evidence.front());
    }
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    write_proof(ids, "SEEN");
  }

  void write_proof(const std::vector<std::string>& ids, std::string_view label = "PROOF") {
    std::size_t shown = 0;
    for (const std::string& id : ids) {
      const Evidence* evidence = find_evidence(report_, id);
      if (!evidence || shown == most_.proofs) continue;
      std::string line;
      if (const std::string time = time_of(*evidence); !time.empty()) {
        line += (time.size() > 19 && time[10] == ' ' ? time.substr(11, 8) : time) + ' ';
      }
      line += short_place(*evidence);
      // The words name the event; which record it is, the evidence itself says.
      const std::string at = position_of(*evidence);
      if (!at.empty() && !evidence->event_id) line += ' ' + at;
      line += "  " + evidence->text;
      const std::size_t room = columns_ - kIndent - 2 - id.size();
      // A few proofs may take two lines each; of many, one each has to do.
      auto lines = wrap(safe_text(line), room);
      const bool two = ids.size() <= most_.two_line_proofs && lines.size() > 1;
      const std::string text = two ? lines.front() : cut_to(safe_text(line), room);
      row(shown++ == 0 ? label : "", text + std::string(room - width_of(text) + 2, ' ') + id);
      if (!two) continue;
      std::string rest = lines[1];
      for (std::size_t i = 2; i < lines.size(); ++i) rest += ' ' + lines[i];
      row("", "  " + cut_to(rest, room - 2));
    }
    if (ids.size() > most_.proofs) row("", fmt::format("… and {} more", ids.size() - most_.proofs));
  }

  // "RDGW01" of "RDGW01.corp.example", unless another machine begins with the same label.
  std::string short_place(const Evidence& evidence) const {
    const std::string place = place_of(report_, evidence);
    if (evidence.host.empty()) return place;
    const auto label = [](const std::string& name) {
      return name.find_first_not_of("0123456789.:") == std::string::npos
                 ? name
                 : name.substr(0, name.find('.'));
    };
    const std::string own = label(place);
    const auto same = std::count_if(report_.hosts.begin(), report_.hosts.end(),
                                    [&](const Host& host) { return label(host.name) == own; });
    return same > 1 ? place : own;
  }

  static std::string path_of(std::span<const StageResult> stages) {
    std::string path;
    for (const StageResult& stage : stages) {
      if (!path.empty()) path += " > ";
      path += stage.state == StageState::failed    ? "[" + stage.stage + "]"
              : stage.state == StageState::unknown ? stage.stage + "?"
                                                   : stage.stage;
    }
    return path;
  }

  // Whether all broken stages of the path, if any, are within so many lines.
  bool has_broken_stage(const std::string& path, std::size_t most_lines) const {
    const auto lines = wrap(path, columns_ - kIndent);
    for (std::size_t i = most_lines; i < lines.size(); ++i) {
      if (lines[i].find('[') != std::string::npos) return false;
    }
    // A mark of the cut takes the place of the last word or two.
    return lines.size() <= most_lines || lines[most_lines - 1].back() != ']';
  }

  void write_path() {
    const Attempt* attempt = shown_attempt(report_);
    const auto is_known = [](const StageResult& stage) {
      return stage.state != StageState::unknown;
    };
    if (!attempt || std::none_of(attempt->stages.begin(), attempt->stages.end(), is_known)) return;
    std::string path = path_of(attempt->stages);
    // The stage that broke must be on the two lines; what was passed before it can go.
    std::span<const StageResult> shown = attempt->stages;
    constexpr std::size_t kLines = 2;
    while (shown.size() > 1 && shown.front().state == StageState::passed &&
           !has_broken_stage(path, kLines)) {
      shown = shown.subspan(1);
      path = "… > " + path_of(shown);
    }
    wrapped("GOT TO", path, kLines);
  }

  void write_fix() {
    if (report_.diagnoses.empty()) return;
    const Diagnosis& diagnosis = report_.diagnoses.front();
    if (diagnosis.confidence.label == ConfidenceLabel::possible) return;
    std::size_t number = 0;
    for (const RemediationStep& step : diagnosis.remediation) {
      if (number == most_.steps) break;
      ++number;
      std::string text = step.actor.empty() ? step.text : step.actor + ": " + step.text;
      if (step.risk == Risk::disruptive || step.risk == Risk::lowers_security) {
        text += step.risk == Risk::disruptive ? " (disruptive)" : " (lowers security)";
      }
      wrapped(number == 1 ? "FIX  1" : fmt::format("     {}", number), text, most_.lines_of_step);
      if (!step.command.empty() && step.command.find('\n') == std::string::npos)
        row("", safe_text(step.command));
    }
    if (!diagnosis.verify.empty()) {
      wrapped(number == 0 ? "CHECK" : fmt::format("     {}", number + 1),
              "check: " + diagnosis.verify.front());
    }
  }

  void write_missing() {
    std::string missing;
    std::size_t shown = 0;
    for (const Coverage& source : report_.coverage) {
      if (source.state == CoverageState::present || shown == most_.missing) continue;
      if (shown++ != 0) missing += "; ";
      std::string state(name_of(source.state));
      std::replace(state.begin(), state.end(), '_', ' ');
      missing += source.effect.empty() ? source.source + " " + state : source.effect;
    }
    if (!missing.empty()) wrapped("MISSING", missing);
  }

  void write_next() {
    if (report_.collect_next.empty()) return;
    const CollectNext& next = report_.collect_next.front();
    std::string where = safe_text(place_of(report_, next));
    if (!where.empty()) where = "on " + where + ":  ";
    const std::string command = safe_text(next.command);
    if (command.empty()) {
      wrapped("NEXT", where + next.why);
    } else if (width_of(where) + width_of(command) <= columns_ - kIndent) {
      row("NEXT", where + command);
    } else {
      wrapped("NEXT", where + next.why);
      row("", command);
    }
  }

  const Report& report_;
  const Measure& most_;
  std::size_t columns_;
  bool color_;
  std::ostream& out_;
};

}  // namespace

void write_text(const Report& report, const WriteOptions& options, std::ostream& out) {
  std::string text;
  for (const Measure& most : kMeasures) {
    std::ostringstream card;
    Card(report, options, most, card).write();
    text = card.str();
    if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) <= kMostLines) break;
  }
  out << text;
  if (options.why) Card(report, options, kMeasures[0], out).write_derivation();
}

}  // namespace rdptriage::report
