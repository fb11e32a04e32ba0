#include "pipeline/attempt_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "event/field_lookup.hpp"
#include "timeline/stages.hpp"

namespace rdptriage::pipeline {

using diagnosis::Fact;

namespace {
constexpr std::size_t kEvidencePerStage = 3;
constexpr std::int64_t kTicksPerMillisecond = 10'000;

// "UTC+01:00"
std::string zone_name(std::int64_t ticks) {
  const std::int64_t minutes = std::abs(ticks) / (60'000 * kTicksPerMillisecond);
  return fmt::format("UTC{}{:02}:{:02}", ticks < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

class Attempts {
 public:
  Attempts(const event::EventStore& store, const timeline::Timeline& timeline,
           const diagnosis::Answer& answer, EvidenceTable& evidence, Report& report)
      : store_(store), timeline_(timeline), answer_(answer), evidence_(evidence), report_(report) {}

  void run() {
    for (std::size_t i = 0; i < timeline_.attempts.size(); ++i) {
      const timeline::AttemptRecord& record = timeline_.attempts[i];
      const diagnosis::AttemptView& view = answer_.attempts[i];
      Attempt attempt;
      attempt.id = record.key;
      if (record.scale == timeline::TimeScale::common) {
        if (record.start) attempt.start = Timestamp{*record.start};
        if (record.end) attempt.end = Timestamp{*record.end};
      }
      attempt.outcome = view.outcome;
      name_hosts(record, attempt);
      attempt.user = identity_of(record.user);
      find_codes(record, attempt);
      if (view.stopped_at) attempt.stopped_at = timeline::stage_names()[*view.stopped_at];
      add_stages(view, attempt);
      report_.attempts.push_back(std::move(attempt));
    }
  }

 private:
  void name_hosts(const timeline::AttemptRecord& record, Attempt& attempt) const {
    for (const timeline::HostIndex host : record.hosts) {
      for (const std::string& role : timeline_.hosts[host].roles) {
        std::string* slot = role == "client"         ? &attempt.client
                            : role == "gateway"      ? &attempt.gateway
                            : role == "session-host" ? &attempt.target
                                                     : nullptr;
        if (slot != nullptr && slot->empty()) *slot = host_id(host);
      }
    }
  }

  // The id of a user; the first mention makes the row.
  std::string identity_of(const std::string& name) {
    if (name.empty()) return {};
    const auto [at, added] = identities_.emplace(name, fmt::format("u{}", identities_.size() + 1));
    if (added) report_.identities.push_back({at->second, "user", name});
    return at->second;
  }

  void find_codes(const timeline::AttemptRecord& record, Attempt& attempt) const {
    for (const std::uint32_t index : record.events) {
      const event::Event& event = store_.events()[index];
      if (event.key.service != "client-disconnect") continue;
      if (attempt.disconnect_code.empty()) {
        attempt.disconnect_code = event::first_value(event, "ErrorCode").value_or(std::string());
      }
      if (attempt.extended_code.empty()) {
        attempt.extended_code =
            event::first_value(event, "ExtendedErrorCode").value_or(std::string());
      }
    }
  }

  // Stages of a gateway or proxy only where one was used; then all of them up to the one that broke
  // were passed, like the others.
  void add_stages(const diagnosis::AttemptView& view, Attempt& attempt) {
    const auto names = timeline::stage_names();
    const auto said = [&](std::size_t i) {
      return !view.stages[i].facts.empty() || view.stopped_at == i;
    };
    std::size_t reached = view.stopped_at.value_or(0);
    bool gateway = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
      gateway = gateway || (names[i] != "proxy" && timeline::is_optional_stage(i) && said(i));
      if (view.stages[i].state == StageState::passed) reached = std::max(reached, i);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (timeline::is_optional_stage(i) && !(names[i] == "proxy" ? said(i) : gateway)) continue;
      StageResult stage;
      stage.stage = names[i];
      stage.state = view.stages[i].state;
      if (stage.state == StageState::unknown && i < reached) stage.state = StageState::passed;
      for (const Fact* fact : view.stages[i].facts) {
        for (const std::uint32_t event : fact->events) {
          if (stage.evidence.size() < kEvidencePerStage) evidence_.quote(event, stage.evidence);
        }
      }
      attempt.stages.push_back(std::move(stage));
    }
  }

  const event::EventStore& store_;
  const timeline::Timeline& timeline_;
  const diagnosis::Answer& answer_;
  EvidenceTable& evidence_;
  Report& report_;
  std::map<std::string, std::string> identities_;  // by name
};
}  // namespace

std::string host_id(timeline::HostIndex host) { return fmt::format("h{}", host + 1); }

void add_hosts(const timeline::Timeline& timeline, Report& report) {
  for (timeline::HostIndex i = 0; i < timeline.hosts.size(); ++i) {
    const timeline::HostRecord& record = timeline.hosts[i];
    Host host;
    host.id = host_id(i);
    host.name = record.name;
    host.roles = record.roles;
    if (record.clock_offset) {
      host.clock_offset_ms = *record.clock_offset / kTicksPerMillisecond;
      host.clock_uncertainty_ms =
          static_cast<std::uint64_t>(*record.clock_uncertainty / kTicksPerMillisecond);
    }
    if (record.zone) host.time_zone = zone_name(*record.zone);
    report.hosts.push_back(std::move(host));
  }
}

void add_attempts(const event::EventStore& store, const timeline::Timeline& timeline,
                  const diagnosis::Answer& answer, EvidenceTable& evidence, Report& report) {
  Attempts(store, timeline, answer, evidence, report).run();
}

}  // namespace rdptriage::pipeline
