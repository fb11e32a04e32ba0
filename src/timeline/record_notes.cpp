#include "timeline/record_notes.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "timeline/hosts.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::string_view kNoActivity = "{00000000-0000-0000-0000-000000000000}";

std::string client_key(std::string_view text) {
  std::string key = host_key(text);
  if (key == "localhost" || key == "::1" || key == "0.0.0.0" || key.rfind("127.", 0) == 0)
    return {};
  return key;
}
}  // namespace

void note_marks(const Marks& marks, std::int64_t ticks, Fate& fate) {
  if (marks.broke) fate.note_broke(marks.broke_at);
  fate.note_passed(marks.passed_at);
  if (marks.arrived) fate.note_arrived(ticks);
}

RecordNotes::RecordNotes(const event::EventStore& store, const TimelineInput& input,
                         const Timeline& timeline)
    : store_(store), timeline_(timeline), marks_(store.events().size()) {
  const HostFinder finder(timeline);
  for (const AttemptHint& given : input.hints) {
    Hint& hint = hints_[given.event];
    if (auto user = user_key(given.user); !user.empty()) hint.user = std::move(user);
    if (auto client = client_key(given.client); !client.empty()) hint.client = std::move(client);
    hint.from = given.client;
    if (host_key(given.target).empty()) continue;
    if (!is_address(given.target)) hint.wanted = host_key(given.target);
    hint.target = finder.find(given.target);
    hint.other_target = !hint.target && !is_address(given.target);
  }
  for (const EventMark& mark : input.marks) take_mark(mark);
  for (const HostClaim& claim : input.claims) {
    Part& part = marks_[claim.event].part;
    if (claim.role == "client") part = Part::client;
    if (claim.role == "gateway") part = Part::gateway;
    if (claim.role == "session-host") part = Part::host;
  }
}

void RecordNotes::take_mark(const EventMark& mark) {
  Marks& of = marks_[mark.event];
  switch (mark.mark) {
    case Mark::bound:
      of.bound = true;
      break;
    case Mark::near:
      of.near = true;
      of.near_at = mark.depth;
      break;
    case Mark::start:
      of.start = true;
      break;
    case Mark::end:
      of.end = true;
      break;
    case Mark::broke:
      of.broke = true;
      of.broke_at = mark.depth;
      break;
    case Mark::passed:
      of.passed_at = std::max(of.passed_at, mark.depth);
      break;
    case Mark::arrived:
      of.arrived = true;
      break;
  }
}

const Hint* RecordNotes::hint(EventIndex i) const {
  const auto at = hints_.find(i);
  return at == hints_.end() ? nullptr : &at->second;
}

std::optional<std::size_t> RecordNotes::try_of_client(EventIndex i) const {
  const auto at = fate_of_.find(i);
  return at == fate_of_.end() ? std::nullopt : std::optional(at->second);
}

std::string_view RecordNotes::activity(EventIndex i) const {
  const auto id = store_.events()[i].system.activity_id.value_or(std::string_view());
  return id == kNoActivity ? std::string_view() : id;
}

void RecordNotes::foresee(const std::vector<EventIndex>& order) {
  foresee_fates(order);
  foresee_targets(order);
}

void RecordNotes::foresee_fates(const std::vector<EventIndex>& order) {
  struct Open {
    std::size_t fate = 0;
    std::int64_t last = 0;
    bool started = false, ended = false;
  };
  std::map<std::pair<HostIndex, std::string_view>, Open> open;
  for (const EventIndex i : order) {
    const Place& place = timeline_.places[i];
    if (marks_[i].part != Part::client || !place.host) continue;
    const auto [at, added] = open.try_emplace(std::pair(*place.host, activity(i)));
    Open& now = at->second;
    const bool another = marks_[i].start ? now.started || now.ended
                                         : now.ended && *place.ticks - now.last > kAfterEnd;
    if (added || another) {
      now = Open{fates_.size()};
      fates_.emplace_back();
    }
    now.started = now.started || marks_[i].start;
    now.ended = now.ended || marks_[i].end;
    now.last = *place.ticks;
    note_marks(marks_[i], *place.ticks, fates_[now.fate]);
    fate_of_.emplace(i, now.fate);
  }
}

// A gateway checks who the user is before it names the target: the next record of the same user
// and client does.
void RecordNotes::foresee_targets(const std::vector<EventIndex>& order) {
  struct Named {
    std::string target;
    std::int64_t ticks = 0;
  };
  std::map<std::tuple<std::optional<HostIndex>, std::string, std::string>, Named> next;
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    const auto hint = hints_.find(*at);
    if (hint == hints_.end() || marks_[*at].part != Part::gateway || hint->second.user.empty())
      continue;
    const Place& place = timeline_.places[*at];
    Named& named = next[{place.host, hint->second.user, hint->second.client}];
    if (!hint->second.wanted.empty()) {
      named = {hint->second.wanted, *place.ticks};
    } else if (!named.target.empty() && named.ticks - *place.ticks <= kAfterEnd) {
      hint->second.wanted = named.target;
    }
  }
}

}  // namespace rdptriage::timeline
