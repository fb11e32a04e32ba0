#include "report/fleet_html.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <set>

#include "report/html_assets.hpp"
#include "report/html_frame.hpp"
#include "report/safe_text.hpp"

namespace rdptriage::report {

namespace {

constexpr std::size_t kMostUnknown = 500, kMostOfACause = 200, kMostRows = 60;
constexpr std::size_t kMostInARow = 6;

std::string text(std::string_view raw) { return safe_markup(raw, LineBreaks::escape); }

std::string words(std::string_view raw) {
  std::string out(raw);
  std::replace(out.begin(), out.end(), '_', ' ');
  return text(out);
}

std::string name_of_case(const CaseSummary& summary) {
  return text(summary.case_id.empty() ? summary.input : summary.case_id);
}

// A bar as SVG: the page's policy allows no style attribute.
std::string bar(std::uint64_t part, std::uint64_t whole) {
  const double width =
      whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect width=\"{:.2f}\" height=\"8\"/></svg>",
      width);
}

class FleetPage {
 public:
  FleetPage(const Cases& cases, std::ostream& out) : counts_(count_cases(cases)), out_(out) {}

  void write() {
    write_html_head(fmt::format("{} Remote Desktop cases", counts_.cases), out_);
    write_header();
    out_ << "<main>\n";
    write_unknown();
    write_causes();
    write_table("By gateway", "gateway", "no gateway named", counts_.by_gateway);
    write_table("By week", "week", "no date", counts_.by_week);
    out_ << "</main>\n<footer>Made offline; this page loads nothing.</footer>\n";
    write_html_end(out_);
  }

 private:
  void write_header() {
    std::uint64_t explained = 0;
    for (const CauseCount& cause : counts_.causes) explained += cause.cases.size();
    fmt::print(out_, "<header>\n<p class=\"kicker\">{} case{}</p>\n", counts_.cases,
               counts_.cases == 1 ? "" : "s");
    fmt::print(out_, "<h1>{} explained, {} not</h1>\n<p>", explained, counts_.unknown.size());
    bool first = true;
    for (const auto& [verdict, count] : counts_.verdicts) {
      fmt::print(out_, "{}<span class=\"verdict {}\">{} {}</span>", first ? "" : " · ",
                 text(verdict), count, words(verdict));
      first = false;
    }
    if (counts_.partial != 0) fmt::print(out_, " · {} read in part", counts_.partial);
    if (counts_.failed != 0) fmt::print(out_, " · {} could not be read", counts_.failed);
    out_ << "</p>\n</header>\n";
  }

  void write_unknown() {
    if (counts_.unknown.empty()) return;
    fmt::print(out_, "<section class=\"card\"><h2>Not explained yet: {}</h2>\n",
               counts_.unknown.size());
    out_ << "<div class=\"scroll\"><table><thead><tr><th>Case</th><th>Verdict</th><th>What is "
            "known</th><th>Collect next</th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < std::min(kMostUnknown, counts_.unknown.size()); ++i) {
      const CaseSummary& summary = *counts_.unknown[i];
      std::string known = summary.error.empty() ? summary.headline : summary.error;
      if (!summary.stopped_at.empty()) known += "; stopped at " + summary.stopped_at;
      std::string next = summary.collect_where.empty() ? "" : summary.collect_where + ": ";
      next += summary.collect_command.empty() ? summary.collect_why : summary.collect_command;
      fmt::print(out_, "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"mono\">{}</td></tr>\n",
                 name_of_case(summary), words(summary.verdict), text(known),
                 text(cut_to(next, 240)));
    }
    out_ << "</tbody></table></div>\n";
    write_more(counts_.unknown.size(), kMostUnknown);
    out_ << "</section>\n";
  }

  void write_more(std::size_t all, std::size_t shown) {
    if (all > shown)
      fmt::print(out_, "<p class=\"soft\">{} more; the merged lines have them all.</p>\n",
                 all - shown);
  }

  void write_causes() {
    if (counts_.causes.empty()) return;
    const std::uint64_t most = counts_.causes.front().cases.size();
    out_ << "<section><h2>Causes</h2>\n";
    for (const CauseCount& cause : counts_.causes) {
      fmt::print(out_,
                 "<details class=\"cause\"><summary>{} <strong>{}</strong> {} <span "
                 "class=\"soft\">{}</span></summary>\n",
                 bar(cause.cases.size(), most), cause.cases.size(), text(cause.title),
                 text(cause.cause));
      fmt::print(out_, "<p class=\"soft\">{} confirmed, {} likely{}</p>\n", cause.confirmed,
                 cause.cases.size() - cause.confirmed, gateways(cause));
      if (!cause.cases.front()->fix.empty()) {
        fmt::print(out_, "<p>Fix, {}: {}</p>\n", text(cause.cases.front()->fix_actor),
                   text(cause.cases.front()->fix));
      }
      out_ << "<div class=\"scroll\"><table><tbody>\n";
      for (std::size_t i = 0; i < std::min(kMostOfACause, cause.cases.size()); ++i) {
        const CaseSummary& summary = *cause.cases[i];
        fmt::print(out_,
                   "<tr><td>{}</td><td class=\"short\">{}</td><td class=\"mono\">{}</td></tr>\n",
                   name_of_case(summary), text(summary.first_failure.substr(0, 10)),
                   summary.proof.empty() ? "" : text(summary.proof.front()));
      }
      out_ << "</tbody></table></div>\n";
      write_more(cause.cases.size(), kMostOfACause);
      out_ << "</details>\n";
    }
    out_ << "</section>\n";
  }

  static std::string gateways(const CauseCount& cause) {
    std::vector<std::pair<std::string, std::uint64_t>> rows(cause.gateways.begin(),
                                                            cause.gateways.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, rows.size()); ++i)
      out += fmt::format("{}{} ({})", i == 0 ? "; gateways " : ", ", text(rows[i].first),
                         rows[i].second);
    return out;
  }

  // A row a name, with its causes by how often they occur.
  void write_table(const char* title, const char* what, const char* unknown,
                   const std::map<std::string, std::map<std::string, std::uint64_t>>& table) {
    if (table.empty()) return;
    std::uint64_t most = 0;
    for (const auto& [row, cells] : table) most = std::max(most, sum_of(cells));
    fmt::print(out_,
               "<section><h2>{}</h2>\n<div class=\"scroll\"><table><thead><tr><th>{}</th>"
               "<th>cases</th><th></th><th>causes</th></tr></thead><tbody>\n",
               title, what);
    std::size_t rows = 0;
    for (const auto& [row, cells] : table) {
      if (rows++ == kMostRows) break;
      std::vector<std::pair<std::string, std::uint64_t>> causes(cells.begin(), cells.end());
      std::stable_sort(causes.begin(), causes.end(),
                       [](const auto& a, const auto& b) { return a.second > b.second; });
      std::string list;
      for (std::size_t i = 0; i < std::min(kMostInARow, causes.size()); ++i)
        list +=
            fmt::format("{}{} ({})", i == 0 ? "" : ", ", words(causes[i].first), causes[i].second);
      if (causes.size() > kMostInARow) list += " …";
      fmt::print(out_,
                 "<tr><td class=\"short\">{}</td><td class=\"number\">{}</td><td>{}</td>"
                 "<td>{}</td></tr>\n",
                 row.empty() ? unknown : text(row), sum_of(cells), bar(sum_of(cells), most), list);
    }
    out_ << "</tbody></table></div>\n";
    write_more(table.size(), kMostRows);
    out_ << "</section>\n";
  }

  static std::uint64_t sum_of(const std::map<std::string, std::uint64_t>& cells) {
    std::uint64_t all = 0;
    for (const auto& [name, count] : cells) all += count;
    return all;
  }

  FleetCounts counts_;
  std::ostream& out_;
};

}  // namespace

void write_fleet_html(const Cases& cases, std::ostream& out) { FleetPage(cases, out).write(); }

}  // namespace rdptriage::report
