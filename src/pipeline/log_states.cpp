#include "pipeline/log_states.hpp"

#include <string>
#include <utility>

#include "event/field_lookup.hpp"

namespace rdptriage::pipeline {

std::vector<diagnosis::LogState> log_states(const RuleSetImpl& set,
                                            const diagnosis::FactBase& facts,
                                            const event::EventStore& store) {
  std::vector<diagnosis::LogState> out;
  for (const diagnosis::Fact& fact : facts.all()) {
    const rule::TriageKey& key = set.rules().rules()[fact.rule].triage;
    if (key.log_state.empty()) continue;
    const event::Event& event = store.events()[fact.events.front()];
    std::string channel = key.log_name.empty()
                              ? std::string(event.key.channel)
                              : event::first_value(event, key.log_name).value_or(std::string());
    channel.erase(0, channel.rfind('\\') + 1);  // of a registry key the last part
    for (const std::string& source : set.sources_of_channel(channel)) {
      diagnosis::LogState state;
      state.kind = key.log_state == "off" ? diagnosis::LogState::Kind::off
                                          : diagnosis::LogState::Kind::cleared;
      state.source = source;
      state.host = fact.host;
      state.instant = fact.instant;
      out.push_back(std::move(state));
    }
  }
  return out;
}

}  // namespace rdptriage::pipeline
