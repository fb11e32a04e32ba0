// Events of embedded tests: YAML as the JSON reader takes it.
#pragma once

#include <string>

#include "base/yaml.hpp"

namespace rdptriage::pipeline {

// Depth is bounded by the YAML reader.
std::string yaml_as_json(const base::YamlNode& node);

}  // namespace rdptriage::pipeline
