// Names for the values of events whose export has none: values in their order, or nothing but the
// message that Windows made of them. Which event has which is data (rules/formats/).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/pattern.hpp"
#include "base/problem.hpp"
#include "base/yaml.hpp"
#include "rdptriage/event.hpp"

namespace rdptriage::reader {

struct EventValues {
  std::string provider;
  std::vector<std::uint32_t> ids;
  std::vector<std::string> names;  // of the values in their order
  std::vector<std::string> hex;    // of these, what Windows shows as 0x…
  std::vector<base::Pattern>
      messages;  // named groups become fields; the first value of a name stays
};

using ProviderChannels = std::vector<std::pair<std::string, std::string>>;

// The value of the key `event_values`.
void load_event_values(const base::YamlNode& list, const base::SourceText& source,
                       std::vector<EventValues>& out, std::vector<Problem>& problems);

// Names unnamed values of EventData where the table knows as many; else adds what the message says.
// New views are into the values, the table and `storage`.
void add_event_values(const std::vector<EventValues>& table, const ProviderChannels& channels,
                      const EventKey& key, std::deque<std::string>& storage,
                      std::vector<Field>& fields);

}  // namespace rdptriage::reader
