#include "pipeline/host_roles.hpp"

#include <algorithm>
#include <string_view>

#include "pipeline/kept_decoder.hpp"
#include "rule/matcher.hpp"

namespace rdptriage::pipeline {

namespace {
// The parts of a connection that captures are told apart by. A machine with two of them (a PC that
// is connected to, too) leaves open in which of them it was looked at.
constexpr std::string_view kRoles[] = {"client", "gateway", "session-host"};
constexpr std::string_view kField = "HostRole";

std::string_view only_role(const timeline::HostRecord& host) {
  std::string_view only;
  for (const std::string_view role : kRoles) {
    if (std::find(host.roles.begin(), host.roles.end(), role) == host.roles.end()) continue;
    if (!only.empty()) return {};
    only = role;
  }
  return only;
}

bool is_capture(const event::Event& event) {
  return !event.key.event_id && event.key.channel.empty() && !event.key.category.empty();
}

bool has_role(const event::Event& event) {
  return std::any_of(event.fields.begin(), event.fields.end(),
                     [](const Field& field) { return field.name == kField; });
}

}  // namespace

void apply_host_roles(const RuleSetImpl& rules, const timeline::Timeline& timeline,
                      Gathered& gathered) {
  auto& events = gathered.store.events();
  rule::Matcher matcher(rules.rules());
  std::vector<Field> fields;
  std::vector<rule::RuleIndex> matched;
  std::vector<DetectionHit> hits;
  std::size_t next = 0;  // of the hits so far
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const std::size_t first = next;
    while (next < gathered.hits.size() && gathered.hits[next].event == i) ++next;
    event::Event& event = events[i];
    const auto& host = timeline.places[i].host;
    const bool asks = host && is_capture(event) && !has_role(event);
    const std::string_view role = asks ? only_role(timeline.hosts[*host]) : std::string_view();
    if (role.empty()) {
      hits.insert(hits.end(), gathered.hits.begin() + static_cast<std::ptrdiff_t>(first),
                  gathered.hits.begin() + static_cast<std::ptrdiff_t>(next));
      continue;
    }
    event.fields.push_back({gathered.store.intern(kField), gathered.store.intern(role),
                            FieldSection::other, ValueKind::text});
    KeptDecoder decoder(event);
    const EventView view(event.key, event.locator, decoder, fields);
    matcher.match(view, matched);
    for (std::size_t k = first; k < next; ++k) --gathered.match_count[gathered.hits[k].rule];
    for (const rule::RuleIndex rule : matched) {
      ++gathered.match_count[rule];
      hits.push_back({rule, i});
    }
  }
  gathered.hits = std::move(hits);
}

}  // namespace rdptriage::pipeline
