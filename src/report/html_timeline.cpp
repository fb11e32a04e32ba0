#include "report/html_timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "report/safe_text.hpp"
#include "report/wording.hpp"

namespace rdptriage::report {

namespace {

constexpr double kWidth = 880, kLeft = 150, kRight = 20, kLaneHeight = 34, kTop = 24;
constexpr std::size_t kMostMarks = 2000;  // a page stays quick with any number of events

struct Mark {
  std::int64_t ticks = 0;
  std::size_t lane = 0;
  const Evidence* evidence = nullptr;
};

// What the findings say of the stage that a piece of evidence stands for.
std::map<std::string, StageState> states_of(const Report& report) {
  std::map<std::string, StageState> states;
  for (const Finding& finding : report.findings) {
    if (finding.stage_state == StageState::unknown) continue;
    for (const std::string& id : finding.evidence) states[id] = finding.stage_state;
  }
  return states;
}

// "rds01" of "rds01.corp.example"; an address or a file stays as it is.
std::string short_name(const std::string& place) {
  const auto dot = place.find('.');
  const bool host = dot != std::string::npos && place.find('.', dot + 1) != std::string::npos &&
                    place.find_first_not_of("0123456789.") != std::string::npos;
  return host ? place.substr(0, dot) : place;
}

}  // namespace

std::string timeline_svg(const Report& report) {
  std::vector<std::string> lanes;
  std::vector<Mark> marks;
  for (const Evidence& evidence : report.evidence) {
    if (!evidence.time || evidence.time_quality != TimeQuality::utc || marks.size() == kMostMarks)
      continue;
    const std::string place = place_of(report, evidence);
    const auto lane = std::find(lanes.begin(), lanes.end(), place);
    marks.push_back(
        {evidence.time->ticks, static_cast<std::size_t>(lane - lanes.begin()), &evidence});
    if (lane == lanes.end()) lanes.push_back(place);
  }
  if (marks.size() < 2) return {};
  const auto [first, last] = std::minmax_element(
      marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.ticks < b.ticks; });
  const double span = std::max(1.0, static_cast<double>(last->ticks - first->ticks));
  const double height = kTop + kLaneHeight * static_cast<double>(lanes.size()) + 24;
  const auto states = states_of(report);

  std::string svg = fmt::format(
      "<svg data-zoom viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Evidence over time, one lane "
      "a host\">",
      kWidth, height);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const double y = kTop + kLaneHeight * (static_cast<double>(i) + 0.5);
    svg += fmt::format(
        "<text x=\"0\" y=\"{:.1f}\">{}</text><line class=\"lane\" x1=\"{}\" x2=\"{}\" "
        "y1=\"{:.1f}\" y2=\"{:.1f}\"/>",
        y + 4, safe_markup(cut_to(short_name(lanes[i]), 18)), kLeft, kWidth - kRight, y, y);
  }
  for (const Mark& mark : marks) {
    const double x =
        kLeft + 8 +
        static_cast<double>(mark.ticks - first->ticks) / span * (kWidth - kLeft - kRight - 16);
    const double y = kTop + kLaneHeight * (static_cast<double>(mark.lane) + 0.5);
    const auto state = states.find(mark.evidence->id);
    const char* kind = state == states.end()                 ? ""
                       : state->second == StageState::failed ? " failed"
                                                             : " passed";
    svg += fmt::format(
        "<a href=\"#{0}\"><circle class=\"mark{1}\" cx=\"{2:.1f}\" cy=\"{3:.1f}\" "
        "r=\"5\"><title>{4}</title></circle></a>",
        safe_markup(mark.evidence->id), kind, x, y,
        safe_markup(fmt::format("{} {} {}", mark.evidence->id, time_of(*mark.evidence),
                                cut_to(mark.evidence->text, 160))));
  }
  svg += fmt::format(
      "<text x=\"{}\" y=\"{:.1f}\">{}</text><text x=\"{}\" y=\"{:.1f}\" "
      "text-anchor=\"end\">{}</text></svg>",
      kLeft, height - 6, safe_markup(time_of(*first->evidence)), kWidth - kRight, height - 6,
      safe_markup(time_of(*last->evidence)));
  return svg;
}

}  // namespace rdptriage::report
