#include "timeline/focus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "timeline/hosts.hpp"

namespace rdptriage::timeline {

namespace {
constexpr std::int64_t kHour = std::int64_t{3600} * 10'000'000;

class Narrower {
 public:
  Narrower(const Focus& focus, Timeline& timeline)
      : focus_(focus), window_(window_of(focus)), timeline_(timeline) {}

  Narrowing run() {
    find_users();
    find_hosts();
    leave_attempts_out();
    leave_others_out();
    return std::move(out_);
  }

 private:
  void find_users() {
    std::set<std::string> known;
    for (const AttemptRecord& attempt : timeline_.attempts) {
      known.insert(attempt.users.begin(), attempt.users.end());
    }
    for (const std::string& name : focus_.users) {
      std::string key = user_key(name);
      if (known.count(key) != 0) {
        users_.insert(std::move(key));
      } else {
        out_.unknown_users.push_back(name);
      }
    }
    if (!out_.unknown_users.empty()) out_.known_users.assign(known.begin(), known.end());
  }

  void find_hosts() {
    const HostFinder finder(timeline_);
    for (const std::string& name : focus_.hosts) {
      if (const auto host = finder.find(name)) {
        hosts_.insert(*host);
      } else {
        out_.unknown_hosts.push_back(name);
      }
    }
    if (out_.unknown_hosts.empty()) return;
    for (const HostRecord& host : timeline_.hosts) out_.known_hosts.push_back(host.name);
  }

  bool is_asked_for(const AttemptRecord& attempt) const {
    // An attempt without an instant may have been at any time.
    if (is_instant(attempt) && (is_earlier(attempt) || window_.ends_before(*attempt.start)))
      return false;
    if (!users_.empty() && !attempt.users.empty() &&
        std::none_of(attempt.users.begin(), attempt.users.end(),
                     [this](const std::string& user) { return users_.count(user) != 0; })) {
      return false;
    }
    if (hosts_.empty() || (attempt.hosts.empty() && attempt.targets.empty())) return true;
    const auto named = [this](HostIndex host) { return hosts_.count(host) != 0; };
    return std::any_of(attempt.hosts.begin(), attempt.hosts.end(), named) ||
           std::any_of(attempt.targets.begin(), attempt.targets.end(), named);
  }

  void leave_attempts_out() {
    std::vector<AttemptRecord> kept;
    for (AttemptRecord& attempt : timeline_.attempts) {
      const bool keep = is_asked_for(attempt);
      if (!keep) note_left_out(attempt);
      const auto index = static_cast<AttemptIndex>(kept.size());
      for (const EventIndex event : attempt.events) {
        Place& place = timeline_.places[event];
        place.attempt = keep ? std::optional(index) : std::nullopt;
        if (!keep) place.left_out = is_earlier(attempt) ? LeftOut::earlier : LeftOut::other;
      }
      if (!keep) continue;
      attempt.key = fmt::format("a{}", index + 1);
      took_part_.insert(attempt.hosts.begin(), attempt.hosts.end());
      took_part_.insert(attempt.targets.begin(), attempt.targets.end());
      kept.push_back(std::move(attempt));
    }
    timeline_.attempts = std::move(kept);
  }

  static bool is_instant(const AttemptRecord& attempt) {
    return attempt.start && attempt.scale == TimeScale::common;
  }

  bool is_earlier(const AttemptRecord& attempt) const {
    return is_instant(attempt) && window_.begins_after(*attempt.end);
  }

  void note_left_out(const AttemptRecord& attempt) {
    ++out_.attempts_left_out;
    if (!is_instant(attempt) || window_.empty()) return;
    if (!out_.nearest || window_.distance(*attempt.start) < window_.distance(*out_.nearest))
      out_.nearest = attempt.start;
  }

  // What belongs to no attempt: records of another time, and machines of the same part as those
  // that were named.
  void leave_others_out() {
    for (Place& place : timeline_.places) {
      if (place.attempt || place.left_out != LeftOut::no) continue;
      const bool is_instant = place.scale == TimeScale::common;
      if (is_instant && window_.begins_after(*place.ticks)) {
        place.left_out = LeftOut::earlier;
      } else if ((is_instant && window_.ends_before(*place.ticks)) ||
                 (place.host && is_another(*place.host))) {
        place.left_out = LeftOut::other;
      }
    }
  }

  bool is_another(HostIndex host) const {
    if (hosts_.empty() || hosts_.count(host) != 0 || took_part_.count(host) != 0) return false;
    const auto& roles = timeline_.hosts[host].roles;
    return std::any_of(hosts_.begin(), hosts_.end(), [&](HostIndex named) {
      const auto& wanted = timeline_.hosts[named].roles;
      return std::find_first_of(roles.begin(), roles.end(), wanted.begin(), wanted.end()) !=
             roles.end();
    });
  }

  const Focus& focus_;
  const TimeWindow window_;
  Timeline& timeline_;
  Narrowing out_;
  std::set<std::string> users_;
  std::set<HostIndex> hosts_, took_part_;
};
}  // namespace

TimeWindow window_of(const Focus& focus) {
  TimeWindow window;
  if (focus.around) {
    window.since = focus.around->ticks - kHour;
    window.until = focus.around->ticks + kHour;
  }
  if (focus.since) window.since = focus.since->ticks;
  if (focus.until) window.until = focus.until->ticks;
  return window;
}

Narrowing narrow(const Focus& focus, Timeline& timeline) { return Narrower(focus, timeline).run(); }

}  // namespace rdptriage::timeline
