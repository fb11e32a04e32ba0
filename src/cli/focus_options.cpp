#include "cli/focus_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rdptriage/suggest.hpp"
#include "rdptriage/write_events.hpp"

namespace rdptriage::cli {

namespace {
constexpr std::pair<const char*, DateOrder> kOrders[] = {{"auto", DateOrder::unknown},
                                                         {"dmy", DateOrder::day_first},
                                                         {"mdy", DateOrder::month_first},
                                                         {"ymd", DateOrder::year_first}};

// "RDS05=session-host" in two; nothing when a side is missing.
std::optional<std::pair<std::string, std::string>> split_at_equals(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

// One row a machine, whichever options name it.
KnownHost& host_of(const std::string& name, std::vector<KnownHost>& hosts) {
  for (KnownHost& host : hosts) {
    if (host.name == name) return host;
  }
  hosts.push_back({name, {}, {}});
  return hosts.back();
}

Result<void> read_zones(const std::vector<std::string>& zones, CaseOptions& out) {
  for (const std::string& text : zones) {
    const auto pair = split_at_equals(text);
    const std::string name = pair ? pair->first : std::string();
    const auto zone = parse_zone(pair ? pair->second : text);
    if (!zone) {
      return fail("ZONE_NOT_UNDERSTOOD", fmt::format("`{}` is no time zone", text), "--tz",
                  "write how far local time was ahead of UTC on that day: +01:00, or "
                  "HOST=+01:00 for one machine; names of zones are not known");
    }
    host_of(name, out.hosts).zone = zone;
  }
  return {};
}

Result<void> read_roles(const std::vector<std::string>& roles, CaseOptions& out) {
  const auto& known = host_roles();
  for (const std::string& text : roles) {
    const auto pair = split_at_equals(text);
    if (!pair) {
      return fail("ROLE_NOT_UNDERSTOOD", fmt::format("`{}` names no machine and role", text),
                  "--role", "write it as RDS05=session-host");
    }
    if (std::find(known.begin(), known.end(), pair->second) == known.end()) {
      const std::string near = suggest(pair->second, {known.begin(), known.end()});
      return fail("ROLE_NOT_UNDERSTOOD", fmt::format("`{}` is no role", pair->second), "--role",
                  near.empty() ? fmt::format("use one of: {}", fmt::join(known, ", "))
                               : fmt::format("did you mean '{}'?", near));
    }
    host_of(pair->first, out.hosts).role = pair->second;
  }
  return {};
}
}  // namespace

Result<std::optional<Timestamp>> read_time(std::string_view option, const std::string& text,
                                           std::int64_t ahead) {
  if (text.empty()) return std::optional<Timestamp>();
  const auto time = parse_time(text, ahead);
  if (time) return time;
  return fail("TIME_NOT_UNDERSTOOD", fmt::format("`{}` is no time", text), std::string(option),
              "write it as 2026-11-20T08:11:52Z, \"2026-11-20 09:11\", or as a date alone");
}

void add_focus_options(CLI::App& command, FocusOptions& options) {
  command
      .add_option("--around", options.around,
                  "when it failed: look at the hour before and the hour after")
      ->type_name("TIME")
      ->group("Focus");
  command.add_option("--since", options.since, "leave attempts out that were over by then")
      ->type_name("TIME")
      ->group("Focus");
  command.add_option("--until", options.until, "leave attempts out that began then or later")
      ->type_name("TIME")
      ->group("Focus");
  command.add_option("--user", options.users, "leave attempts of other users out; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group("Focus");
  command
      .add_option("--host", options.hosts,
                  "leave attempts out that this machine took no part in; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group("Focus");
  command
      .add_option("--role", options.roles,
                  fmt::format("what a machine is ({}); repeatable", fmt::join(host_roles(), ", ")))
      ->type_name("HOST=ROLE")
      ->allow_extra_args(false)
      ->group("Focus");
  command
      .add_option("--tz", options.zones,
                  "how far local times are ahead of UTC where the files do not say: +01:00; of "
                  "one machine: HOST=+01:00; repeatable")
      ->type_name("ZONE")
      ->allow_extra_args(false)
      ->group("Focus");
  command
      .add_option("--date-order", options.date_order,
                  "how dates like 03/04/2026 are to be read; auto: as their shape suggests")
      ->check(CLI::IsMember({"auto", "dmy", "mdy", "ymd"}))
      ->type_name("ORDER")
      ->capture_default_str()
      ->group("Focus");
}

Result<void> read_focus(const FocusOptions& options, CaseOptions& out) {
  RDPTRIAGE_CHECK(read_zones(options.zones, out));
  RDPTRIAGE_CHECK(read_roles(options.roles, out));
  std::int64_t ahead = 0;
  for (const KnownHost& host : out.hosts) {
    if (host.name.empty()) ahead = host.zone.value_or(0);
  }
  RDPTRIAGE_TRY(out.focus.around, read_time("--around", options.around, ahead));
  RDPTRIAGE_TRY(out.focus.since, read_time("--since", options.since, ahead));
  RDPTRIAGE_TRY(out.focus.until, read_time("--until", options.until, ahead));
  if (out.focus.since && out.focus.until && !(*out.focus.since < *out.focus.until)) {
    return fail("USAGE", "nothing lies between --since and --until", options.until,
                "give a later --until");
  }
  out.focus.users = options.users;
  out.focus.hosts = options.hosts;
  for (const auto& [name, order] : kOrders) {
    if (options.date_order == name) out.date_order = order;
  }
  return {};
}

}  // namespace rdptriage::cli
